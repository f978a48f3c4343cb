import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import { effectOn, isExempt, membersOf, type Assignment, type Member } from './assignment.ts';
import type { PolicyCompliance, PolicyState } from './book.ts';
import { isFulfilled } from './existence.ts';

/** Finds out how clusters stand under assignments, and keeps it as their latest state. */
export function evaluate(cloud: Cloud, clusters: Iterable<Cluster>, assignments: Iterable<Assignment>): void {
  const members = [...assignments].flatMap(membersOf);
  for (const cluster of clusters) {
    if (cluster.deleted) continue;
    for (const member of members) evaluateMember(cloud, member, cluster);
  }
}

/** The new state; undefined where the member has nothing to say, which also ends an earlier state. */
export function evaluateMember({ policy, clock }: Cloud, member: Member, cluster: Cluster): PolicyState | undefined {
  const effect = effectOn(member, cluster);
  if (typeof effect !== 'string' || effect === 'Disabled') {
    policy.dropState(member, cluster);
    return undefined;
  }
  const atMs = clock.now();
  const isLetOff = isExempt(policy.exemptions.values(), member, cluster, atMs);
  const compliance: PolicyCompliance = isLetOff
    ? 'Exempt'
    : isFulfilled(member, cluster)
      ? 'Compliant'
      : 'NonCompliant';
  const state: PolicyState = { member, cluster, effect, compliance, atMs };
  policy.setState(state);
  return state;
}
