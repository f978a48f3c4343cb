import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import { between } from '../fleet/random.ts';
import type { Assignment } from './assignment.ts';
import { evaluate } from './evaluate.ts';
import { scopeKey } from './scopes.ts';
import { AFTER_ASSIGNMENT_MS, AFTER_WRITE_MS, FULL_CYCLE_MS } from './timing.ts';

/** Everything is evaluated anew once a day; this ends with the fleet's timeline. */
export function startFullCycle(cloud: Cloud): void {
  cloud.fleet.timeline.after(FULL_CYCLE_MS, () => {
    evaluate(cloud, cloud.fleet.clusters, cloud.policy.assignments.values());
    startFullCycle(cloud);
  });
}

/** ARM has written to a cluster or something on it; reports of its agent are no writes (azure.md 4.4). */
export function noteWrite(cloud: Cloud, cluster: Cluster): void {
  const { policy, clock } = cloud;
  if (policy.assignments.size === 0) return;
  const isWaiting = policy.pendingSinceMs.has(cluster);
  policy.pendingSinceMs.set(cluster, clock.now());
  if (!isWaiting) evaluateLater(cloud, cluster, clock.now());
}

/** An assignment is new or was changed: its first evaluation comes by itself. */
export function noteAssignment(cloud: Cloud, assignment: Assignment): void {
  const { fleet, policy } = cloud;
  const [low, high] = AFTER_ASSIGNMENT_MS;
  fleet.timeline.after(between(fleet.seed, `assignment/${assignment.id}`, low, high), () => {
    if (policy.assignments.get(scopeKey(assignment.id)) !== assignment) return;
    evaluate(cloud, fleet.clusters, [assignment]);
  });
}

/** One timer per cluster: writes that come while it runs make it run once more. */
function evaluateLater(cloud: Cloud, cluster: Cluster, sinceMs: number): void {
  const { fleet, policy, clock } = cloud;
  const [low, high] = AFTER_WRITE_MS;
  const dueMs = sinceMs + between(fleet.seed, `evaluation/${cluster.name}`, low, high);
  fleet.timeline.after(dueMs - clock.now(), () => {
    evaluate(cloud, [cluster], policy.assignments.values());
    const lastMs = policy.pendingSinceMs.get(cluster) ?? sinceMs;
    if (lastMs > sinceMs && !cluster.deleted) evaluateLater(cloud, cluster, lastMs);
    else policy.pendingSinceMs.delete(cluster);
  });
}
