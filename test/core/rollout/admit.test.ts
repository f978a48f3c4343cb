import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../src/core/rollout/admit.ts';
import {
  CLAIM_OVER,
  deferredRow,
  HOUR,
  MINUTE,
  ordinals,
  rollout,
  row,
  rows,
  stage,
  T0,
  target,
} from './support/builders.ts';
import { given, next, states } from './support/given.ts';

const requeue = (ordinal: number, slotAt = T0 + 7): Offer => ({ kind: 'requeue', ordinal, slotAt });
const returned = (ordinal: number, changes = {}): Offer => ({
  kind: 'returned',
  row: deferredRow(ordinal, changes),
  slotAt: T0 + 7,
});

describe('the next clusters', () => {
  it('are queued in their frozen order, with their slot, as far as maxConcurrency goes', () => {
    const { decision } = given(rollout([stage(5, { maxConcurrency: 2 })])).when({ offers: () => next(0, 5) });
    expect(states(decision)).toEqual({ 0: 'queued', 1: 'queued' });
    expect(decision.insertLive[0]).toEqual(row(0, 'queued'));
    expect(decision.rollout.stages[0]).toMatchObject({ next: 2 });
    expect(decision.room).toBe(0);
  });

  it('fill what clusters in flight leave, whatever state they are in', () => {
    const live = [
      row(0, 'queued'),
      row(1, 'claimed'),
      row(2, 'held', { changed: true }),
      row(3, 'written'),
      row(4, 'held', { wrote: true }),
    ];
    given(rollout([stage(9, { next: 5, maxConcurrency: 6 })]), live)
      .when({ offers: () => next(5, 4) })
      .then({ live: { 0: 'queued', 1: 'claimed', 2: 'held', 3: 'written', 4: 'held', 5: 'queued' } });
  });

  it('may take the place of clusters that are held and were not written', () => {
    given(rollout([stage(3, { next: 1, maxConcurrency: 1 })]), [row(0, 'held', { slotAt: T0 + MINUTE })])
      .when({ offers: () => next(1, 2) })
      .then({ live: { 0: 'held', 1: 'queued' } });
  });

  it('are not taken out of turn', () => {
    given(rollout([stage(3)]))
      .when({ offers: () => next(1, 2) })
      .then({ live: {}, stages: [{ next: 0 }] });
  });

  it('are not taken beyond the end of the stage', () => {
    given(rollout([stage(2), stage(2, { name: 'b', phase: 'Pending' })]))
      .when({ offers: () => next(0, 4) })
      .then({ live: { 0: 'queued', 1: 'queued' }, stages: [{ next: 2 }, { next: 2 }] });
  });

  it('are not taken while the rollout is stopped or waits for its gate', () => {
    for (const shut of [
      rollout([stage(2)], { stop: 'pause', status: 'Paused' }),
      rollout([stage(2, { phase: 'GateBefore', gates: { before: { quorum: 1, requesterMayApprove: false } } })]),
    ]) {
      given(shut)
        .when({ offers: () => next(0, 2) })
        .then({ live: {} });
    }
  });

  it('are taken 98 at a time: with header and events a commit is full', () => {
    const { decision } = given(rollout([stage(300, { maxConcurrency: 300 })])).when({ offers: () => next(0, 300) });
    expect(decision.insertLive).toHaveLength(98);
    expect(decision.rows).toBe(98);
  });

  it('without a slot are left for later: fewer offers mean fewer dispatches', () => {
    given(rollout([stage(5)]))
      .when({ offers: () => next(0, 1) })
      .then({ live: { 0: 'queued' } });
  });
});

describe('clusters that were offline when the plan was frozen', () => {
  const plan = (offline: 'defer' | 'skip' | 'fail') => rollout([stage(3, { maxConcurrency: 1 })], { offline });
  const offers = () => [...next(0, 2, { offline: true }), ...next(2, 1)];

  it('are waited for and hold no slot', () => {
    const { decision } = given(plan('defer')).when({ offers });
    expect(decision.insertDeferred).toEqual(
      [deferredRow(0), deferredRow(1)].map((one) => ({ ...one, until: T0 + HOUR })),
    );
    expect(states(decision)).toEqual({ 2: 'queued' });
    expect(decision.rollout.stages[0]).toMatchObject({ deferred: 2, next: 3 });
    expect(decision.events.map(({ type }) => type)).toEqual(['ClusterDeferred', 'ClusterDeferred']);
  });

  it('are skipped where the plan says so', () => {
    given(plan('skip'))
      .when({ offers })
      .then({ results: { 0: 'Skipped', 1: 'Skipped' }, live: { 2: 'queued' }, events: [] });
  });

  it('fail where the plan says so: one at a time, since each may break the budget', () => {
    const first = given(plan('fail'))
      .when({ offers })
      .then({ live: { 0: 'done' }, results: {} });
    given(first.rollout, [...first.live.values()])
      .when()
      .then({ rollout: { status: 'Halted' }, results: { 0: 'Failed' }, live: {} });
  });
});

describe('clusters that the preflight found unfit', () => {
  const blocked = { code: 'FluxV1Present', detail: 'Flux v1 is on the cluster.' };

  it('are skipped with that reason and take no slot', () => {
    const { decision } = given(rollout([stage(3, { maxConcurrency: 1 })])).when({
      offers: () => [...next(0, 2, { blocked }), ...next(2, 1)],
    });
    expect(decision.results).toMatchObject([0, 1].map((ordinal) => ({ ordinal, wrote: false })));
    expect(decision.results[0]?.outcome).toEqual({ verdict: 'Skipped', ...blocked, at: T0 });
    expect(decision.insertLive.map(({ ordinal }) => ordinal)).toEqual([2]);
    expect(decision.rollout.stages[0]).toMatchObject({ next: 3, counts: { Skipped: 2 } });
  });

  it('are not waited for when they are offline as well', () => {
    given(rollout([stage(1)]))
      .when({ offers: () => next(0, 1, { blocked, offline: true }) })
      .then({ results: { 0: 'Skipped' }, stages: [{ deferred: 0 }] });
  });

  it('are taken even when nothing else has room', () => {
    given(rollout([stage(2, { next: 1, maxConcurrency: 1 })]), [row(0, 'written')])
      .when({ offers: () => next(1, 1, { blocked }) })
      .then({ results: { 1: 'Skipped' }, live: { 0: 'written' } });
  });
});

describe('clusters that came back', () => {
  const waiting = (changes = {}) => rollout([stage(3, { next: 2, deferred: 1, counts: { Succeeded: 1 }, ...changes })]);

  it('are queued ahead of the next ones', () => {
    const { decision } = given(waiting({ maxConcurrency: 1 })).when({ offers: () => [returned(0), ...next(2, 1)] });
    expect(states(decision)).toEqual({ 0: 'queued' });
    expect(decision.insertLive[0]?.target.offline).toBe(false);
    expect(decision.deleteDeferred).toEqual([0]);
    expect(decision.rollout.stages[0]).toMatchObject({ deferred: 0, next: 2 });
  });

  it('remember what an earlier attempt wrote, under a new attempt number', () => {
    const { decision } = given(waiting()).when({
      offers: () => [returned(0, { attempt: 2, wrote: true, writtenAt: T0 - 5 })],
    });
    expect(decision.insertLive[0]).toMatchObject({ attempt: 2, step: 1, wrote: true, writtenAt: T0 - 5 });
  });

  it('of an earlier stage count against the concurrency of the open one', () => {
    const stages = [
      stage(1, { name: 'a', phase: 'Done', next: 1, deferred: 1 }),
      stage(2, { name: 'b', next: 1, maxConcurrency: 1 }),
    ];
    given(rollout(stages), [row(1, 'written', { stage: 1 })])
      .when({ offers: () => [returned(0)] })
      .then({ live: { 1: 'written' } });
  });

  it('after the last stage are dispatched under its limits', () => {
    given(rollout([stage(2, { phase: 'Done', next: 2, deferred: 2, maxConcurrency: 1 })]))
      .when({ offers: () => [returned(0), returned(1)] })
      .then({ live: { 0: 'queued' }, stages: [{ deferred: 1 }] });
  });
});

describe('clusters whose message was lost', () => {
  const lost = rollout([stage(2, { next: 2, maxConcurrency: 1 })]);

  it('are sent again under a new step once their message is overdue by the resend time', () => {
    const { decision: early } = given(lost, [row(0, 'queued'), row(1, 'held', { slotAt: T0 + HOUR })]).when({
      afterMs: 2 * MINUTE,
    });
    expect(early.requeue).toEqual([]);
    const { decision } = given(lost, [row(0, 'queued'), row(1, 'held', { slotAt: T0 + HOUR })]).when({
      afterMs: 2 * MINUTE + 1,
      offers: () => [requeue(0)],
    });
    expect(decision.live.get(0)).toMatchObject({
      state: 'queued',
      attempt: 1,
      step: 2,
      slotAt: T0 + 7,
      since: T0 + 2 * MINUTE + 1,
    });
    expect(decision.requeue).toEqual([]);
  });

  it('need no room, and are not blocked by held ones ahead of them that do', () => {
    const { decision } = given(lost, [row(0, 'held'), row(1, 'queued')]).when({
      afterMs: 3 * MINUTE,
      offers: ({ requeue: wanted }) => wanted.map((ordinal) => requeue(ordinal)),
    });
    expect(states(decision)).toEqual({ 0: 'held', 1: 'queued' });
    expect(decision.live.get(1)?.step).toBe(2);
  });

  it('are taken over from a handler that died', () => {
    const { decision } = given(lost, [row(0, 'claimed'), row(1, 'held', { slotAt: T0 + HOUR })]).when({
      afterMs: CLAIM_OVER,
      offers: ({ requeue: wanted }) => wanted.map((ordinal) => requeue(ordinal)),
    });
    expect(decision.live.get(0)).toMatchObject({ state: 'queued', step: 2 });
    expect(decision.live.get(0)).not.toHaveProperty('claimedUntil');
  });
});

describe('held clusters', () => {
  it('are asked for when their time has come, and only as many as there is room', () => {
    const five = rollout([stage(5, { next: 5, maxConcurrency: 2 })]);
    const { decision } = given(five, [
      ...rows([0, 1, 2], 'held'),
      row(3, 'held', { slotAt: T0 + 1 }),
      row(4, 'done'),
    ]).when();
    expect(decision.requeue).toEqual([0, 1]);
  });

  it('that were written hold their slot, and are asked for whatever the room', () => {
    const full = rollout([stage(2, { next: 2, maxConcurrency: 1 })]);
    const { decision } = given(full, [row(0, 'held'), row(1, 'held', { wrote: true })]).when();
    expect(decision.requeue).toEqual([1]);
  });

  it('that got no slot stay in line', () => {
    const { decision } = given(rollout([stage(2, { next: 2 })]), rows([0, 1], 'held')).when({
      offers: () => [requeue(0)],
    });
    expect(states(decision)).toEqual({ 0: 'queued', 1: 'held' });
    expect(decision.requeue).toEqual([1]);
  });

  it('are nobody`s business while the rollout is stopped', () => {
    const { decision } = given(
      rollout([stage(2, { next: 2 })], { stop: 'pause', status: 'Paused' }),
      rows(ordinals(2), 'held'),
    ).when();
    expect(decision.requeue).toEqual([]);
  });
});

describe('admit', () => {
  it('takes no more than the room, whatever it is offered', () => {
    given(rollout([stage(3, { next: 2, maxConcurrency: 1 })]), rows([0, 1], 'held'))
      .when({ offers: () => [requeue(0), requeue(1), ...next(2, 1)] })
      .then({ live: { 0: 'queued', 1: 'held' } });
  });

  it('leaves an offer alone whose row is gone', () => {
    given(rollout([stage(1, { next: 1, counts: { Succeeded: 1 } })]))
      .when({ offers: () => [requeue(0)] })
      .then({ live: {} });
  });

  it('keeps the target of a row, frozen when it was dispatched', () => {
    const { decision } = given(rollout([stage(1)])).when({
      offers: () => next(0, 1, { values: { 'cluster.name': 'c0' } }),
    });
    expect(decision.insertLive[0]?.target).toEqual(target(0, { values: { 'cluster.name': 'c0' } }));
  });
});
