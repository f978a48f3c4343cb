import { z } from 'zod';
import { CHANGED_PATHS_MAX, PATH_LENGTH_MAX } from '../contracts/limits.ts';

/** One commit of a push, as GitHub, GitLab and Gitea list it. */
export const PushedCommit = z.object({
  added: z.array(z.string()).nullish(),
  removed: z.array(z.string()).nullish(),
  modified: z.array(z.string()).nullish(),
});
export type PushedCommit = z.infer<typeof PushedCommit>;

/**
 * All files that the commits of a push touched, or undefined when that is not known for certain: a path filter that reads a
 * list with gaps would keep a change from the fleet. No commits say nothing about the files between two heads; a commit without
 * any file is one whose files are not told (a merge, a change of mode); and what is too long is not kept.
 */
export function changedPathsOf(commits: readonly PushedCommit[]): string[] | undefined {
  const paths = new Set<string>();
  for (const commit of commits) {
    const files = filesOf(commit);
    if (files === undefined || files.length === 0) return undefined;
    for (const path of files) paths.add(path);
  }
  return keptPaths([...paths]);
}

/** A list of paths as it is kept: undefined when it is empty or beyond the caps. */
export function keptPaths(paths: readonly string[]): string[] | undefined {
  const isKept = paths.length > 0 && paths.length <= CHANGED_PATHS_MAX;
  return isKept && paths.every((path) => path.length <= PATH_LENGTH_MAX) ? [...paths] : undefined;
}

/** The files of one commit; undefined when a list is missing. */
export function filesOf({ added, removed, modified }: PushedCommit): string[] | undefined {
  if (!added || !removed || !modified) return undefined;
  return [...added, ...removed, ...modified];
}
