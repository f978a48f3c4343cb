import type { LiveRow } from '../../contracts/cluster-rows.ts';
import type { Evidence } from '../../contracts/verdict.ts';
import type { Action } from '../../core/change/actions.ts';
import type { Health } from '../../core/flux/health.ts';
import type { ArmFault } from '../../ports/arm.ts';
import { readsOf, recordThrottling } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { readConfiguration, readConfigurationRemoval } from './read-configuration.ts';
import { readExtension, readExtensionRemoval, readFluxV1Removal } from './read-extension.ts';

/** What one GET showed of an action on one cluster. */
export type Reading =
  | Exclude<Health, { state: 'good' }>
  | { readonly state: 'good'; readonly detail: string; readonly evidence?: Evidence }
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
};

/** Reads what an action has led to on one cluster. One ARM read. */
export function readAction(deps: Deps, action: Action, clusterId: string, attempt: Attempt): Promise<Reading> {
  switch (action.kind) {
    case 'applyConfiguration':
      return attempt.removing
        ? readConfigurationRemoval(deps, action.configuration.name, clusterId, attempt)
        : readConfiguration(deps, action, clusterId, attempt);
    case 'editConfiguration':
    case 'suspendConfiguration':
      return readConfiguration(deps, action, clusterId, attempt);
    case 'removeConfiguration':
      return readConfigurationRemoval(deps, action.removal.name, clusterId, attempt);
    case 'ensureExtension':
      return attempt.removing
        ? readExtensionRemoval(deps, clusterId, attempt)
        : readExtension(deps, action.extension, clusterId, attempt);
    case 'removeExtension':
      return readExtensionRemoval(deps, clusterId, attempt);
    case 'removeFluxV1':
      return readFluxV1Removal(deps, clusterId, attempt);
  }
}

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
  return { state: 'good', detail: wrote ? `The ${what} is gone.` : `There was no ${what}.` };
}
