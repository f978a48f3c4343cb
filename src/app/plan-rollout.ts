import { clusterKey } from '../contracts/cluster-id.ts';
import type { Cluster, Inventory } from '../contracts/cluster.ts';
import { Refusal, type Problem } from '../contracts/errors.ts';
import { PREFLIGHT_COMPARED_MAX } from '../contracts/limits.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { actionsOf, type Action } from '../core/change/actions.ts';
import { blockersOf, type Finding } from '../core/plan/finding.ts';
import { freeze, type FrozenPlan } from '../core/plan/freeze.ts';
import { checkSecrets } from './check-secrets.ts';
import type { Deps } from './deps.ts';
import { currentFleet } from './fleet.ts';
import { arbitratePlan } from './policy/arbitrate-plan.ts';
import { runPreflight } from './preflight.ts';
import { NOTHING_PRESENT, readPresent, type PresentFleet } from './present.ts';

/** A request made ready: the frozen plan, with all that was found on the way to it. */
export interface PlannedRollout {
  readonly plan: FrozenPlan;
  readonly actions: readonly Action[];
  readonly fleet: Inventory;
  readonly findings: readonly Finding[];
  readonly present: PresentFleet;
}

/**
 * Plans a request against the present fleet: selection, values, secrets, preflight. Writes nothing. With `show`, clusters that are
 * blocked are part of the plan, so that people can see them all; without, `target.blocked` decides.
 *
 * @throws Refusal 400 when that is not possible: it names the field, the clusters, and what to do.
 */
export async function planRollout(
  deps: Deps,
  request: RolloutRequest,
  purpose: 'submit' | 'show',
): Promise<PlannedRollout> {
  const fleet = await currentFleet(deps);
  const actions = actionsOf(request.change);
  const unchecked = freezeOrRefuse(deps, request, fleet, []);
  await checkSecrets(deps, request.change);
  const clusters = clustersOf(unchecked, fleet);
  const compares = purpose === 'show' || clusters.length <= PREFLIGHT_COMPARED_MAX;
  const ids = clusters.map(({ id }) => id);
  const present = compares ? await readPresent(deps, actions, ids) : NOTHING_PRESENT;
  const findings = [
    ...(await runPreflight(deps, request, clusters, present.configurations, fleet.clusters)),
    ...(await arbitratePlan(deps, request, actions, unchecked.targets, clusters, compares ? present : undefined)),
    ...(compares ? [] : [uncompared(clusters.length)]),
  ];
  const target = purpose === 'show' ? { ...request.target, blocked: 'skip' as const } : request.target;
  const plan = freezeOrRefuse(deps, { ...request, target }, fleet, findings);
  return { plan, actions, fleet, findings, present };
}

function freezeOrRefuse(
  { clock }: Deps,
  request: RolloutRequest,
  fleet: Inventory,
  findings: readonly Finding[],
): FrozenPlan {
  const freezing = freeze(request, fleet, clock.now(), blockersOf(findings));
  if (freezing.ok) return freezing.plan;
  throw refusePlan(freezing.problems);
}

function refusePlan(problems: readonly Problem[]): Refusal {
  const [first] = problems;
  return new Refusal(400, first?.code ?? 'CannotPlan', first?.detail ?? 'The request cannot be planned.', problems);
}

function clustersOf({ targets }: FrozenPlan, { clusters }: Inventory): Cluster[] {
  const byKey = new Map(clusters.map((cluster) => [clusterKey(cluster.id), cluster]));
  return targets.flatMap(({ clusterId }) => byKey.get(clusterKey(clusterId)) ?? []);
}

function uncompared(clusters: number): Finding {
  const detail = `${clusters} clusters are too many to compare with what is on them when a rollout is submitted; send the request with dryRun=true to see it.`;
  return { code: 'NotCompared', severity: 'warn', detail };
}

/** SHA-256 over everything that is frozen: what people approve. */
export function hashPlan({ digest }: Pick<Deps, 'digest'>, request: RolloutRequest, plan: FrozenPlan): string {
  const clusters = plan.targets.map(({ clusterId, values }) => [clusterId.toLowerCase(), values]);
  const stages = plan.stages.map(({ name, first, size, maxConcurrency, maxFailures }) => [
    name,
    first,
    size,
    maxConcurrency,
    maxFailures,
  ]);
  return digest.sha256(canonicalJson({ request, stages, clusters }));
}
