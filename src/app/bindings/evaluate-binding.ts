import type { Actor } from '../../contracts/actor.ts';
import { Refusal } from '../../contracts/errors.ts';
import { EVALUATED_SUBSCRIPTIONS_MAX } from '../../contracts/limits.ts';
import type { BindingRecord, Evaluation } from '../../contracts/policy-binding.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { changeBinding, withChange } from './change-binding.ts';
import { unknownBinding } from './delete-binding.ts';
import { selectedClusters } from './drifting.ts';
import { beingDeleted } from './put-binding.ts';
import { isUnderWay, startEvaluations } from './start-evaluations.ts';
import { subscriptionsUnder } from './subscriptions-under.ts';

/**
 * `POST /api/policies/{name}/evaluate`: has Policy look anew at the subscriptions of the selected clusters. One that is being looked at is
 * not asked again. What Azure does not answer for just now is begun by the timer.
 *
 * @returns the binding, and the subscriptions that were not under way yet.
 * @throws Refusal 404, 409 (nothing to evaluate; being deleted; Azure refuses all of it).
 */
export async function evaluateBinding(
  deps: Deps,
  name: string,
  actor: Actor,
): Promise<{ readonly record: BindingRecord; readonly started: readonly string[] }> {
  const stored = await deps.bindings.read(name);
  if (stored === undefined) throw unknownBinding(name);
  const subscriptions = await subscriptionsOf(deps, stored.value);
  const at = deps.clock.now();
  let started: readonly string[] = [];
  const planned = await changeBinding(deps, name, (record) => {
    if (record.deleting === true) throw beingDeleted(name);
    const { evaluations = [] } = record;
    const running = evaluations.filter(isUnderWay).map(({ subscriptionId }) => subscriptionId);
    started = subscriptions.filter((one) => !running.includes(one));
    if (started.length === 0) return undefined;
    const next = [...kept(evaluations, subscriptions, started), ...started.map((one) => plan(one, at, actor))];
    return withChange({ ...record, evaluations: next }, at, actor, 'Evaluated');
  });
  if (planned !== undefined) {
    deps.log.info('policy evaluation asked for', { binding: name, actor: actor.name, subscriptions: started });
    await startEvaluations(deps, planned);
  }
  const record = (await deps.bindings.read(name))?.value;
  if (record === undefined) throw unknownBinding(name);
  refuseWhenAllRefused(record, started);
  return { record, started };
}

async function subscriptionsOf(deps: Deps, record: BindingRecord): Promise<string[]> {
  const { name, binding } = record;
  if (!('assignment' in binding.source)) {
    const detail = `Binding ${name} goes by what was last rolled out, of which Azure Policy knows nothing: POST /api/compliance/sweeps looks at it anew.`;
    throw new Refusal(409, 'NothingToEvaluate', detail);
  }
  const selected = selectedClusters(record, (await currentFleet(deps)).clusters);
  const subscriptions = subscriptionsUnder(binding.source.assignment, selected.values());
  if (subscriptions.length === 0) {
    const detail = `Binding ${name} selects no cluster that its assignment could reach, so that there is no subscription to evaluate.`;
    throw new Refusal(409, 'NothingToEvaluate', detail);
  }
  if (subscriptions.length > EVALUATED_SUBSCRIPTIONS_MAX) {
    const detail = `Binding ${name} selects clusters of ${subscriptions.length} subscriptions; at most ${EVALUATED_SUBSCRIPTIONS_MAX} can be evaluated for one binding. Narrow its selector.`;
    throw new Refusal(409, 'TooManySubscriptions', detail);
  }
  return subscriptions;
}

/** Evaluations that are over stay until the next of their subscription, as long as that is selected. */
function kept(
  evaluations: readonly Evaluation[],
  selected: readonly string[],
  started: readonly string[],
): readonly Evaluation[] {
  return evaluations.filter(
    (one) => isUnderWay(one) || (selected.includes(one.subscriptionId) && !started.includes(one.subscriptionId)),
  );
}

function plan(subscriptionId: string, at: number, actor: Actor): Evaluation {
  return { subscriptionId, at, actor, state: 'Planned' };
}

function refuseWhenAllRefused({ name, evaluations = [] }: BindingRecord, started: readonly string[]): void {
  const begun = evaluations.filter(({ subscriptionId }) => started.includes(subscriptionId));
  const [first] = begun;
  if (first === undefined || begun.some(({ state }) => state !== 'Refused')) return;
  const detail = `Azure refuses to evaluate the subscriptions of binding ${name}: ${first.detail ?? ''} Flotilla needs Microsoft.PolicyInsights/policyStates/triggerEvaluation/action there.`;
  throw new Refusal(409, 'EvaluationRefused', detail);
}
