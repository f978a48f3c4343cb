import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import { TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import type { PlanSummary, Rollout } from '../../contracts/rollout-state.ts';
import type { Action } from '../../core/change/actions.ts';
import type { PlannedAction } from '../../core/change/planned.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { planTarget, readPresent } from '../present.ts';

/** Reads what is on the clusters now and counts what the rollout will do to them. Undefined when the query budget is used up. */
export async function summarizePlan(
  deps: Deps,
  rollout: Rollout,
  actions: readonly Action[],
): Promise<PlanSummary | undefined> {
  if ((await reserve(deps, GRAPH_POOL, 1, 0)).length === 0) return undefined;
  const targets: Target[] = [];
  for (let from = 0; from < rollout.targets; from += TARGETS_PER_PAGE) {
    targets.push(...(await deps.store.targets(rollout.id, { from, to: from + TARGETS_PER_PAGE - 1 })));
  }
  const ids = targets.map(({ clusterId }) => clusterId);
  const present = await readPresent(deps, actions, ids, true);
  const fluxV1 = new Set<string>();
  for (const cluster of (await currentFleet(deps)).clusters) if (cluster.fluxV1) fluxV1.add(clusterKey(cluster.id));
  const counts = { create: 0, update: 0, remove: 0, unchanged: 0 };
  for (const target of targets) {
    const cluster = { fluxV1: fluxV1.has(clusterKey(target.clusterId)) };
    counts[overallEffect(planTarget(actions, target, present, cluster))] += 1;
  }
  return {
    ...counts,
    installExtension: installsExtension(actions)
      ? targets.filter(({ extension }) => extension !== 'Succeeded').length
      : 0,
    offline: targets.filter(({ offline }) => offline).length,
  };
}

/** One word for a cluster: what weighs most of what its actions do. That the extension is installed first is counted apart. */
export function overallEffect(planned: readonly PlannedAction[]): 'create' | 'update' | 'remove' | 'unchanged' {
  const ensuring = planned.filter(({ action }) => action === 'ensure the extension');
  const others = planned.filter((one) => !ensuring.includes(one));
  const effects = new Set((others.length > 0 ? others : ensuring).map(({ effect }) => effect));
  if (effects.has('remove') || effects.has('replace')) return 'remove';
  if (effects.has('create')) return 'create';
  return effects.has('update') || effects.has('impossible') ? 'update' : 'unchanged';
}

export function installsExtension(actions: readonly Action[]): boolean {
  return actions.some(({ kind }) => kind === 'ensureExtension');
}
