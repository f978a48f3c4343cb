import type { LiveRow } from '../../contracts/cluster-rows.ts';
import type { Evidence } from '../../contracts/verdict.ts';
import type { Health } from '../../core/flux/health.ts';
import type { ArmFault } from '../../ports/arm.ts';
import { readsOf, recordThrottling } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** What one GET showed of an action on one cluster. */
export type Reading =
  | Exclude<Health, { state: 'good' }>
  | { readonly state: 'good'; readonly code: string; readonly detail: string; readonly evidence?: Evidence }
  /** What is looked for is not there, or the cluster itself. */
  | { readonly state: 'gone'; readonly code: string; readonly detail: string }
  /** The way is free for the write that is to follow. */
  | { readonly state: 'again' }
  /** ARM did not answer. */
  | { readonly state: 'unread'; readonly detail: string };

/** What is known of the attempt that a reading is held against. */
export type Attempt = Required<Pick<LiveRow, 'wrote' | 'writtenAt'>> & {
  readonly unmistakable: boolean;
  readonly removing: boolean;
  /** Values of the cluster; absent when nothing was written by this attempt. */
  readonly values?: Readonly<Record<string, string>>;
  readonly provisionedAt?: number;
};

/** A fault of ARM as a reading: nothing is known of the cluster, unless that it does not exist. */
export async function unreadable(deps: Deps, clusterId: string, fault: ArmFault): Promise<Reading> {
  if (fault.kind === 'throttled') {
    await recordThrottling(deps, readsOf(clusterId), fault.retryAfterMs);
    return { state: 'unread', detail: 'ARM asked us to slow down.' };
  }
  if (fault.kind === 'clusterNotFound') return { state: 'gone', code: 'ClusterNotFound', detail: fault.detail };
  return { state: 'unread', detail: fault.detail };
}

/** A removal that is over, or not. */
export function removal(what: string, isThere: boolean, { removing, wrote }: Attempt): Reading {
  if (isThere) return { state: 'undecided', code: 'StillThere', detail: `The ${what} is still there.` };
  if (removing) return { state: 'again' };
  return { state: 'good', code: 'Removed', detail: wrote ? `The ${what} is gone.` : `There was no ${what}.` };
}
