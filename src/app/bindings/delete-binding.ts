import type { Actor } from '../../contracts/actor.ts';
import type { BindingRecord } from '../../contracts/policy-binding.ts';
import type { Deps } from '../deps.ts';
import { Refusal, Transient } from '../../contracts/errors.ts';
import { changeBinding, withChange } from './change-binding.ts';
import { cancelRemediation } from './start-remediation.ts';

/**
 * `DELETE /api/policies/{name}`. Remediation tasks that run are cancelled; rollouts that were submitted are rollouts like any other
 * and go on. When Azure does not answer just now, the binding acts no more, and the timer finishes the deletion.
 *
 * @returns whether it is gone already, and the rollouts that go on.
 * @throws Refusal 404.
 */
export async function deleteBinding(
  deps: Deps,
  name: string,
  actor: Actor,
): Promise<{ readonly isGone: boolean; readonly rollouts: readonly string[] }> {
  const now = deps.clock.now();
  const record = await changeBinding(deps, name, (stored) =>
    withChange({ ...stored, deleting: true }, now, actor, 'Deleted'),
  );
  if (record === undefined) throw unknownBinding(name);
  deps.log.info('binding deleted', { binding: name, actor: actor.name });
  const rollouts = runningRollouts(record);
  try {
    await finishDeletion(deps, name);
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('binding is removed later', { binding: name, code: error.code, detail: error.message });
  }
  return { isGone: (await deps.bindings.read(name)) === undefined, rollouts };
}

/** Cancels the tasks of a binding that is being deleted, then removes it. May throw `Transient`; repeatable. */
export async function finishDeletion(deps: Deps, name: string): Promise<void> {
  const stored = await deps.bindings.read(name);
  if (stored?.value.deleting !== true) return;
  for (const measure of stored.value.measures) {
    // Of a planned one nobody knows whether it was begun.
    const mayRun = measure.state === 'Running' || measure.state === 'Planned';
    if (measure.kind === 'remediation' && mayRun) await cancelRemediation(deps, measure);
  }
  await deps.bindings.remove(name, stored.version);
}

function runningRollouts({ measures }: BindingRecord): string[] {
  return measures.flatMap((measure) =>
    measure.kind === 'correction' && measure.state === 'Running' ? (measure.rolloutId ?? []) : [],
  );
}

export function unknownBinding(name: string): Refusal {
  return new Refusal(404, 'BindingNotFound', `There is no policy binding '${name}'. GET /api/policies lists them.`);
}
