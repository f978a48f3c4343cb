import type { Ref } from '../contracts/push.ts';

/** A ref and the commit that it stands on; of an annotated tag, the commit that it points to. */
export interface RemoteRef {
  readonly ref: Ref;
  readonly commit: string;
}

/** Why a repository could not be asked. `refused`: somebody has to act. */
export interface RemoteFault {
  readonly kind: 'refused' | 'unavailable';
  readonly code: string;
  readonly detail: string;
  readonly retryAfterMs?: number;
}

export type RemoteResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: RemoteFault };

/** What `git ls-remote` tells, over HTTPS only, from hosts that the settings allow. */
export interface GitRemote {
  /** Branches and tags. `credentials` is the value: `user:password` or a token; it goes into the request and nowhere else. */
  refs(url: string, credentials: string | undefined): Promise<RemoteResult<readonly RemoteRef[]>>;
}
