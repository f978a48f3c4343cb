import { describe, expect, it } from 'vitest';
import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import type { Offer } from '../../../src/core/rollout/admit.ts';
import type { Decision } from '../../../src/core/rollout/advance.ts';
import { sighted, type Sighting } from '../../../src/core/rollout/sightings.ts';
import type { Verdict } from '../../../src/contracts/verdict.ts';
import {
  actionNames,
  command,
  deferredRow,
  done,
  HOUR,
  MINUTE,
  outcome,
  rollout,
  row,
  SECOND,
  stage,
  T0,
  target,
} from './support/builders.ts';
import { given, next } from './support/given.ts';

/** A rollout of three actions on one cluster, which is dispatched. */
const three = (changes = {}, size = 1) =>
  rollout([stage(size, { next: 1, maxConcurrency: 1, maxFailures: 1 })], {
    ...{ actions: actionNames(3), maxFailures: 1 },
    ...changes,
  });

const lease = { subject: 'shop-1', epoch: 3, acquiredAt: T0, expiresAt: T0 + HOUR, version: 'v' };
/** Everything that a row can have gathered by the end of an action. */
const written = (action: number, changes: Partial<LiveRow> = {}): LiveRow =>
  row(0, 'written', {
    ...{ action, lease, tries: 2, step: 4, attempt: 2, lookedAt: T0, provisionedAt: T0, unmistakable: true },
    operationUrl: 'https://management.azure.com/op',
    ...changes,
  });

const seen = (of: LiveRow, verdict: Verdict): { seen: { clusters: Sighting[] } } => ({
  seen: { clusters: [{ ...sighted(of), kind: 'outcome', outcome: outcome(verdict) }] },
});
const slots = ({ requeue }: Decision): Offer[] =>
  requeue.map((ordinal) => ({ kind: 'requeue', ordinal, slotAt: T0 + 7 }));

describe('an action that is proven, and is not the last', () => {
  it('leads to the next action, which gets its slot in the same step', () => {
    const { decision } = given(three(), [written(1)]).when({
      ...seen(written(1), 'Succeeded'),
      afterMs: MINUTE,
      offers: slots,
    });
    expect(decision.live.get(0)).toEqual(
      row(0, 'queued', {
        ...{ action: 2, changed: true, step: 5, attempt: 2, startedAt: T0 },
        ...{ since: T0 + MINUTE, slotAt: T0 + 7 },
      }),
    );
    expect(decision.results).toEqual([]);
    expect(decision.events).toEqual([]);
    expect(decision.requeue).toEqual([]);
  });

  it('without a slot is held, changed, with nothing left of the action before', () => {
    const { decision } = given(three(), [written(0)]).when({ ...seen(written(0), 'Succeeded'), afterMs: MINUTE });
    expect(decision.live.get(0)).toEqual(
      row(0, 'held', {
        ...{ action: 1, changed: true, step: 4, attempt: 2, startedAt: T0 },
        ...{ since: T0 + MINUTE, slotAt: T0 + MINUTE },
      }),
    );
    expect(decision.requeue).toEqual([0]);
  });

  it('and was not needed leaves the cluster unchanged', () => {
    const asDesired = written(0, { wrote: false });
    const { decision } = given(three(), [asDesired]).when(seen(asDesired, 'Unchanged'));
    expect(decision.live.get(0)).toMatchObject({ state: 'held', action: 1, changed: false });
  });

  it('may be known from the operation already', () => {
    const { decision } = given(three(), [done(0, 'Unchanged', { wrote: false, action: 1, changed: true })]).when();
    expect(decision.live.get(0)).toMatchObject({ state: 'held', action: 2, changed: true });
    expect(decision.live.get(0)).not.toHaveProperty('outcome');
    expect(decision.results).toEqual([]);
  });

  it('starts the deadline anew: the time until the slot is not the next action`s', () => {
    const { decision } = given(three(), [written(0)]).when(seen(written(0), 'Succeeded'));
    const { decision: later } = given(decision.rollout, [...decision.live.values()]).when({
      afterMs: HOUR,
      offers: slots,
    });
    expect(later.live.get(0)).not.toHaveProperty('deadlineAt');
  });

  it('does not count more than once when it is seen twice', () => {
    const twice = [...seen(written(0), 'Succeeded').seen.clusters, ...seen(written(0), 'Succeeded').seen.clusters];
    const { decision } = given(three(), [written(0)]).when({ seen: { clusters: twice } });
    expect(decision.live.get(0)).toMatchObject({ state: 'held', action: 1 });
  });

  it('is not proven by a look at the action before it', () => {
    const before = seen(written(0), 'Succeeded');
    const queued = written(1, { step: 5 });
    given(three(), [queued])
      .when(before)
      .then({ live: { 0: 'written' }, results: {} });
  });

  it('beyond what one commit holds is taken up in the next one', () => {
    const count = 120;
    const many = rollout([stage(count, { next: count, maxConcurrency: count })], { actions: actionNames(2) });
    const live = Array.from({ length: count }, (_, ordinal) => row(ordinal, 'written'));
    const clusters = live.flatMap((one) => seen(one, 'Succeeded').seen.clusters);
    const decision = given(many, live)
      .when({ seen: { clusters } })
      .then({ more: true, nextCheckAfterMs: 0, results: {} });
    expect(decision.updateLive).toHaveLength(98);
  });
});

describe('the last action', () => {
  it.each([
    { what: 'written and proven', changed: false, wrote: true, verdict: 'Succeeded', is: 'Succeeded' },
    { what: 'as desired, on a changed cluster', changed: true, wrote: false, verdict: 'Unchanged', is: 'Succeeded' },
    { what: 'as desired, and so was all else', changed: false, wrote: false, verdict: 'Unchanged', is: 'Unchanged' },
  ] as const)('that is $what makes the cluster $is', ({ changed, wrote, verdict, is }) => {
    const last = written(2, { changed, wrote });
    const decision = given(three(), [last])
      .when(seen(last, verdict))
      .then({ results: { 0: is }, live: {} });
    expect(decision.results[0]).toMatchObject({ wrote: wrote || changed, startedAt: T0 });
  });
});

describe('an action in the middle that fails', () => {
  it.each(['Failed', 'TimedOut'] as const)('with %s ends the cluster, and counts once', (verdict) => {
    const decision = given(three(), [written(1, { changed: true })])
      .when(seen(written(1), verdict))
      .then({
        results: { 0: verdict },
        live: {},
        stages: [{ counts: expect.objectContaining({ [verdict]: 1 }) as never }],
        events: expect.arrayContaining(['ClusterFailed']) as never,
      });
    expect(decision.rollout).toMatchObject({ stop: 'none' });
  });

  it('breaks the budget like any other', () => {
    given(three({ maxFailures: 0 }), [written(1)])
      .when(seen(written(1), 'Failed'))
      .then({ rollout: { status: 'Halted' }, results: { 0: 'Failed' } });
  });

  it('that is skipped ends the cluster without the rest', () => {
    given(three(), [written(0)])
      .when(seen(written(0), 'Skipped'))
      .then({ results: { 0: 'Skipped' }, live: {} });
  });
});

describe('a removal that another write follows', () => {
  const removing = written(1, { removing: true });
  const again = { seen: { clusters: [{ ...sighted(removing), kind: 'again' as const }] } };

  it('goes to that write of the same action, with its lease, and gets its slot in the same step', () => {
    const { decision } = given(three(), [removing]).when({ ...again, afterMs: MINUTE, offers: slots });
    expect(decision.live.get(0)).toEqual(
      row(0, 'queued', {
        ...{ action: 1, changed: true, step: 5, attempt: 2, startedAt: T0, lease },
        ...{ since: T0 + MINUTE, slotAt: T0 + 7 },
      }),
    );
  });

  it('of the last action gives no verdict', () => {
    const last = written(2, { removing: true });
    given(three(), [last])
      .when({ seen: { clusters: [{ ...sighted(last), kind: 'again' }] } })
      .then({ live: { 0: 'held' }, results: {} });
  });
});

describe('a cluster that goes offline between its actions', () => {
  const second = written(1, { changed: true });

  it('keeps the action it is at, and that it was changed', () => {
    const { decision } = given(three(), [second]).when({
      seen: { clusters: [{ ...sighted(second), kind: 'offline', detail: 'The cluster is Offline.' }] },
    });
    expect(decision.insertDeferred).toEqual([
      deferredRow(0, {
        ...{ target: target(0), attempt: 3, action: 1, changed: true, wrote: true, writtenAt: T0 },
        until: T0 + HOUR,
      }),
    ]);
  });

  it('comes back at that action', () => {
    const back = deferredRow(0, { attempt: 3, action: 1, changed: true, wrote: true, writtenAt: T0 - 5 });
    const waiting = rollout([stage(1, { next: 1, deferred: 1 })], { actions: actionNames(3) });
    const { decision } = given(waiting).when({ offers: () => [{ kind: 'returned', row: back, slotAt: T0 + 7 }] });
    expect(decision.insertLive).toEqual([
      row(0, 'queued', {
        ...{ attempt: 3, action: 1, changed: true, wrote: true, writtenAt: T0 - 5, slotAt: T0 + 7 },
        target: target(0),
      }),
    ]);
  });

  it('and stays away says that it was written', () => {
    const waiting = rollout([stage(1, { next: 1, deferred: 1, phase: 'Done' })], { actions: actionNames(3) });
    const { decision } = given(waiting).when({
      seen: { deferral: { expired: [deferredRow(0, { action: 1, changed: true })] } },
    });
    expect(decision.results).toMatchObject([{ wrote: true, outcome: { verdict: 'Deferred' } }]);
  });
});

describe('a stop between two actions', () => {
  const between = (changes: Partial<LiveRow> = {}) => row(0, 'held', { action: 1, changed: true, ...changes });

  it.each(['pause', 'halt'] as const)('by a %s keeps the cluster where it is', (stop) => {
    const status = stop === 'pause' ? 'Paused' : 'Halted';
    const decision = given(three({ stop, status }), [written(0)])
      .when({ ...seen(written(0), 'Succeeded'), afterMs: MINUTE, offers: slots })
      .then({ live: { 0: 'held' }, rollout: { status }, room: 0 });
    expect(decision.live.get(0)).toMatchObject({ action: 1, changed: true });
    expect(decision.requeue).toEqual([]);
  });

  it('is over with resume: the cluster goes on with its next action', () => {
    const { decision } = given(three({ stop: 'pause', status: 'Paused' }), [between()]).when({
      commands: [command('resume')],
      offers: slots,
    });
    expect(decision.live.get(0)).toMatchObject({ state: 'queued', action: 1, changed: true, step: 2 });
  });

  it('takes a queued next action back', () => {
    const decision = given(three(), [row(0, 'queued', { action: 2, changed: true })])
      .when({ commands: [command('pause')] })
      .then({ live: { 0: 'held' }, rollout: { status: 'Paused' } });
    expect(decision.live.get(0)).toMatchObject({ action: 2, changed: true });
  });

  it('by a cancel gives the verdict, and says that something was written', () => {
    const decision = given(three(), [between()])
      .when({ commands: [command('cancel')] })
      .then({ results: { 0: 'Cancelled' }, rollout: { status: 'Cancelled' } });
    expect(decision.results[0]).toMatchObject({ wrote: true });
    expect(decision.results[0]?.outcome.detail).toContain('a write had been sent');
  });

  it('by a cancel in the very step of the proof begins nothing', () => {
    given(three(), [written(0)])
      .when({ ...seen(written(0), 'Succeeded'), commands: [command('cancel')] })
      .then({ results: { 0: 'Cancelled' }, live: {}, rollout: { status: 'Cancelled' } });
  });

  it('by a cancel of a cluster that nothing was written to says so', () => {
    const { decision } = given(three(), [between({ changed: false })]).when({ commands: [command('cancel')] });
    expect(decision.results[0]?.outcome.detail).toContain('before this cluster was written');
  });
});

describe('maxConcurrency', () => {
  const one = (live: LiveRow) => given(three({}, 3), [live]);

  it('counts a changed cluster between two actions: no other may take its place', () => {
    one(row(0, 'held', { action: 1, changed: true, slotAt: T0 + MINUTE }))
      .when({ offers: () => next(1, 1) })
      .then({ live: { 0: 'held' }, room: 0 });
  });

  it('counts it among those in flight', () => {
    const { decision } = one(row(0, 'held', { action: 1, changed: true, slotAt: T0 + 30 * SECOND })).when();
    expect(decision.rollout.waiting?.detail).toBe('stage all: 1 in flight');
  });

  it('lets a changed cluster go on whatever the room', () => {
    const full = rollout([stage(3, { next: 2, maxConcurrency: 1 })], { actions: actionNames(2) });
    const live = [row(0, 'written'), row(1, 'held', { action: 1, changed: true })];
    const { decision } = given(full, live).when({ offers: slots });
    expect(decision.live.get(1)).toMatchObject({ state: 'queued', action: 1 });
  });

  it('lets a cluster that nothing was written to wait for room', () => {
    const full = rollout([stage(3, { next: 2, maxConcurrency: 1 })], { actions: actionNames(2) });
    const { decision } = given(full, [row(0, 'written'), row(1, 'held', { action: 1 })]).when();
    expect(decision.requeue).toEqual([]);
  });
});
