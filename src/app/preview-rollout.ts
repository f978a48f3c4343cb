import { clusterKey } from '../contracts/cluster-id.ts';
import type { Target } from '../contracts/cluster-rows.ts';
import { formatDuration } from '../contracts/duration.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import type { StageState } from '../contracts/rollout-state.ts';
import { describeAction, subjectsOf } from '../core/change/actions.ts';
import type { PlannedAction } from '../core/change/planned.ts';
import { groupFindings } from '../core/plan/finding.ts';
import { estimate } from '../core/plan/estimate.ts';
import type { Scope } from './access/scope.ts';
import { refuseOutside } from './access/within-scope.ts';
import type { Deps } from './deps.ts';
import { installsExtension } from './looks/plan.ts';
import { warningsOf } from './new-rollout.ts';
import { findOverlap } from './overlap.ts';
import { hashPlan, planRollout, type PlannedRollout } from './plan-rollout.ts';
import { planTarget } from './present.ts';

/**
 * What a request would do, without doing any of it: stages, every cluster with its change, what the preflight found, warnings, what
 * it draws from the quotas, and the hash that an approval would be bound to. Writes nothing. Throws `Refusal` as a
 * submission would, except for blocked clusters, which are shown.
 */
export async function previewRollout(deps: Deps, request: RolloutRequest, scope?: Scope): Promise<object> {
  const planned = await planRollout(deps, request, 'show');
  const { plan, actions, findings } = planned;
  if (scope !== undefined) refuseOutside(scope, plan.targets, planned.fleet);
  const { rollouts } = await deps.index.active();
  const overlap = await findOverlap(deps, rollouts, subjectsOf(actions), plan.targets);
  const { changes, changeOf } = groupChanges(planned);
  const figures = estimate(plan.stages, plan.targets, actions);
  const refused = request.target.blocked === 'error' && plan.targets.some(({ blocked }) => blocked !== undefined);
  return {
    dryRun: true,
    name: request.name,
    planHash: hashPlan(deps, request, plan),
    change: actions.map(describeAction),
    maxFailures: plan.maxFailures,
    clusters: plan.targets.length,
    ...(refused && { refused: 'Submitting this plan is refused: some clusters are blocked (target.blocked: error).' }),
    stages: plan.stages.map((stage) => stageView(stage, planned, changeOf)),
    changes,
    preflight: groupFindings(findings).map(({ clusterIds, ...finding }) => ({ ...finding, clusters: clusterIds })),
    warnings: warningsOf(request, { ...planned, findings: [] }),
    ...(overlap && { overlap }),
    estimate: { ...figures, expected: formatDuration(figures.expectedSeconds) },
  };
}

function stageView(
  { name, first, size, maxConcurrency, maxFailures, soakSeconds, gates }: StageState,
  { plan, actions }: PlannedRollout,
  changeOf: (target: Target) => number,
): object {
  return {
    name,
    clusters: size,
    maxConcurrency,
    maxFailures,
    ...(soakSeconds > 0 && { soak: formatDuration(soakSeconds) }),
    gates,
    targets: plan.targets.slice(first, first + size).map((target) => ({
      id: target.clusterId,
      change: changeOf(target),
      ...(installsExtension(actions) && target.extension !== 'Succeeded' && { installsExtension: true }),
      ...(target.offline && { offline: true }),
      ...(target.blocked && { blocked: target.blocked.code }),
    })),
  };
}

/** One way in which clusters will change, action by action; clusters that change alike share it. */
interface Change {
  readonly actions: readonly PlannedAction[];
  clusters: number;
}

/** Groups clusters by what changes on them: a fleet of thousands usually has a handful of different diffs. */
function groupChanges({ plan, actions, present, fleet }: PlannedRollout): {
  changes: readonly Change[];
  changeOf: (target: Target) => number;
} {
  const clusters = new Map(fleet.clusters.map((cluster) => [clusterKey(cluster.id), cluster]));
  const indexes = new Map<string, number>();
  const changes: Change[] = [];
  const changeOf = new Map<number, number>();
  for (const target of plan.targets) {
    const cluster = clusters.get(clusterKey(target.clusterId)) ?? { fluxV1: false };
    const planned = planTarget(actions, target, present, cluster);
    const content = JSON.stringify(planned);
    const index = indexes.get(content) ?? changes.length;
    const change = changes[index] ?? { actions: planned, clusters: 0 };
    change.clusters += 1;
    changes[index] = change;
    indexes.set(content, index);
    changeOf.set(target.ordinal, index);
  }
  return { changes, changeOf: ({ ordinal }) => changeOf.get(ordinal) ?? 0 };
}
