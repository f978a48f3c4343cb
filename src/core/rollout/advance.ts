import type { DeferredRow, LiveRow, ResultRow } from '../../contracts/cluster-rows.ts';
import type { Command } from '../../contracts/command.ts';
import type { RolloutEvent } from '../../contracts/event.ts';
import { LIVE_CLUSTERS_MAX } from '../../contracts/limits.ts';
import { hasEnded, type Rollout } from '../../contracts/rollout-state.ts';
import { RESEND_AFTER_SECONDS } from '../../contracts/timing.ts';
import { consumeCommands, openStage } from './commands.ts';
import { holdsSlot, isAbandoned, openDraft, record, STEP_ROWS_MAX, type Draft } from './draft.ts';
import { endWhenDone } from './ending.ts';
import { schedule } from './schedule.ts';
import { NOTHING_SEEN, type Sightings } from './sightings.ts';
import { moveStages, restartSoak } from './stages.ts';
import { takeQueuedBack } from './stops.ts';
import { accountRegressions, accountVerdicts } from './verdicts.ts';

/** What one step of a rollout changes: buckets for one commit, and what could be dispatched on top of it (`admit`). */
export interface Decision {
  readonly now: number;
  readonly rollout: Rollout;
  /** Every live row after the step, by ordinal. */
  readonly live: ReadonlyMap<number, LiveRow>;
  readonly insertLive: readonly LiveRow[];
  readonly updateLive: readonly LiveRow[];
  /** Ordinals that leave the live set: their result or deferred row is in the same commit. */
  readonly deleteLive: readonly number[];
  readonly results: readonly ResultRow[];
  /** Result rows that got a regression. */
  readonly regressions: readonly ResultRow[];
  readonly insertDeferred: readonly DeferredRow[];
  readonly deleteDeferred: readonly number[];
  readonly consumed: readonly string[];
  readonly events: readonly RolloutEvent[];
  /** Live clusters that need a (new) slot before their next message: taken back, or their message was lost. */
  readonly requeue: readonly number[];
  /** How many further clusters the open stage could take now. */
  readonly room: number;
  /** Rows of the commit that are used. */
  readonly rows: number;
  /** The commit is full: run again at once. */
  readonly more: boolean;
}

/**
 * Decides one step of a rollout from its stored state and what was seen. Total, deterministic, and blind to everything
 * else: it reads no clock and changes none of its arguments (architecture, section 4).
 */
export function advance(
  rollout: Rollout,
  live: readonly LiveRow[],
  commands: readonly Command[],
  sightings: Sightings = NOTHING_SEEN,
  now: number,
): Decision {
  const draft = openDraft(rollout, live, now);
  if (!hasEnded(rollout.status)) decide(draft, commands, sightings);
  return toDecision(draft, live);
}

function decide(draft: Draft, commands: readonly Command[], sightings: Sightings): void {
  consumeCommands(draft, commands);
  noteLooks(draft, sightings);
  takeQueuedBack(draft);
  accountVerdicts(draft, sightings);
  const looks = [...(sightings.soak?.regressions ?? []), ...(sightings.verification?.regressions ?? [])];
  if (sightings.deferral && !draft.more) draft.rollout.deferCheckedAt = draft.now;
  restartSoak(draft, accountRegressions(draft, looks));
  noteCleanLooks(draft, sightings);
  if (draft.rollout.plan !== undefined) moveStages(draft);
  takeQueuedBack(draft);
  endWhenDone(draft);
  schedule(draft);
}

function noteLooks(draft: Draft, sightings: Sightings): void {
  const { rollout, now } = draft;
  if (sightings.polled) rollout.polledAt = now;
  if (sightings.plan && rollout.plan === undefined) {
    rollout.plan = sightings.plan;
    record(draft, 'RolloutPlanned', { detail: `${rollout.targets} clusters in ${rollout.stages.length} stages` });
  }
}

/** A look at what was good counts only when all that it found is in this commit. */
function noteCleanLooks({ rollout, more, now }: Draft, sightings: Sightings): void {
  if (more) return;
  if (sightings.soak?.complete) rollout.soakCheckedAt = now;
  if (sightings.verification?.complete) rollout.verified = true;
}

function toDecision(draft: Draft, before: readonly LiveRow[]): Decision {
  const left = new Set(before.map(({ ordinal }) => ordinal));
  for (const ordinal of draft.live.keys()) left.delete(ordinal);
  return {
    now: draft.now,
    rollout: draft.rollout,
    live: draft.live,
    insertLive: [],
    updateLive: [...draft.changed].flatMap((ordinal) => draft.live.get(ordinal) ?? []),
    deleteLive: [...left],
    results: draft.accounted,
    regressions: draft.regressions,
    insertDeferred: draft.deferred,
    deleteDeferred: draft.expired.map(({ ordinal }) => ordinal),
    consumed: draft.consumed,
    events: draft.events,
    requeue: requeue(draft),
    room: room(draft),
    rows: draft.rows,
    more: draft.more,
  };
}

/** Rows that wait for a slot: only while nothing is stopped. */
function requeue(draft: Draft): number[] {
  const { rollout, now } = draft;
  if (rollout.stop !== 'none' || hasEnded(rollout.status)) return [];
  const lostBefore = now - RESEND_AFTER_SECONDS * 1000;
  const rows = [...draft.live.values()];
  const lost = rows.filter(
    (row) => (row.state === 'queued' && Math.max(row.slotAt, row.since) < lostBefore) || isAbandoned(row, now),
  );
  const held = rows.filter((row) => row.state === 'held' && now >= row.slotAt);
  // First those that hold a slot of maxConcurrency already; the others only as far as there is room.
  const holding = [...lost, ...held.filter(holdsSlot)];
  const others = held.filter((row) => !holdsSlot(row)).slice(0, room(draft));
  return [...holding, ...others].map(({ ordinal }) => ordinal);
}

function room(draft: Draft): number {
  const { rollout } = draft;
  const stage = openStage(rollout);
  if (rollout.stop !== 'none' || rollout.plan === undefined || hasEnded(rollout.status)) return 0;
  const rowsLeft = STEP_ROWS_MAX - draft.rows;
  const inFlight = [...draft.live.values()].filter(holdsSlot).length;
  // Once every stage is done, only clusters that come back from being offline are dispatched, as in the last stage.
  const limits = stage ?? rollout.stages[rollout.stages.length - 1];
  const concurrency = Math.min(limits?.maxConcurrency ?? 0, LIVE_CLUSTERS_MAX);
  return Math.max(0, Math.min(concurrency - inFlight, rowsLeft));
}
