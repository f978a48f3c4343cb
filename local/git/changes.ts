import type { Repository } from './repository.ts';

/** Paths that differ between two commits. */
export interface Changes {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

/** What a commit changed against another one; without another one all of its files are new. */
export async function changesOf(repository: Repository, commit: string, before: string | undefined): Promise<Changes> {
  const now = await repository.files(commit);
  const then = before === undefined ? new Map<string, string>() : await repository.files(before);
  return {
    added: [...now.keys()].filter((path) => !then.has(path)),
    removed: [...then.keys()].filter((path) => !now.has(path)),
    modified: [...now].flatMap(([path, oid]) => (then.has(path) && then.get(path) !== oid ? [path] : [])),
  };
}
