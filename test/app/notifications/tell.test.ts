import { describe, expect, it, vi } from 'vitest';
import { advanceRollout } from '../../../src/app/advance-rollout.ts';
import { resumeSweeps } from '../../../src/app/compliance/resume-sweeps.ts';
import { showDeadShard } from '../../../src/app/compliance/show-dead-shard.ts';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import { accountDeadOperation, showDeadWakeup } from '../../../src/app/dead-letters.ts';
import { giveCommand } from '../../../src/app/give-command.ts';
import { receiveRequest } from '../../../src/app/receive-request.ts';
import { tell } from '../../../src/app/notifications/tell.ts';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { NotificationMessage } from '../../../src/contracts/messages.ts';
import type { Notification } from '../../../src/contracts/notification.ts';
import { NOTIFICATIONS_QUEUE } from '../../../src/contracts/queues.ts';
import { tellOfDeath } from '../../../src/core/notifications/what-to-tell.ts';
import { alice, Bench, bob, MINUTE, SECOND } from '../support.ts';
import { bench as bindingBench } from '../bindings/support.ts';

const DEATH = { reason: 'MaxDeliveryCountExceeded', description: 'ten times' };

/** Everything that is queued to be told, taken off the queue. */
function told({ bus, clock }: Bench): Notification[] {
  const queue = bus.queues.get(NOTIFICATIONS_QUEUE)!;
  const found: Notification[] = [];
  for (let next = queue.receive(clock.now()); next !== undefined; next = queue.receive(clock.now())) {
    queue.complete(next, clock.now());
    found.push(NotificationMessage.parse(JSON.parse(next.body)).notification);
  }
  return found;
}

/** `type code subject` of each. */
function lines(bench: Bench): string[] {
  return told(bench).map(({ type, code, subject }) => `${type.replace('flotilla.', '')} ${code} ${subject}`);
}

describe('a rollout is told of', () => {
  it('when it halts, and when it ends, once each', async () => {
    const bench = new Bench([{ agent: { outcome: 'fails' } }, {}]);
    const { id } = await bench.submit({ strategy: { stages: [{ name: 'all', maxConcurrency: 1 }] } });
    await bench.run(id, 40 * MINUTE);
    expect((await bench.rollout(id)).status).toBe('Halted');
    const [halted, ...more] = told(bench);
    expect(more).toEqual([]);
    expect(halted).toMatchObject({ type: 'flotilla.rollout.halted', subject: `rollouts/${id}` });
    expect(halted?.code).toBe('FailureBudgetExceeded');
    await giveCommand(bench.deps, { rolloutId: id, kind: 'cancel', actor: alice, request: {} });
    await bench.run(id, 5 * MINUTE);
    expect(lines(bench)).toEqual([`rollout.ended Failed rollouts/${id}`]);
  });

  it('when it waits for an approval, each time anew', async () => {
    const bench = new Bench([{}, {}]);
    const gates = { before: { approval: { quorum: 1 } } };
    const stages = [
      { name: 'one', selector: { names: ['c0'] }, gates },
      { name: 'two', gates },
    ];
    const { id } = await bench.submit({ strategy: { stages } });
    const approve = () => giveCommand(bench.deps, { rolloutId: id, kind: 'approve', actor: bob, request: {} });
    await bench.run(id, 5 * MINUTE);
    expect(lines(bench)).toEqual([expect.stringMatching(/^rollout\.approval-requested \w+ rollouts/)]);
    await approve();
    await bench.run(id, 15 * MINUTE);
    expect(lines(bench)).toEqual([expect.stringMatching(/^rollout\.approval-requested \w+ rollouts/)]);
    await approve();
    await bench.run(id, 15 * MINUTE);
    expect(lines(bench)).toEqual([`rollout.ended Succeeded rollouts/${id}`]);
  });

  it('by the run after one that died between its commit and its effects', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submit();
    await advanceRollout(bench.deps, id);
    await giveCommand(bench.deps, { rolloutId: id, kind: 'pause', actor: alice, request: {} });
    const dying = {
      ...bench.deps,
      index: { ...bench.deps.index, upsertListItem: () => Promise.reject(new Error('killed')) },
    };
    await giveCommand(dying, { rolloutId: id, kind: 'cancel', actor: alice, request: {} }).catch(() => undefined);
    expect((await bench.rollout(id)).status).toBe('Cancelled');
    expect(told(bench)).toEqual([]);
    await advanceRollout(bench.deps, id);
    await advanceRollout(bench.deps, id);
    expect(lines(bench)).toEqual([`rollout.ended Cancelled rollouts/${id}`]);
    bench.clock.advance(20 * MINUTE);
    await advanceRollout(bench.deps, id);
    expect(told(bench)).toEqual([]);
  });

  it('not at all where nobody is to hear of it: no message is queued', async () => {
    const bench = new Bench([{}]);
    const deps = { ...bench.deps, notifier: undefined };
    const { id } = await bench.submit();
    await advanceRollout(deps, id);
    await giveCommand(deps, { rolloutId: id, kind: 'cancel', actor: alice, request: {} });
    await advanceRollout(deps, id);
    expect((await bench.rollout(id)).status).toBe('Cancelled');
    expect(bench.bus.queues.get(NOTIFICATIONS_QUEUE)?.size).toBe(0);
  });

  it('later, when the bus does not take it: the rollout goes on', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submit();
    await advanceRollout(bench.deps, id);
    vi.spyOn(bench.bus, 'sendNotifications').mockRejectedValueOnce(new Transient('ServiceBusy', 'busy'));
    await giveCommand(bench.deps, { rolloutId: id, kind: 'cancel', actor: alice, request: {} });
    const { rollouts } = await bench.deps.index.active();
    expect([(await bench.rollout(id)).status, rollouts]).toEqual(['Cancelled', []]);
    await advanceRollout(bench.deps, id);
    expect(lines(bench)).toEqual([`rollout.ended Cancelled rollouts/${id}`]);
  });
});

describe('a binding is told of', () => {
  it('when the brake goes on, once, however often the timer comes', async () => {
    const world = bindingBench(6);
    await world.rollOut();
    await world.put({ limits: { maxDriftShare: '30%' } });
    told(world);
    world.edit('c0', 'c1', 'c2');
    const { brake } = await world.sweepAndTick();
    await world.tick();
    expect(told(world)).toMatchObject([
      { type: 'flotilla.brake.on', subject: 'policies/keep', code: 'MassDrift', at: brake?.at, detail: brake?.detail },
    ]);
    world.clock.advance(20 * MINUTE);
    await world.sweepAndTick();
    expect(told(world)).toEqual([]);
  });

  it('when a cluster is corrected no more, the first time only', async () => {
    const world = bindingBench(4);
    await world.rollOut();
    await world.put({ limits: { maxDriftShare: '100%', correctionsPerCluster: 1 } });
    world.edit('c2');
    await world.sweepAndTick();
    await world.settle();
    told(world);
    for (let n = 0; n < 3; n++) {
      world.edit('c2');
      const { lastRun } = await world.sweepAndTick();
      expect(lastRun?.held).toMatchObject([{ code: 'AntiFlap' }]);
      const expected = n === 0 ? ['drift.held AntiFlap policies/keep'] : [];
      expect(lines(world)).toEqual(expected);
      world.clock.advance(15 * MINUTE);
    }
  });
});

describe('a sweep is told of', () => {
  it('when it has run out of its time, once', async () => {
    const bench = new Bench([{}]);
    const { id } = await startSweep(bench.deps, SYSTEM);
    for (let minute = 0; minute < 60; minute += 5) {
      await resumeSweeps(bench.deps);
      const expected = minute === 30 ? [`sweep.incomplete Incomplete compliance/sweeps/${id}`] : [];
      expect([minute, lines(bench)]).toEqual([minute, expected]);
      bench.clock.advance(5 * MINUTE);
    }
  });

  it('when one of its shards died', async () => {
    const bench = new Bench([{}]);
    const { id } = await startSweep(bench.deps, SYSTEM);
    const message = { schema: 1, sweepId: id, shard: 0 };
    await showDeadShard(bench.deps, message, DEATH);
    await showDeadShard(bench.deps, message, DEATH);
    expect(lines(bench)).toEqual([`sweep.incomplete ShardDied compliance/sweeps/${id}`]);
  });
});

describe('a message that died is told of', () => {
  it('as the operation it asked for, unless that has gone on', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submitAndPlan();
    const operation = bench.nextOperation()!;
    await accountDeadOperation(bench.deps, operation, DEATH);
    await accountDeadOperation(bench.deps, operation, DEATH);
    expect(lines(bench)).toEqual([`message.dead OperationPoisoned rollouts/${id}`]);
  });

  it('as the rollout that was not advanced', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submitAndPlan();
    await showDeadWakeup(bench.deps, { schema: 1, rolloutId: id }, DEATH);
    expect(lines(bench)).toEqual([`message.dead EngineFault rollouts/${id}`]);
  });

  it('as a request that nobody can carry out, under an id that fits a header', async () => {
    const bench = new Bench([{}]);
    const inbox = { complete: async () => undefined, deadLetter: async () => undefined };
    const received = { body: { schema: 7 }, messageId: 'ä/'.repeat(60), lockToken: 'l' };
    await receiveRequest(bench.deps, inbox, received);
    bench.clock.advance(SECOND);
    await receiveRequest(bench.deps, inbox, received);
    expect(told(bench)).toMatchObject([{ type: 'flotilla.message.dead', subject: 'queues/requests' }]);
  });
});

describe('a bus that does not take it', () => {
  it('holds up nobody; a bug does', async () => {
    const bench = new Bench([]);
    const send = vi.spyOn(bench.bus, 'sendNotifications');
    send.mockRejectedValueOnce(new Transient('ServiceBusy', 'busy'));
    const notification = tellOfDeath({ id: 'x', at: 1, subject: 'queues/x', code: 'X', detail: '' });
    await expect(tell(bench.deps, [notification])).resolves.toBeUndefined();
    send.mockRejectedValueOnce(new TypeError('bug'));
    await expect(tell(bench.deps, [notification])).rejects.toThrow('bug');
  });
});
