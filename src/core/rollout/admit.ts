import type { DeferredRow, LiveRow, ResultRow, Target } from '../../contracts/cluster-rows.ts';
import type { RolloutEvent } from '../../contracts/event.ts';
import { SYSTEM } from '../../contracts/actor.ts';
import type { Rollout, StageState } from '../../contracts/rollout-state.ts';
import type { Decision } from './advance.ts';
import { openStage } from './commands.ts';
import { holdsSlot, STEP_ROWS_MAX } from './draft.ts';

/** A cluster for which a slot of its subscription's write budget is reserved. */
export type Offer =
  /** A live row that needs a new message. */
  | { readonly kind: 'requeue'; readonly ordinal: number; readonly slotAt: number }
  /** A deferred cluster that came back. */
  | { readonly kind: 'returned'; readonly row: DeferredRow; readonly slotAt: number }
  /** The next cluster of the open stage. Offline ones need no slot: they are deferred, skipped or failed here. */
  | { readonly kind: 'next'; readonly target: Target; readonly slotAt: number };

interface Admission {
  readonly rollout: Rollout;
  readonly live: Map<number, LiveRow>;
  readonly insertLive: LiveRow[];
  readonly updateLive: Map<number, LiveRow>;
  readonly results: ResultRow[];
  readonly insertDeferred: DeferredRow[];
  readonly deleteDeferred: number[];
  readonly events: RolloutEvent[];
  rows: number;
  room: number;
}

/**
 * Adds dispatches to a decision, in the same commit, in the order of the offers. Takes no more than `room` and the commit
 * hold; offers beyond that are left: their slots are lost, which costs a little time and nothing else.
 */
export function admit(decision: Decision, offers: readonly Offer[]): Decision {
  const { now } = decision;
  const admission: Admission = {
    rollout: {
      ...decision.rollout,
      stages: decision.rollout.stages.map((stage) => ({ ...stage, counts: { ...stage.counts } })),
    },
    live: new Map(decision.live),
    insertLive: [],
    updateLive: new Map(decision.updateLive.map((row) => [row.ordinal, row])),
    results: [...decision.results],
    insertDeferred: [...decision.insertDeferred],
    deleteDeferred: [...decision.deleteDeferred],
    events: [...decision.events],
    rows: decision.rows,
    room: decision.room,
  };
  for (const offer of offers) if (!take(admission, offer, now)) break;
  const { live, insertLive, updateLive, results, insertDeferred, deleteDeferred, events, rows, room } = admission;
  return {
    ...decision,
    rollout: admission.rollout,
    live,
    insertLive,
    updateLive: [...updateLive.values()],
    results,
    insertDeferred,
    deleteDeferred,
    events,
    rows,
    room,
    requeue: decision.requeue.filter((ordinal) => live.get(ordinal)?.slotAt === decision.live.get(ordinal)?.slotAt),
  };
}

function take(admission: Admission, offer: Offer, now: number): boolean {
  switch (offer.kind) {
    case 'requeue':
      return requeue(admission, offer.ordinal, offer.slotAt, now);
    case 'returned':
      return dispatchReturned(admission, offer.row, offer.slotAt, now);
    case 'next':
      return takeNext(admission, offer.target, offer.slotAt, now);
  }
}

function requeue(admission: Admission, ordinal: number, slotAt: number, now: number): boolean {
  const row = admission.live.get(ordinal);
  if (row === undefined) return true;
  const isNew = !admission.updateLive.has(ordinal);
  // A held row takes up a slot of maxConcurrency again; one whose message was lost still holds its own.
  const needsRoom = !holdsSlot(row);
  if (isNew && admission.rows + 1 > STEP_ROWS_MAX) return false;
  if (needsRoom && admission.room < 1) return true;
  if (needsRoom) admission.room -= 1;
  if (isNew) admission.rows += 1;
  const next: LiveRow = { ...row, ...laterDeadline(row, now), state: 'queued', step: row.step + 1, since: now, slotAt };
  delete next.claimedUntil;
  admission.live.set(ordinal, next);
  admission.updateLive.set(ordinal, next);
  return true;
}

/** Time in line (a pause, no slot, no room) is not the cluster's: its deadline moves by it. */
function laterDeadline({ state, deadlineAt, slotAt, since }: LiveRow, now: number): Partial<LiveRow> {
  if (state !== 'held' || deadlineAt === undefined) return {};
  return { deadlineAt: deadlineAt + Math.max(0, now - Math.max(slotAt, since)) };
}

function dispatchReturned(admission: Admission, row: DeferredRow, slotAt: number, now: number): boolean {
  if (admission.room < 1 || admission.rows + 2 > STEP_ROWS_MAX) return false;
  const stage = admission.rollout.stages[row.stage];
  if (stage === undefined) return true;
  stage.deferred -= 1;
  admission.rows += 2;
  admission.deleteDeferred.push(row.ordinal);
  const { action, changed, wrote, writtenAt } = row;
  const next = liveRow({ ...row.target, offline: false }, row.stage, row.attempt, slotAt, now);
  insert(admission, { ...next, action, changed, wrote, ...(writtenAt !== undefined && { writtenAt }) });
  return true;
}

function takeNext(admission: Admission, target: Target, slotAt: number, now: number): boolean {
  const { rollout } = admission;
  const stage = openStage(rollout);
  if (stage?.phase !== 'Running' || target.ordinal !== stage.next || stage.next >= stage.first + stage.size)
    return false;
  if (admission.rows + 1 > STEP_ROWS_MAX) return false;
  if (target.blocked) {
    skip(admission, stage, target, target.blocked, now);
    return true;
  }
  if (target.offline) return takeOffline(admission, stage, target, now);
  if (admission.room < 1) return false;
  stage.next += 1;
  admission.rows += 1;
  insert(admission, liveRow(target, rollout.stages.indexOf(stage), 1, slotAt, now));
  return true;
}

function insert(admission: Admission, row: LiveRow): void {
  admission.room -= 1;
  admission.live.set(row.ordinal, row);
  admission.insertLive.push(row);
}

function liveRow(target: Target, stage: number, attempt: number, slotAt: number, now: number): LiveRow {
  const { ordinal } = target;
  return {
    schema: 1,
    ordinal,
    stage,
    target,
    attempt,
    action: 0,
    changed: false,
    step: 1,
    state: 'queued',
    since: now,
    slotAt,
    tries: 0,
    wrote: false,
  };
}

/** An offline cluster takes no slot: it is waited for, skipped, or put in line as a failure. */
function takeOffline(admission: Admission, stage: StageState, target: Target, now: number): boolean {
  const code = 'ClusterOffline';
  const detail = 'The cluster was offline or stopped when the plan was made.';
  switch (admission.rollout.offline) {
    case 'defer':
      defer(admission, stage, target, { code, detail }, now);
      return true;
    case 'skip':
      skip(admission, stage, target, { code, detail }, now);
      return true;
    case 'fail': {
      // Only `advance` accounts failures, since a breach has to take queued clusters back first.
      const outcome = { verdict: 'Failed', code, detail, at: now } as const;
      const index = leaveCursor(admission, stage);
      const row: LiveRow = { ...liveRow(target, index, 1, now, now), state: 'done', outcome };
      admission.live.set(target.ordinal, row);
      admission.insertLive.push(row);
      return false;
    }
  }
}

/** Moves the cursor past a cluster; its row is part of the commit. Answers the index of the stage. */
function leaveCursor(admission: Admission, stage: StageState): number {
  stage.next += 1;
  admission.rows += 1;
  return admission.rollout.stages.indexOf(stage);
}

interface Reason {
  readonly code: string;
  readonly detail: string;
}

function defer(admission: Admission, stage: StageState, target: Target, { code, detail }: Reason, now: number): void {
  const { ordinal, clusterId } = target;
  const until = now + admission.rollout.deferForSeconds * 1000;
  const index = leaveCursor(admission, stage);
  admission.insertDeferred.push({
    schema: 1,
    ordinal,
    stage: index,
    attempt: 1,
    target,
    action: 0,
    changed: false,
    wrote: false,
    since: now,
    until,
    code,
  });
  const event = {
    type: 'ClusterDeferred',
    at: now,
    actor: SYSTEM,
    stage: stage.name,
    clusterId,
    code,
    detail,
  } as const;
  admission.events.push(event);
  stage.deferred += 1;
}

/** A cluster that is left out: nothing is sent to it. */
function skip(admission: Admission, stage: StageState, target: Target, { code, detail }: Reason, now: number): void {
  const { ordinal, clusterId } = target;
  const index = leaveCursor(admission, stage);
  const outcome = { verdict: 'Skipped', code, detail, at: now } as const;
  admission.results.push({ schema: 1, ordinal, stage: index, attempt: 1, clusterId, wrote: false, outcome });
  stage.counts.Skipped += 1;
}
