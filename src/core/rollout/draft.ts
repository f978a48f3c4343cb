import { SYSTEM, type Actor } from '../../contracts/actor.ts';
import type { DeferredRow, LiveRow, ResultRow } from '../../contracts/cluster-rows.ts';
import type { EventType, RolloutEvent } from '../../contracts/event.ts';
import { TRANSACTION_ENTITIES_MAX } from '../../contracts/limits.ts';
import type { Rollout, StageState } from '../../contracts/rollout-state.ts';
import { CLAIM_GRACE_SECONDS } from '../../contracts/timing.ts';
import type { Outcome } from '../../contracts/verdict.ts';

/** Rows one commit may change beside its header and its event row. */
export const STEP_ROWS_MAX = TRANSACTION_ENTITIES_MAX - 2;

/** A cluster that was good and is not any more. */
export interface Regression {
  readonly row: ResultRow;
  readonly code: string;
  readonly detail: string;
}

/**
 * The decision while it is being made: a private copy of the rollout and the rows that change. The engine's phases work on
 * it one after the other; nothing of it is visible before `advance` returns.
 */
export interface Draft {
  readonly now: number;
  readonly rollout: Rollout;
  readonly live: Map<number, LiveRow>;
  readonly changed: Set<number>;
  readonly accounted: ResultRow[];
  readonly regressions: ResultRow[];
  readonly deferred: DeferredRow[];
  readonly expired: DeferredRow[];
  readonly consumed: string[];
  readonly events: RolloutEvent[];
  /** Rows of the commit used so far. */
  rows: number;
  /** Something was left undone because the commit is full. */
  more: boolean;
}

export function openDraft(rollout: Rollout, live: readonly LiveRow[], now: number): Draft {
  return {
    now,
    rollout: { ...rollout, stages: rollout.stages.map(copyStage) },
    live: new Map(live.map((row) => [row.ordinal, row])),
    changed: new Set(),
    accounted: [],
    regressions: [],
    deferred: [],
    expired: [],
    consumed: [],
    events: [],
    rows: 0,
    more: false,
  };
}

function copyStage(stage: StageState): StageState {
  return { ...stage, counts: { ...stage.counts }, approvals: [...stage.approvals] };
}

/** Takes `rows` of the commit if they fit; otherwise remembers that there is more to do. */
export function takeRows(draft: Draft, rows: number): boolean {
  if (draft.rows + rows > STEP_ROWS_MAX) {
    draft.more = true;
    return false;
  }
  draft.rows += rows;
  return true;
}

export function stageOf(draft: Draft, index: number): StageState {
  const stage = draft.rollout.stages[index];
  if (stage === undefined) throw new RangeError(`rollout ${draft.rollout.id} has no stage ${index}`);
  return stage;
}

export function record(
  draft: Draft,
  type: EventType,
  facts: Omit<RolloutEvent, 'type' | 'at' | 'actor'> & { actor?: Actor } = {},
): void {
  draft.events.push({ type, at: draft.now, actor: SYSTEM, ...facts });
}

/** Replaces a live row. A row that is already part of this commit costs nothing more. */
export function change(draft: Draft, row: LiveRow): boolean {
  if (!draft.changed.has(row.ordinal) && !takeRows(draft, 1)) return false;
  draft.changed.add(row.ordinal);
  draft.live.set(row.ordinal, row);
  return true;
}

/** Moves a live row to its result; counts the verdict. False when the commit is full. */
export function account(draft: Draft, row: LiveRow, outcome: Outcome): boolean {
  if (!takeRows(draft, draft.changed.has(row.ordinal) ? 1 : 2)) return false;
  leave(draft, row);
  const stage = stageOf(draft, row.stage);
  stage.counts[outcome.verdict] += 1;
  draft.accounted.push({
    schema: 1,
    ordinal: row.ordinal,
    stage: row.stage,
    clusterId: row.target.clusterId,
    attempt: row.attempt,
    wrote: row.wrote || row.changed,
    ...(row.startedAt !== undefined && { startedAt: row.startedAt }),
    outcome,
  });
  return true;
}

/** Takes a row out of the live set: the caller has put it elsewhere in the same commit. */
export function leave(draft: Draft, row: LiveRow): void {
  draft.live.delete(row.ordinal);
  draft.changed.delete(row.ordinal);
}

/** A claim whose handler has not come back in time: it died, or what it had to say was lost. */
export function isAbandoned({ state, claimedUntil }: LiveRow, now: number): boolean {
  return state === 'claimed' && now >= claimGivenUpAt(claimedUntil);
}

export function claimGivenUpAt(claimedUntil = 0): number {
  return claimedUntil + CLAIM_GRACE_SECONDS * 1000;
}

/** Rows that hold a slot of `maxConcurrency`: finished ones do not, nor those that are held and were not changed yet. */
export function holdsSlot(row: LiveRow): boolean {
  return row.state !== 'done' && (row.state !== 'held' || row.wrote || row.changed);
}
