import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import { TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import type { PlanSummary, Rollout } from '../../contracts/rollout-state.ts';
import { desiredConfiguration } from '../../core/flux/desired.ts';
import { diffConfiguration } from '../../core/flux/diff.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** Reads what is on the clusters now and counts what the rollout will do to them. Undefined when the query budget is used up. */
export async function summarizePlan(
  deps: Deps,
  rollout: Rollout,
  configuration: Configuration,
): Promise<PlanSummary | undefined> {
  if ((await reserve(deps, GRAPH_POOL, 1, 0)).length === 0) return undefined;
  const targets = new Map<string, Target>();
  for (let from = 0; from < rollout.targets; from += TARGETS_PER_PAGE) {
    const page = await deps.store.targets(rollout.id, { from, to: from + TARGETS_PER_PAGE - 1 });
    for (const target of page) targets.set(clusterKey(target.clusterId), target);
  }
  const counts = { update: 0, unchanged: 0 };
  const query = { name: configuration.name, subscriptions: deps.subscriptions, withProperties: true };
  for await (const page of deps.graph.configurations(query)) {
    for (const { clusterId, properties } of page) {
      const target = targets.get(clusterKey(clusterId));
      if (target === undefined) continue;
      const desired = desiredConfiguration(configuration, target.values);
      counts[diffConfiguration(desired, { properties }).length === 0 ? 'unchanged' : 'update'] += 1;
    }
  }
  const all = [...targets.values()];
  return {
    ...counts,
    create: all.length - counts.update - counts.unchanged,
    installExtension: all.filter(({ extension }) => extension !== 'Succeeded').length,
    offline: all.filter(({ offline }) => offline).length,
  };
}
