import type { Actor } from '../contracts/actor.ts';
import { Refusal } from '../contracts/errors.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import type { Rollout } from '../contracts/rollout-state.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { actionsOf, describeAction, subjectsOf } from '../core/change/actions.ts';
import { freeze, type FrozenPlan } from '../core/plan/freeze.ts';
import { findWarnings } from '../core/plan/warnings.ts';
import type { Deps } from './deps.ts';
import { TRAIL_START } from './events.ts';
import { currentFleet } from './fleet.ts';

/** Freezes a request against the present fleet. Throws `Refusal` 400 when that is not possible. */
export async function freezeRequest(deps: Deps, request: RolloutRequest): Promise<FrozenPlan> {
  const freezing = freeze(request, await currentFleet(deps), deps.clock.now());
  if (freezing.ok) return freezing.plan;
  const [first] = freezing.problems;
  throw new Refusal(
    400,
    first?.code ?? 'CannotPlan',
    first?.detail ?? 'The request cannot be planned.',
    freezing.problems,
  );
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

/** The header of a rollout before its first step. */
export function newRollout(deps: Deps, id: string, request: RolloutRequest, plan: FrozenPlan, actor: Actor): Rollout {
  const now = deps.clock.now();
  const actions = actionsOf(request.change);
  return {
    schema: 1,
    id,
    name: request.name,
    createdAt: now,
    createdBy: actor,
    planHash: hashPlan(deps, request, plan),
    actions: actions.map(describeAction),
    subjects: subjectsOf(actions),
    targets: plan.targets.length,
    offline: request.target.offline,
    deferForSeconds: request.target.deferFor,
    maxFailures: plan.maxFailures,
    warnings: findWarnings(request, plan),
    stages: [...plan.stages],
    status: 'Planning',
    statusSince: now,
    stop: 'none',
    failuresExcused: 0,
    verified: false,
    nextCheckAt: now,
    wakeAt: now,
    deferCheckedAt: now,
    soakCheckedAt: now,
    polledAt: now,
    eventSequence: TRAIL_START.sequence,
    eventHash: TRAIL_START.hash,
  };
}
