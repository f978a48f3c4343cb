import type { BindingRecord, Measure } from '../../contracts/policy-binding.ts';
import type { Deps } from '../deps.ts';
import { changeBinding, withMeasures, type MeasurePatch } from './change-binding.ts';
import { startCorrection } from './start-correction.ts';
import { cancelRemediation, dropRemediation, startRemediation } from './start-remediation.ts';

/** Begins what was decided and is not begun yet. Repeatable: what was begun before a crash is found again. */
export async function startMeasures(deps: Deps, record: BindingRecord): Promise<void> {
  for (const measure of record.measures) {
    if (measure.state !== 'Planned') continue;
    const patch = await start(deps, record, measure);
    if (patch === undefined) continue;
    const { state, detail } = patch;
    deps.log.info('measure against drift', { binding: record.name, kind: measure.kind, id: measure.id, state, detail });
    if (!(await store(deps, record, measure.id, patch))) await takeBack(deps, measure);
  }
}

async function start(deps: Deps, record: BindingRecord, measure: Measure): Promise<MeasurePatch | undefined> {
  const reason = reasonToDrop(record, measure);
  if (measure.kind === 'correction') {
    if (reason !== undefined) return { state: 'Dropped', detail: reason, endedAt: deps.clock.now() };
    return startCorrection(deps, record, measure, await deps.bindings.clusters(record.name, measure.id));
  }
  if (reason !== undefined) return dropRemediation(deps, measure, reason);
  return startRemediation(deps, measure, await deps.bindings.clusters(record.name, measure.id));
}

/** What a person, or the brake, has changed about the binding since the measure was decided on. */
function reasonToDrop({ binding: { mode, source }, brake }: BindingRecord, measure: Measure): string | undefined {
  if (mode === 'report') return 'The binding only reports by now.';
  if (brake !== undefined) return 'The brake went on before it was begun.';
  const isWanted =
    measure.kind === 'correction'
      ? 'lastRollout' in source
      : 'assignment' in source && source.assignment === measure.assignmentId;
  return isWanted ? undefined : 'The binding goes by something else by now.';
}

/** @returns false when the binding was deleted meanwhile. */
async function store(
  deps: Deps,
  { name, id }: BindingRecord,
  measureId: string,
  patch: MeasurePatch,
): Promise<boolean> {
  const stored = await changeBinding(deps, name, (record) =>
    record.id === id && record.deleting !== true ? withMeasures(record, new Map([[measureId, patch]])) : undefined,
  );
  return stored !== undefined;
}

/** A rollout that was submitted goes on, and is seen like any other; a task that nobody would track any more does not. */
async function takeBack(deps: Deps, measure: Measure): Promise<void> {
  if (measure.kind === 'remediation') await cancelRemediation(deps, measure);
}
