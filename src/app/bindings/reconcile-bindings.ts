import { Transient } from '../../contracts/errors.ts';
import type { BindingRecord } from '../../contracts/policy-binding.ts';
import { tellOfBinding } from '../../core/notifications/what-to-tell.ts';
import type { Deps } from '../deps.ts';
import { tell } from '../notifications/tell.ts';
import { finishDeletion } from './delete-binding.ts';
import { lastCompleteSweep, type CompleteSweep } from './last-sweep.ts';
import { reportPolicy } from './report-policy.ts';
import { runBinding } from './run-binding.ts';
import { seeToEvaluations } from './see-to-evaluations.ts';
import { startMeasures } from './start-measures.ts';
import { trackMeasures } from './track-measures.ts';

/**
 * One tick of drift handling: for each binding, see what became of what it began, ask Policy what it says, decide on the newest sweep if
 * it is due, and begin what was decided. Repeatable at every point: a decision is stored before anything of it is begun.
 */
export async function reconcileBindings(deps: Deps): Promise<void> {
  const records = (await deps.bindings.list()).map(({ value }) => value);
  const sweep = records.length === 0 ? undefined : await lastCompleteSweep(deps);
  for (const record of records) {
    try {
      await reconcile(deps, record, records, sweep);
    } catch (error) {
      // The others must not wait for it.
      if (!(error instanceof Transient)) throw error;
      deps.log.warn('binding is seen to later', { binding: record.name, code: error.code, detail: error.message });
    }
  }
}

async function reconcile(
  deps: Deps,
  { name, deleting, ...record }: BindingRecord,
  all: readonly BindingRecord[],
  sweep: CompleteSweep | undefined,
): Promise<void> {
  if (deleting === true) return finishDeletion(deps, name);
  await trackMeasures(deps, { name, ...record });
  await seeToEvaluations(deps, { name, ...record });
  const evaluated = await deps.bindings.read(name);
  if (evaluated === undefined || evaluated.value.deleting === true) return;
  await reportPolicy(deps, evaluated.value);
  const tracked = await deps.bindings.read(name);
  if (tracked === undefined || tracked.value.deleting === true) return;
  const others = all.filter((other) => other.name !== name && other.deleting !== true);
  await runBinding(deps, tracked, others, sweep);
  const decided = await deps.bindings.read(name);
  if (decided === undefined || decided.value.deleting === true) return;
  await tell(deps, tellOfBinding(decided.value, deps.clock.now()));
  await startMeasures(deps, decided.value);
}
