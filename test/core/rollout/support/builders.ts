import type { Actor } from '../../../../src/contracts/actor.ts';
import type { DeferredRow, LiveRow, LiveState, ResultRow, Target } from '../../../../src/contracts/cluster-rows.ts';
import type { Command } from '../../../../src/contracts/command.ts';
import type { Rollout, StageState } from '../../../../src/contracts/rollout-state.ts';
import type { Outcome, Verdict } from '../../../../src/contracts/verdict.ts';
import { CLAIM_GRACE_SECONDS, CLAIM_SECONDS, STATUS_POLL_SECONDS } from '../../../../src/contracts/timing.ts';
import { noVerdicts } from '../../../../src/core/plan/stage.ts';

/** Builders of engine state: everything a test does not name is unremarkable. */

/** When the tests' present begins. */
export const T0 = Date.UTC(2026, 0, 1);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** What a row that could not move, and a look that could not be taken, wait for. */
export const POLL = STATUS_POLL_SECONDS * SECOND;
const CLAIM = CLAIM_SECONDS * SECOND;
/** After this long a claim whose handler has not come back is given up. */
export const CLAIM_OVER = CLAIM + CLAIM_GRACE_SECONDS * SECOND;

export const alice: Actor = { kind: 'key', name: 'alice' };
export const bob: Actor = { kind: 'key', name: 'bob' };
export const carol: Actor = { kind: 'key', name: 'carol' };

type StageChanges = Partial<Omit<StageState, 'counts'>> & { readonly counts?: Partial<StageState['counts']> };

/** A stage that is open; counters that are not given add up to "nothing dispatched yet". */
export function stage(size: number, changes: StageChanges = {}): StageState {
  return {
    name: 'all',
    first: 0,
    size,
    maxConcurrency: 10,
    maxFailures: 0,
    soakSeconds: 0,
    progressDeadlineSeconds: 900,
    gates: {},
    phase: 'Running',
    phaseSince: T0,
    next: changes.first ?? 0,
    deferred: 0,
    regressed: 0,
    failuresExcused: 0,
    approvals: [],
    ...changes,
    counts: { ...noVerdicts(), ...changes.counts },
  };
}

/** What a rollout of `count` actions does. */
export function actionNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `apply shop-${index}`);
}

/** A planned, running rollout created by alice. `stages` are laid out one behind the other when they name no `first`. */
export function rollout(stages: readonly StageState[], changes: Partial<Rollout> = {}): Rollout {
  let first = 0;
  const placed = stages.map((one) => {
    const shift = one.first === 0 ? first : 0;
    const moved = { ...one, first: one.first + shift, next: one.next + shift };
    first = moved.first + moved.size;
    return moved;
  });
  return {
    schema: 1,
    id: '01JDROLLOUT',
    name: 'shop',
    createdAt: T0,
    createdBy: alice,
    planHash: 'hash',
    actions: ['apply shop'],
    subjects: ['shop'],
    targets: first,
    offline: 'defer',
    deferForSeconds: 3600,
    maxFailures: 0,
    warnings: [],
    stages: placed,
    plan: { create: first, update: 0, remove: 0, unchanged: 0, installExtension: 0, offline: 0 },
    status: 'Running',
    statusSince: T0,
    stop: 'none',
    failuresExcused: 0,
    verified: false,
    nextCheckAt: T0,
    wakeAt: T0,
    deferCheckedAt: T0,
    soakCheckedAt: T0,
    polledAt: T0,
    eventSequence: 1,
    eventHash: 'h',
    ...changes,
  };
}

export function target(ordinal: number, changes: Partial<Target> = {}): Target {
  const group = `/subscriptions/00000000-0000-4000-a000-000000000001/resourceGroups/rg`;
  return {
    ordinal,
    clusterId: `${group}/providers/Microsoft.Kubernetes/connectedClusters/c${ordinal}`,
    extension: 'Succeeded',
    offline: false,
    values: {},
    ...changes,
  };
}

/** A live row of stage 0 in a state; a written one was written at its `since`. */
export function row(ordinal: number, state: LiveState, changes: Partial<LiveRow> = {}): LiveRow {
  const since = changes.since ?? T0;
  const isWritten = state === 'written';
  return {
    schema: 1,
    ordinal,
    stage: 0,
    target: target(ordinal),
    attempt: 1,
    action: 0,
    changed: false,
    step: 1,
    state,
    since,
    slotAt: since,
    tries: 0,
    wrote: isWritten,
    ...(isWritten && { writtenAt: since }),
    ...(state !== 'queued' && state !== 'held' && { startedAt: since, deadlineAt: since + 900 * SECOND }),
    ...(state === 'claimed' && { claimedUntil: since + CLAIM }),
    ...changes,
  };
}

export function rows(ordinals: readonly number[], state: LiveState, changes: Partial<LiveRow> = {}): LiveRow[] {
  return ordinals.map((ordinal) => row(ordinal, state, changes));
}

/** `0 … count - 1`, or from `first` on. */
export function ordinals(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

export function outcome(verdict: Verdict, changes: Partial<Outcome> = {}): Outcome {
  return { verdict, code: `${verdict}Code`, detail: `${verdict} detail`, at: T0, ...changes };
}

/** A row whose operation has ended with a verdict that is not accounted yet. */
export function done(ordinal: number, verdict: Verdict, changes: Partial<LiveRow> = {}): LiveRow {
  return row(ordinal, 'done', { wrote: true, outcome: outcome(verdict), ...changes });
}

export function result(ordinal: number, verdict: Verdict = 'Succeeded', changes: Partial<ResultRow> = {}): ResultRow {
  return {
    schema: 1,
    ordinal,
    stage: 0,
    clusterId: target(ordinal).clusterId,
    attempt: 1,
    wrote: true,
    outcome: outcome(verdict),
    ...changes,
  };
}

export function deferredRow(ordinal: number, changes: Partial<DeferredRow> = {}): DeferredRow {
  return {
    schema: 1,
    ordinal,
    stage: 0,
    target: target(ordinal, { offline: true }),
    attempt: 1,
    action: 0,
    changed: false,
    wrote: false,
    since: T0,
    until: T0 + HOUR,
    code: 'ClusterOffline',
    ...changes,
  };
}

/** The rollout that takes the place of one that is superseded. */
export const NEWER_ID = '01JENEWER';

export function command(kind: Command['kind'], actor: Actor = bob, id = `${kind}-${actor.name}`): Command {
  const given = { schema: 1, id, actor, at: T0 } as const;
  return kind === 'supersede' ? { ...given, kind, supersededBy: NEWER_ID } : { ...given, kind };
}
