import type { HostAnswer } from '../ask-host.ts';
import type { CommitStatusUpdate } from '../../ports/commit-statuses.ts';
import type { RepositoryAddress } from './repository-address.ts';

/** One request that puts a status on a commit. */
export interface StatusCall {
  readonly url: string;
  readonly authorization: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How one kind of host is told the status of a commit. */
export interface StatusHost {
  /** Undefined when the address is none of a repository of such a host. */
  call(update: CommitStatusUpdate, address: RepositoryAddress): StatusCall | undefined;
  /** True for an answer that is no success and yet means that the status stands. */
  stands?(update: CommitStatusUpdate, answer: HostAnswer): boolean;
}
