import type { StatusProvider } from '../contracts/definition.ts';
import type { Ref } from '../contracts/push.ts';
import type { RemoteResult } from './git-remote.ts';

/** One status on one commit. */
export interface CommitStatusUpdate {
  readonly provider: StatusProvider;
  /** URL of the repository, as the definition names it. */
  readonly repositoryUrl: string;
  readonly commit: string;
  /** The ref that the commit was found on: some hosts want to know. */
  readonly ref: Ref;
  /** Tells statuses apart: the same name replaces the former one. */
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** In words: `12/48 clusters, canary soaking`. Adapters shorten it to what the host takes. */
  readonly description: string;
  readonly targetUrl?: string;
  /** Value of the credentials; goes into the request and nowhere else. */
  readonly credentials: string;
}

/** Puts statuses on commits; the last one counts. Hosts must be allowed by the settings. */
export interface CommitStatuses {
  set(update: CommitStatusUpdate): Promise<RemoteResult<undefined>>;
}
