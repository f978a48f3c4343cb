import pLimit from 'p-limit';
import type { BindingRecord, Evaluation } from '../../contracts/policy-binding.ts';
import { recordThrottling, reserve, writesOfSubscription } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { changeBinding } from './change-binding.ts';
import { refusalOf } from './refusal-of.ts';

/** Requests under way at the same time. Ours. */
const PARALLEL_MAX = 16;

/** True until nobody waits for it any more. */
export function isUnderWay({ state }: Evaluation): boolean {
  return state === 'Planned' || state === 'Running';
}

/** Begins the evaluations that are planned. Repeatable: Azure joins one that runs already. */
export async function startEvaluations(deps: Deps, record: BindingRecord): Promise<void> {
  await changeEvaluations(deps, record, async (evaluation) =>
    evaluation.state === 'Planned' ? start(deps, evaluation) : undefined,
  );
}

/** What an evaluation has become. */
export type EvaluationPatch = Partial<Evaluation> & Pick<Evaluation, 'state'>;

/** Looks at each evaluation of a binding and stores what has become of them. */
export async function changeEvaluations(
  deps: Deps,
  { name, id, evaluations = [] }: BindingRecord,
  look: (evaluation: Evaluation) => Promise<EvaluationPatch | undefined>,
): Promise<void> {
  const limit = pLimit(PARALLEL_MAX);
  const patches = new Map<string, EvaluationPatch>();
  await limit.map(evaluations, async (evaluation) => {
    const patch = await look(evaluation);
    if (patch !== undefined) patches.set(keyOf(evaluation), patch);
  });
  if (patches.size === 0) return;
  await changeBinding(deps, name, (record) => {
    if (record.id !== id || record.evaluations === undefined) return undefined;
    return { ...record, evaluations: record.evaluations.map((one) => ({ ...one, ...patches.get(keyOf(one)) })) };
  });
}

/** A later evaluation of the same subscription is another one. */
function keyOf({ subscriptionId, at }: Evaluation): string {
  return `${subscriptionId}|${at}`;
}

/** @returns undefined when it has to be tried again later. */
async function start(deps: Deps, { subscriptionId }: Evaluation): Promise<EvaluationPatch | undefined> {
  const pool = writesOfSubscription(subscriptionId);
  if ((await reserve(deps, pool, 1, 0)).length === 0) return undefined;
  const answer = await deps.policy.evaluate(subscriptionId);
  const endedAt = deps.clock.now();
  if (answer.ok) {
    const { state, operationUrl } = answer.value;
    if (state !== 'Running') return { state: 'Ended', detail: state, endedAt };
    if (operationUrl !== undefined) return { state: 'Running', operationUrl };
    return { state: 'Ended', detail: 'It was begun, but Azure names no place to ask how it stands.', endedAt };
  }
  const { fault } = answer;
  if (fault.kind === 'throttled') await recordThrottling(deps, pool, fault.retryAfterMs);
  const refusal = refusalOf(fault);
  return refusal === undefined ? undefined : { state: 'Refused', detail: refusal, endedAt };
}
