import type { BindingRecord, Evaluation } from '../../contracts/policy-binding.ts';
import { EVALUATION_SECONDS_MAX } from '../../contracts/timing.ts';
import { readsOfSubscription, recordThrottling, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { changeEvaluations, startEvaluations, type EvaluationPatch } from './start-evaluations.ts';

/** Begins the evaluations that could not be begun when somebody asked for them, and follows the others to their end. */
export async function seeToEvaluations(deps: Deps, record: BindingRecord): Promise<void> {
  await startEvaluations(deps, record);
  await changeEvaluations(deps, record, (evaluation) => look(deps, evaluation));
}

async function look(
  deps: Deps,
  { subscriptionId, at, state, operationUrl }: Evaluation,
): Promise<EvaluationPatch | undefined> {
  if (state !== 'Running' || operationUrl === undefined) return undefined;
  const endedAt = deps.clock.now();
  if (endedAt - at > EVALUATION_SECONDS_MAX * 1000) {
    return {
      state: 'Ended',
      detail: `Not over after ${EVALUATION_SECONDS_MAX / 3600} h: nobody waits any more.`,
      endedAt,
    };
  }
  const pool = readsOfSubscription(subscriptionId);
  if ((await reserve(deps, pool, 1, 0)).length === 0) return undefined;
  const answer = await deps.policy.evaluation(operationUrl);
  if (!answer.ok) {
    if (answer.fault.kind === 'throttled') await recordThrottling(deps, pool, answer.fault.retryAfterMs);
    deps.log.warn('policy evaluation cannot be read', { subscriptionId, fault: answer.fault.kind });
    return undefined;
  }
  if (answer.value === 'Running') return undefined;
  return { state: 'Ended', detail: answer.value ?? 'Gone: Azure knows it no more.', endedAt };
}
