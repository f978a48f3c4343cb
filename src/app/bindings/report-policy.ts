import { clusterKey } from '../../contracts/cluster-id.ts';
import { NON_COMPLIANT_MEMBERS_SHOWN_MAX, NON_COMPLIANT_SHOWN_MAX } from '../../contracts/limits.ts';
import type { BindingRecord, NonCompliant, PolicyReport } from '../../contracts/policy-binding.ts';
import { subscriptionOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { changeBinding } from './change-binding.ts';
import { selectedClusters } from './drifting.ts';
import { readPolicyStates, type NonCompliantCluster, type PolicyStates } from './read-policy-states.ts';
import { isTimeAgain } from './schedule.ts';
import { subscriptionsUnder } from './subscriptions-under.ts';

/**
 * Asks Policy what it says of the assignment that a binding goes by, and keeps it for `GET /api/policies/{name}`: as often as the binding
 * acts, and once after an evaluation has ended. Subscriptions that do not answer are named; when none does, the last report stays.
 */
export async function reportPolicy(deps: Deps, record: BindingRecord): Promise<void> {
  const { source } = record.binding;
  if (!('assignment' in source) || !isDue(record, deps.clock.now())) return;
  const selected = selectedClusters(record, (await currentFleet(deps)).clusters);
  const report = emptyReport(deps.clock.now());
  const known = new Map((record.policyReport?.nonCompliant ?? []).map((one) => [clusterKey(one.clusterId), one]));
  const found: NonCompliant[] = [];
  const subscriptions = subscriptionsUnder(source.assignment, selected.values());
  for (const subscription of subscriptions) {
    const states = await readPolicyStates(deps, subscription, source.assignment, selected);
    if (states === undefined) {
      report.unread.push(subscription);
      found.push(...[...known.values()].filter(({ clusterId }) => isIn(subscription, clusterId)));
    } else {
      addCounts(report.clusters, states.summary);
      report.selectedNonCompliant += states.nonCompliant.size;
      found.push(...[...states.nonCompliant].map(([key, one]) => nonCompliant(one, known.get(key))));
    }
  }
  if (subscriptions.length > 0 && report.unread.length === subscriptions.length) return;
  const policyReport = { ...report, nonCompliant: longestFirst(found).slice(0, NON_COMPLIANT_SHOWN_MAX) };
  await changeBinding(deps, record.name, (stored) =>
    stored.id === record.id && goesBy(stored, source.assignment) ? { ...stored, policyReport } : undefined,
  );
}

function isDue({ policyReport, evaluations = [], ...record }: BindingRecord, now: number): boolean {
  if (policyReport === undefined || isTimeAgain(record, policyReport.at, now)) return true;
  return evaluations.some(({ endedAt = 0 }) => endedAt > policyReport.at);
}

function emptyReport(at: number): PolicyReport {
  const clusters = { compliant: 0, nonCompliant: 0, exempt: 0, other: 0 };
  return { at, clusters, selectedNonCompliant: 0, nonCompliant: [], unread: [] };
}

function addCounts(
  counts: PolicyReport['clusters'],
  { compliant, nonCompliant, exempt, other }: PolicyStates['summary'],
): void {
  counts.compliant += compliant;
  counts.nonCompliant += nonCompliant;
  counts.exempt += exempt;
  counts.other += other;
}

function nonCompliant({ cluster, at, members }: NonCompliantCluster, before: NonCompliant | undefined): NonCompliant {
  const shown = [...members].sort().slice(0, NON_COMPLIANT_MEMBERS_SHOWN_MAX);
  return { clusterId: cluster.id, since: Math.min(at, before?.since ?? at), members: shown };
}

function longestFirst(found: readonly NonCompliant[]): NonCompliant[] {
  return [...found].sort(
    (one, other) => one.since - other.since || (clusterKey(one.clusterId) < clusterKey(other.clusterId) ? -1 : 1),
  );
}

function isIn(subscription: string, clusterId: string): boolean {
  return subscriptionOf(clusterId).toLowerCase() === subscription;
}

/** It may have been replaced while Policy was asked. */
function goesBy({ binding: { source } }: BindingRecord, assignment: string): boolean {
  return 'assignment' in source && source.assignment === assignment;
}
