import { resolveAmount } from '../../contracts/amount.ts';
import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster, Inventory } from '../../contracts/cluster.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import type { Problem } from '../../contracts/errors.ts';
import { CLUSTERS_PER_ROLLOUT_MAX } from '../../contracts/limits.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { StageState } from '../../contracts/rollout-state.ts';
import { compileSelector, selectClusters } from '../fleet/select.ts';
import { firstTen, groupFindings, type Blockers } from './finding.ts';
import { interleave } from './interleave.ts';
import { newStage } from './stage.ts';
import { planValues, type PlanValues } from './values.ts';

/** A request with its clusters: stages in order, targets by ordinal. Nothing in it changes any more (product, "Frozen"). */
export interface FrozenPlan {
  readonly stages: readonly StageState[];
  readonly targets: readonly Target[];
  readonly maxFailures: number;
  /** Selected clusters that no stage takes and the plan leaves out (`unmatched: skip`). */
  readonly leftOut: number;
}

export type Freezing =
  { readonly ok: true; readonly plan: FrozenPlan } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Resolves the selection and the numbers of a request against the fleet. Pure; problems name the field and the clusters.
 * `blockers` are what the preflight found against single clusters: `target.blocked` says whether they refuse the plan.
 */
export function freeze(
  request: RolloutRequest,
  fleet: Inventory,
  now: number,
  blockers: Blockers = new Map(),
): Freezing {
  const { selector, exclude } = request.target;
  const selected = selectClusters(fleet.clusters, selector, exclude);
  const values = planValues(request, selected);
  const problems = [...unknownIds(request, fleet.clusters), ...sizeProblems(selected), ...values.problems];
  if (problems.length > 0) return { ok: false, problems };

  const { stages, unmatched } = assignStages(request, selected);
  if (unmatched.length > 0 && request.target.unmatched === 'error') {
    return { ok: false, problems: [unmatchedProblem(unmatched)] };
  }
  if (request.target.unmatched === 'lastStage') stages[stages.length - 1]?.push(...unmatched);
  const ordered = stages.map((clusters) => interleave(clusters));
  const targets = ordered.flat().map((cluster, ordinal) => toTarget(cluster, ordinal, values, blockers));
  const blocked = request.target.blocked === 'error' ? blockedProblems(targets, blockers) : [];
  if (blocked.length > 0) return { ok: false, problems: blocked };
  return {
    ok: true,
    plan: {
      stages: stageStates(request, ordered, now),
      targets,
      maxFailures: resolveAmount(request.strategy.maxFailures, targets.length),
      leftOut: request.target.unmatched === 'skip' ? unmatched.length : 0,
    },
  };
}

/** Each cluster goes to the first stage that takes it; a stage without a selector takes all that is left. */
function assignStages(
  request: RolloutRequest,
  selected: readonly Cluster[],
): { stages: Cluster[][]; unmatched: Cluster[] } {
  const matchers = request.strategy.stages.map(({ selector }) => compileSelector(selector ?? {}));
  const stages: Cluster[][] = matchers.map(() => []);
  const unmatched: Cluster[] = [];
  for (const cluster of selected) {
    const index = matchers.findIndex((matches) => matches(cluster));
    (stages[index] ?? unmatched).push(cluster);
  }
  return { stages, unmatched };
}

function stageStates(request: RolloutRequest, stages: readonly (readonly Cluster[])[], now: number): StageState[] {
  let first = 0;
  return request.strategy.stages.map((stage, index) => {
    const size = stages[index]?.length ?? 0;
    const state = newStage(stage, request.strategy, { first, size }, now);
    first += size;
    return state;
  });
}

function toTarget(cluster: Cluster, ordinal: number, { valuesOf }: PlanValues, blockers: Blockers): Target {
  const [blocker] = blockers.get(clusterKey(cluster.id)) ?? [];
  return {
    ordinal,
    clusterId: cluster.id,
    extension: cluster.extension,
    offline: cluster.offline,
    values: valuesOf(cluster),
    ...(blocker && { blocked: { code: blocker.code, detail: blocker.detail } }),
  };
}

/** One problem for each kind of obstacle among the clusters that the plan takes. */
function blockedProblems(targets: readonly Target[], blockers: Blockers): Problem[] {
  const findings = targets.flatMap(({ clusterId }) => blockers.get(clusterKey(clusterId)) ?? []);
  return groupFindings(findings).map(({ code, detail, clusterIds }) => ({
    field: 'target.blocked',
    code,
    detail: `${clusterIds.length} clusters cannot take this change: ${firstTen(clusterIds)}. On the first: ${detail} Or leave such clusters out with target.blocked: skip.`,
  }));
}

function unknownIds(request: RolloutRequest, fleet: readonly Cluster[]): Problem[] {
  const wanted = request.target.selector.ids ?? [];
  if (wanted.length === 0) return [];
  const known = new Set(fleet.map(({ id }) => clusterKey(id)));
  const unknown = wanted.filter((id) => !known.has(clusterKey(id)));
  if (unknown.length === 0) return [];
  const detail = `${unknown.length} clusters are not in the fleet: ${firstTen(unknown)}. Check the ids, and that their subscriptions are configured.`;
  return [{ field: 'target.selector.ids', code: 'UnknownCluster', detail }];
}

function sizeProblems(selected: readonly Cluster[]): Problem[] {
  const field = 'target.selector';
  if (selected.length === 0) {
    const detail =
      'The selection is empty: no cluster of the fleet matches. GET /api/clusters lists the fleet with its tags.';
    return [{ field, code: 'EmptySelection', detail }];
  }
  if (selected.length > CLUSTERS_PER_ROLLOUT_MAX) {
    const detail = `${selected.length} clusters are selected; one rollout takes at most ${CLUSTERS_PER_ROLLOUT_MAX}. Split it.`;
    return [{ field, code: 'TooManyClusters', detail }];
  }
  return [];
}

function unmatchedProblem(unmatched: readonly Cluster[]): Problem {
  const detail = `${unmatched.length} selected clusters match no stage: ${firstTen(unmatched.map(({ id }) => id))}. Widen a stage, or set target.unmatched to lastStage or skip.`;
  return { field: 'strategy.stages', code: 'UnmatchedClusters', detail };
}
