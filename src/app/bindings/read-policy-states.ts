import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import { Transient } from '../../contracts/errors.ts';
import type { PolicySummary } from '../../ports/policy.ts';
import { readsOfSubscription, recordThrottling, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** A selected cluster that does not comply: when Policy found it out, and the members of an initiative that say so. */
export interface NonCompliantCluster {
  readonly cluster: Cluster;
  readonly at: number;
  readonly members: readonly string[];
}

/** What Policy says of one assignment in one subscription. */
export interface PolicyStates {
  readonly summary: PolicySummary;
  /** By `clusterKey`. */
  readonly nonCompliant: ReadonlyMap<string, NonCompliantCluster>;
}

/**
 * Reads the counts, then the states that do not comply, page by page, each on account of the quota of the subscription. Undefined when
 * Policy, or the quota, gives none just now.
 */
export async function readPolicyStates(
  deps: Deps,
  subscription: string,
  assignmentId: string,
  selected: ReadonlyMap<string, Cluster>,
): Promise<PolicyStates | undefined> {
  const { policy, log } = deps;
  const pool = readsOfSubscription(subscription);
  const unread = async (reason: string, retryAfterMs?: number): Promise<undefined> => {
    if (retryAfterMs !== undefined) await recordThrottling(deps, pool, retryAfterMs);
    log.warn('policy states could not be read', { subscription, assignmentId, reason });
    return undefined;
  };
  const isPaid = async (): Promise<boolean> => (await reserve(deps, pool, 1, 0)).length > 0;

  if (!(await isPaid())) return unread('the read quota is used up');
  const summary = await policy.summary(subscription, assignmentId);
  if (!summary.ok) {
    const { fault } = summary;
    return unread(fault.kind, fault.kind === 'throttled' ? fault.retryAfterMs : undefined);
  }
  const nonCompliant = new Map<string, NonCompliantCluster>();
  const states = { summary: summary.value, nonCompliant };
  if (summary.value.nonCompliant === 0) return states;
  if (!(await isPaid())) return unread('the read quota is used up');
  try {
    for await (const page of policy.nonCompliant(subscription, assignmentId)) {
      for (const { resourceId, at, referenceId } of page) {
        const cluster = selected.get(clusterKey(resourceId));
        if (cluster !== undefined) add(nonCompliant, cluster, at, referenceId);
      }
      // Whether there is a page after this one shows only when it is asked for.
      if (!(await isPaid())) return await unread('the read quota is used up');
    }
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    return unread(error.code, error.code === 'PolicyThrottled' ? error.retryAfterMs : undefined);
  }
  return states;
}

function add(found: Map<string, NonCompliantCluster>, cluster: Cluster, at: number, member: string | undefined): void {
  const known = found.get(clusterKey(cluster.id)) ?? { cluster, at, members: [] };
  const members = member === undefined ? known.members : [...known.members, member];
  found.set(clusterKey(cluster.id), { cluster, at: Math.min(at, known.at), members });
}
