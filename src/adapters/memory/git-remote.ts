import type { GitRemote, RefQuery, RemoteFault, RemoteRef, RemoteResult } from '../../ports/git-remote.ts';

/** Repositories in a map. What is not in it is refused as `RepositoryNotFound`. */
export class MemoryGitRemote implements GitRemote {
  /** Refs by URL: `refs/heads/main` → commit. */
  readonly repositories = new Map<string, Record<string, string>>();
  /** While set, every call fails with it. */
  fault: RemoteFault | undefined;
  /** Every query, refused ones too. */
  readonly queries: RefQuery[] = [];

  async refs(query: RefQuery): Promise<RemoteResult<readonly RemoteRef[]>> {
    this.queries.push(query);
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    const { url, kind, prefix } = query;
    const refs = this.repositories.get(url);
    if (refs === undefined) {
      return { ok: false, fault: { kind: 'refused', code: 'RepositoryNotFound', detail: `${url} is not there.` } };
    }
    const folder = kind === 'branch' ? 'refs/heads/' : 'refs/tags/';
    const value = Object.entries(refs)
      .filter(([name]) => name.startsWith(`${folder}${prefix}`))
      .map(([name, commit]) => ({ ref: { kind, name: name.slice(folder.length) }, commit }));
    return { ok: true, value };
  }
}
