import { z } from 'zod';
import { POLL_REFS_MAX, REF_LENGTH_MAX } from '../../contracts/limits.ts';
import { Commit } from '../../contracts/push.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GitRemote, RefQuery, RemoteFault, RemoteRef, RemoteResult } from '../../ports/git-remote.ts';
import { Unanswered } from '../ask-host.ts';
import type { GitHosts } from '../git-hosts.ts';
import { basicAuthorization } from '../host-credentials.ts';
import { createTransport, EmptyRepository, HostRefusal, MovedTo, notGit } from './transport.ts';

export interface GitRemoteOptions {
  readonly hosts: GitHosts;
  /** Dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /** Real milliseconds for each request. */
  readonly timeoutMs: number;
}

/** Ours: a host sends from a former name to the present one at once. */
const MOVES_MAX = 3;
const FOLDERS = { branch: 'refs/heads/', tag: 'refs/tags/' } as const;
const ServerRefs = z.array(z.object({ ref: z.string(), oid: Commit, peeled: Commit.optional() }));

/** Asks Git hosts for refs, over version 2 of the protocol where they speak it: they send only what is asked for. */
export function createGitRemote({ hosts, clock, timeoutMs }: GitRemoteOptions): GitRemote {
  return {
    refs: async (query) => {
      let url = query.url;
      for (let moves = 0; moves <= MOVES_MAX; moves += 1) {
        const admitted = hosts(url);
        if (!admitted.ok) return admitted;
        const answer = await list({ ...query, url: admitted.url.href }, { timeoutMs, nowMs: clock.now() });
        if (!('moved' in answer)) return answer;
        url = answer.moved;
      }
      const detail = `${query.url} sends from one place to another without end. Check the URL.`;
      return { ok: false, fault: { kind: 'refused', code: 'RepositoryMoved', detail } };
    },
  };
}

type Listed = RemoteResult<readonly RemoteRef[]> | { readonly moved: string };

async function list(query: RefQuery, limits: { timeoutMs: number; nowMs: number }): Promise<Listed> {
  // The library is large, and most processes never poll.
  const { listServerRefs } = await import('isomorphic-git');
  const { kind, prefix } = query;
  const url = query.url.replace(/\/+$/, '');
  const credentials = query.credentials?.trim();
  const http = createTransport({ ...limits, credentials });
  try {
    const refs = await listServerRefs({
      http,
      url,
      prefix: `${FOLDERS[kind]}${prefix}`,
      peelTags: true,
      headers: credentials === undefined ? {} : { Authorization: basicAuthorization(credentials) },
    });
    return http.isComplete() ? read(refs, query) : failed(notGit(url));
  } catch (error) {
    if (error instanceof EmptyRepository) return { ok: true, value: [] };
    if (error instanceof MovedTo) return { moved: error.url };
    if (error instanceof Unanswered || error instanceof HostRefusal) return failed(error.fault);
    // The library's own errors quote the answer, so none of their words are used. It also falls over answers that it does not expect: it
    // names itself in whatever error comes out of it.
    if (error instanceof Error && 'caller' in error) return failed(notGit(url));
    throw error;
  }
}

function read(refs: unknown, { url, kind }: RefQuery): RemoteResult<readonly RemoteRef[]> {
  const parsed = ServerRefs.safeParse(refs);
  if (!parsed.success) return failed(notGit(url));
  if (parsed.data.length > POLL_REFS_MAX) {
    const detail = `${url} has more than ${POLL_REFS_MAX} refs that may match. Follow a branch or tag with a longer fixed beginning.`;
    return failed({ kind: 'refused', code: 'TooManyRefs', detail });
  }
  const folder = FOLDERS[kind];
  const value = parsed.data
    .filter(({ ref }) => ref.startsWith(folder) && ref.length <= folder.length + REF_LENGTH_MAX)
    .map(({ ref, oid, peeled }) => ({ ref: { kind, name: ref.slice(folder.length) }, commit: peeled ?? oid }));
  return { ok: true, value };
}

function failed(fault: RemoteFault): { readonly ok: false; readonly fault: RemoteFault } {
  return { ok: false, fault };
}
