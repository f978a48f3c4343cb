import { labelOf } from '../../contracts/actor.ts';
import { formatDuration } from '../../contracts/duration.ts';
import type { BindingRecord, BindingRun, Evaluation, Measure, PolicyReport } from '../../contracts/policy-binding.ts';
import { isoTime } from '../read/rollout-view.ts';
import { remediationName } from './start-remediation.ts';

/** A binding as the API shows it: times in ISO 8601, durations as Go durations, the newest first. */
export function bindingView(record: BindingRecord) {
  const { name, binding, subjects, statesOnly, lastRun, policyReport, evaluations, measures, changes } = record;
  const { source, selector, mode, every, limits } = binding;
  return {
    name,
    source,
    selector,
    mode,
    every: formatDuration(every),
    limits: { ...limits, per: formatDuration(limits.per) },
    createdAt: isoTime(record.createdAt),
    ...standing(record),
    /** Absent: everything that was rolled out. */
    ...(subjects !== undefined && { subjects }),
    ...(statesOnly === true && { notice: STATES_ONLY }),
    lastRun: lastRun && runView(lastRun),
    /** Absent: it goes by no assignment, or Policy has not been asked yet. */
    policyStates: policyReport && reportView(policyReport),
    evaluations: evaluations?.map(evaluationView),
    measures: measures.map(measureView).reverse(),
    changes: changes.map(({ at, actor, ...change }) => ({ at: isoTime(at), by: labelOf(actor), ...change })).reverse(),
  };
}
export type BindingView = ReturnType<typeof bindingView>;

const STATES_ONLY =
  'The assignment is of no built-in Flux definition: its policy states are reported, and nothing else is known of it.';

/** `Stopped`: the mass-drift brake is on, and stays on until a person resumes. */
function standing({ deleting, brake, lastRun, binding, statesOnly }: BindingRecord): {
  state: 'Deleting' | 'Stopped' | 'Waiting' | 'Active';
  detail: string;
  stoppedAt?: string;
} {
  if (deleting === true) return { state: 'Deleting', detail: 'Its remediation tasks are being cancelled.' };
  if (brake !== undefined) return { state: 'Stopped', detail: brake.detail, stoppedAt: isoTime(brake.at) };
  if (statesOnly === true) {
    return { state: 'Active', detail: `Policy is asked for its states every ${formatDuration(binding.every)}.` };
  }
  if (lastRun === undefined) return { state: 'Waiting', detail: 'It waits for a complete sweep.' };
  const next = isoTime(lastRun.at + binding.every * 1000);
  return { state: 'Active', detail: `It acts on the first complete sweep from ${next} on.` };
}

function runView({ at, held, ...run }: BindingRun) {
  const heldView = held.map(({ since, ...one }) => ({ ...one, ...(since !== undefined && { since: isoTime(since) }) }));
  return { at: isoTime(at), ...run, held: heldView };
}

function reportView({ at, nonCompliant, unread, ...counts }: PolicyReport) {
  return {
    at: isoTime(at),
    ...counts,
    nonCompliant: nonCompliant.map(({ since, members, ...one }) => ({
      ...one,
      since: isoTime(since),
      ...(members.length > 0 && { members }),
    })),
    ...(unread.length > 0 && { unread }),
  };
}

/** How an evaluation stands, and who asked for it. */
export function evaluationView({ subscriptionId, at, actor, state, detail, endedAt }: Evaluation) {
  return {
    subscriptionId,
    at: isoTime(at),
    by: labelOf(actor),
    state,
    detail,
    ...(endedAt !== undefined && { endedAt: isoTime(endedAt) }),
  };
}

function measureView(measure: Measure) {
  const { kind, id, sweepId, at, clusters, state, detail, endedAt } = measure;
  return {
    kind,
    id,
    at: isoTime(at),
    sweepId,
    clusters,
    state,
    detail,
    ...(measure.kind === 'correction'
      ? { baseline: measure.baseline.rolloutId, rolloutId: measure.rolloutId }
      : {
          task: remediationName(measure),
          subscriptionId: measure.subscriptionId,
          referenceId: measure.referenceId,
          deployments: measure.deployments,
        }),
    ...(endedAt !== undefined && { endedAt: isoTime(endedAt) }),
  };
}
