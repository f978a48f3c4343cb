import { SYSTEM } from '../../contracts/actor.ts';
import { resolveAmount } from '../../contracts/amount.ts';
import { HELD_SHOWN_MAX, REMEDIATION_PARALLEL_MAX } from '../../contracts/limits.ts';
import type { BindingRecord, BindingRun, Measure } from '../../contracts/policy-binding.ts';
import { decide, type Decision } from '../../core/bindings/decide.ts';
import { forgettable } from '../../core/bindings/measure-state.ts';
import type { PlannedMeasure } from '../../core/bindings/measures.ts';
import type { Situation } from '../../core/bindings/situation.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { Deps } from '../deps.ts';
import { withChange } from './change-binding.ts';
import type { CompleteSweep } from './last-sweep.ts';
import { readSituation } from './read-situation.ts';
import { isTimeAgain } from './schedule.ts';

/** A sweep older than this says nothing about now. Ours: sweeps come every hour, and a day without a complete one is a fault. */
const SWEEP_AGE_MS_MAX = 24 * 60 * 60 * 1000;

/**
 * Decides what a binding does about the drift that the newest sweep saw, and stores the decision: what is to be begun has state
 * `Planned`. Each sweep is decided on once. When somebody changed the binding meanwhile, the decision is dropped for the next tick. What
 * drifts from an assignment that is not about Flux is not known: Policy's own word is all there is.
 */
export async function runBinding(
  deps: Deps,
  { value: record, version }: Versioned<BindingRecord>,
  others: readonly BindingRecord[],
  sweep: CompleteSweep | undefined,
): Promise<void> {
  if (record.statesOnly === true || sweep === undefined || !isDue(record, sweep, deps.clock.now())) return;
  const situation = await readSituation(deps, record, others, sweep);
  if (situation === undefined) return;
  const decision = decide(situation);
  const measures = decision.measures.map((planned) => ({
    measure: toMeasure(deps, record, sweep, planned, decision.measures.length),
    clusterIds: planned.clusterIds,
  }));
  const now = deps.clock.now();
  const dropClusters = forgettable(record, now);
  const next: BindingRecord = {
    ...record,
    lastRun: toRun(situation, decision, sweep, now, record.lastRun),
    measures: [
      ...record.measures.filter(({ id }) => !dropClusters.includes(id)),
      ...measures.map(({ measure }) => measure),
    ],
  };
  const addClusters = measures.map(({ measure, clusterIds }) => ({ measureId: measure.id, clusterIds }));
  const braked = withBrake(next, decision, now);
  if ((await deps.bindings.write({ record: braked, version, addClusters, dropClusters })) === undefined) return;
  report(deps, record, braked);
}

function isDue({ lastRun, ...record }: BindingRecord, sweep: CompleteSweep, now: number): boolean {
  if (now - sweep.startedAt > SWEEP_AGE_MS_MAX) return false;
  if (lastRun === undefined) return true;
  return sweep.id > lastRun.sweepId && isTimeAgain(record, lastRun.at, now);
}

function toRun(
  { selected, drifting }: Situation,
  { measures, held }: Decision,
  sweep: CompleteSweep,
  at: number,
  before: BindingRun | undefined,
): BindingRun {
  const heldByCode: BindingRun['heldByCode'] = {};
  for (const { code } of held) heldByCode[code] = (heldByCode[code] ?? 0) + 1;
  const acted = measures.reduce((sum, { clusterIds }) => sum + clusterIds.length, 0);
  const since = new Map(before?.held.map((one) => [`${one.code} ${one.clusterId}`, one.since]));
  return {
    at,
    sweepId: sweep.id,
    selected,
    drifting: drifting.length,
    acted,
    heldByCode,
    held: held
      .slice(0, HELD_SHOWN_MAX)
      .map((one) => ({ ...one, since: since.get(`${one.code} ${one.clusterId}`) ?? at })),
  };
}

function withBrake(record: BindingRecord, { brake }: Decision, at: number): BindingRecord {
  if (brake === undefined || record.brake !== undefined) return record;
  return withChange({ ...record, brake: { at, detail: brake } }, at, SYSTEM, 'Braked', brake);
}

function toMeasure(
  deps: Deps,
  { binding: { limits, source } }: BindingRecord,
  sweep: CompleteSweep,
  planned: PlannedMeasure,
  together: number,
): Measure {
  const clusters = planned.clusterIds.length;
  const common = {
    id: deps.ids.next(),
    sweepId: sweep.id,
    at: deps.clock.now(),
    clusters,
    state: 'Planned' as const,
  };
  const { maxConcurrency, maxFailures } = limits;
  if (planned.kind === 'correction') {
    const { rolloutId, actions } = planned;
    const baseline = { rolloutId, actions: [...actions] };
    return { kind: 'correction', ...common, baseline, strategy: { maxConcurrency, maxFailures } };
  }
  const { subscriptionId, referenceId } = planned;
  const parallel = Math.floor(resolveAmount(maxConcurrency, clusters) / together);
  return {
    kind: 'remediation',
    ...common,
    subscriptionId,
    assignmentId: 'assignment' in source ? source.assignment : '',
    ...(referenceId !== undefined && { referenceId }),
    parallelDeployments: Math.min(REMEDIATION_PARALLEL_MAX, Math.max(1, parallel)),
    failureThreshold: Math.min(1, resolveAmount(maxFailures, clusters) / clusters),
  };
}

function report({ log }: Deps, before: BindingRecord, { name, lastRun, brake, binding }: BindingRecord): void {
  const facts = { binding: name, mode: binding.mode, ...lastRun, held: undefined };
  log.info('drift decided on', facts);
  if (brake !== undefined && before.brake === undefined) {
    log.error('mass drift: nothing is corrected', { binding: name, detail: brake.detail });
  }
}
