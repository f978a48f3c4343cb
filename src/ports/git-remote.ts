import type { Ref } from '../contracts/push.ts';

/** Which refs of a repository are asked for. */
export interface RefQuery {
  /** As the definition names it: `https://…`. */
  readonly url: string;
  readonly kind: Ref['kind'];
  /** Only refs whose name begins so; hosts that can, send no others. */
  readonly prefix: string;
  /** The value: `user:password` or a token; it goes into the request and nowhere else. */
  readonly credentials?: string;
}

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
  /** At most `POLL_REFS_MAX` refs, in no order; more are a fault, as is an answer that is not all there. */
  refs(query: RefQuery): Promise<RemoteResult<readonly RemoteRef[]>>;
}
