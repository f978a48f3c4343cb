import { clusterKey } from '../contracts/cluster-id.ts';
import { formatDuration } from '../contracts/duration.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import { desiredConfiguration } from '../core/flux/desired.ts';
import { diffConfiguration, type FieldDifference } from '../core/flux/diff.ts';
import { estimate } from '../core/plan/estimate.ts';
import type { FrozenPlan } from '../core/plan/freeze.ts';
import { findWarnings } from '../core/plan/warnings.ts';
import type { ArmJson } from '../ports/arm.ts';
import { GRAPH_POOL, reserve } from './budgets.ts';
import type { Deps } from './deps.ts';
import { findOverlap } from './overlap.ts';
import { freezeRequest, hashPlan } from './plan-rollout.ts';

/** One way in which clusters will change; clusters that change alike share it. */
interface Change {
  readonly action: 'create' | 'update' | 'unchanged';
  readonly differences: readonly FieldDifference[];
}

/**
 * What a request would do, without doing any of it: stages, every cluster with its change, warnings, what it draws from the
 * quotas, and the hash that an approval would be bound to. Writes nothing. Throws `Refusal` as a submission would.
 */
export async function previewRollout(deps: Deps, request: RolloutRequest): Promise<object> {
  const plan = await freezeRequest(deps, request);
  const [configuration] = request.change.configurations;
  const name = configuration?.name ?? '';
  const { rollouts } = await deps.index.active();
  const overlap = await findOverlap(deps, rollouts, name, plan.targets);
  const { changes, changeOf } = await findChanges(deps, request, plan);
  const figures = estimate(plan.stages, plan.targets);
  return {
    dryRun: true,
    name: request.name,
    planHash: hashPlan(deps, request, plan),
    configuration: name,
    maxFailures: plan.maxFailures,
    clusters: plan.targets.length,
    stages: plan.stages.map(({ first, size, ...stage }) => ({
      name: stage.name,
      clusters: size,
      maxConcurrency: stage.maxConcurrency,
      maxFailures: stage.maxFailures,
      ...(stage.soakSeconds > 0 && { soak: formatDuration(stage.soakSeconds) }),
      gates: stage.gates,
      targets: plan.targets.slice(first, first + size).map(({ clusterId, extension, offline }) => ({
        id: clusterId,
        change: changeOf.get(clusterKey(clusterId)) ?? 0,
        ...(extension !== 'Succeeded' && { installsExtension: true }),
        ...(offline && { offline: true }),
      })),
    })),
    changes,
    warnings: findWarnings(request, plan),
    ...(overlap && { overlap }),
    estimate: { ...figures, expected: formatDuration(figures.expectedSeconds) },
  };
}

/** Groups clusters by what changes on them: a fleet of thousands usually has a handful of different diffs. */
async function findChanges(
  deps: Deps,
  request: RolloutRequest,
  plan: FrozenPlan,
): Promise<{ changes: (Change & { clusters: number })[]; changeOf: ReadonlyMap<string, number> }> {
  const present = await readPresent(deps, request);
  const byContent = new Map<string, { index: number; change: Change & { clusters: number } }>();
  const changeOf = new Map<string, number>();
  const [configuration] = request.change.configurations;
  if (configuration === undefined) return { changes: [], changeOf };
  for (const { clusterId, values } of plan.targets) {
    const properties = present.get(clusterKey(clusterId));
    const differences = diffConfiguration(desiredConfiguration(configuration, values), properties && { properties });
    const action = properties === undefined ? 'create' : differences.length === 0 ? 'unchanged' : 'update';
    const content = JSON.stringify([action, differences]);
    const known = byContent.get(content) ?? { index: byContent.size, change: { action, differences, clusters: 0 } };
    known.change.clusters += 1;
    byContent.set(content, known);
    changeOf.set(clusterKey(clusterId), known.index);
  }
  return { changes: [...byContent.values()].map(({ change }) => change), changeOf };
}

async function readPresent(deps: Deps, request: RolloutRequest): Promise<ReadonlyMap<string, ArmJson>> {
  const present = new Map<string, ArmJson>();
  const name = request.change.configurations[0]?.name ?? '';
  await reserve(deps, GRAPH_POOL, 1, Number.MAX_SAFE_INTEGER);
  const pages = deps.graph.configurations({ name, subscriptions: deps.subscriptions, withProperties: true });
  for await (const page of pages) {
    for (const { clusterId, properties } of page)
      if (properties !== undefined) present.set(clusterKey(clusterId), properties);
  }
  return present;
}
