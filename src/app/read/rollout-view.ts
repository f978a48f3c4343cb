import { labelOf } from '../../contracts/actor.ts';
import { formatDuration } from '../../contracts/duration.ts';
import type { Rollout, StageState } from '../../contracts/rollout-state.ts';
import { Verdict } from '../../contracts/verdict.ts';
import { traceOf } from '../../core/telemetry/rollout-trace.ts';

/** A time as the API shows it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A rollout as the API shows it: times in ISO 8601, durations as Go durations, no storage details. */
export function rolloutView(rollout: Rollout) {
  const { id, name, status, createdBy, planHash, actions, targets, maxFailures, warnings, plan } = rollout;
  return {
    id,
    name,
    status,
    statusSince: isoTime(rollout.statusSince),
    createdAt: isoTime(rollout.createdAt),
    createdBy: labelOf(createdBy),
    change: actions,
    planHash,
    /** Where what was done for it is, at whatever collects traces. */
    traceId: traceOf(id)?.traceId,
    clusters: targets,
    counts: totals(rollout),
    maxFailures,
    ...(rollout.waiting && {
      waiting: {
        ...rollout.waiting,
        since: isoTime(rollout.waiting.since),
        nextCheckAt: isoTime(rollout.waiting.nextCheckAt),
      },
    }),
    ...(rollout.endedAt !== undefined && { endedAt: isoTime(rollout.endedAt), endReason: rollout.endReason }),
    ...(plan && { plan }),
    ...(rollout.definition && { definition: rollout.definition }),
    ...(rollout.supersededBy !== undefined && { supersededBy: rollout.supersededBy }),
    warnings,
    stages: rollout.stages.map((stage) => stageView(stage)),
  };
}
export type RolloutView = ReturnType<typeof rolloutView>;

function stageView(stage: StageState) {
  const { name, phase, size, maxConcurrency, maxFailures, soakSeconds, deferred, regressed, approvals, gates } = stage;
  return {
    name,
    phase,
    since: isoTime(stage.phaseSince),
    clusters: size,
    maxConcurrency,
    maxFailures,
    ...(soakSeconds > 0 && { soak: formatDuration(soakSeconds) }),
    progressDeadline: formatDuration(stage.progressDeadlineSeconds),
    counts: stageCounts(stage),
    deferred,
    regressed,
    ...(Object.keys(gates).length > 0 && { gates }),
    ...(approvals.length > 0 && {
      approvals: approvals.map(({ side, actor, at, reason }) => ({
        side,
        by: labelOf(actor),
        at: isoTime(at),
        reason,
      })),
    }),
  };
}

/** Where the clusters of a stage are: not started, waited for, in flight, and by verdict. They add up to its size. */
function stageCounts(stage: StageState) {
  const notStarted = stage.first + stage.size - stage.next;
  const accounted = Object.values(stage.counts).reduce((sum, n) => sum + n, 0);
  return {
    ...stage.counts,
    notStarted,
    inFlight: stage.size - notStarted - accounted - stage.deferred,
    waitedFor: stage.deferred,
  };
}

/** The same over all stages. */
export function totals({ stages }: Rollout): StageCounts {
  const [first, ...rest] = stages.map(stageCounts);
  if (first === undefined) throw new RangeError('a rollout has at least one stage');
  return rest.reduce(add, first);
}

type StageCounts = ReturnType<typeof stageCounts>;

function add(sum: StageCounts, next: StageCounts): StageCounts {
  const total = { ...sum };
  for (const key of Verdict.options) total[key] += next[key];
  total.notStarted += next.notStarted;
  total.inFlight += next.inFlight;
  total.waitedFor += next.waitedFor;
  return total;
}
