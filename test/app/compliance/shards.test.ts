import { describe, expect, it, vi } from 'vitest';
import { resumeSweeps } from '../../../src/app/compliance/resume-sweeps.ts';
import { runSweepShard } from '../../../src/app/compliance/run-sweep-shard.ts';
import { showDeadShard } from '../../../src/app/compliance/show-dead-shard.ts';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { SweepMessage } from '../../../src/contracts/messages.ts';
import { Bench, MINUTE } from '../support.ts';
import { rolledOut, sweep } from './support.ts';

function subscriptionIds(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `0000000${n}-0000-4000-a000-00000000000a`);
}

/** Runs shards as their messages come, each batch as if it were at work at the same time. */
async function runAll(bench: Bench, deps: Bench['deps']): Promise<number[][]> {
  const batches: number[][] = [];
  for (;;) {
    const queue = bench.bus.queues.get('sweeps')!;
    const batch = [];
    for (let next = queue.receive(bench.clock.now()); next !== undefined; next = queue.receive(bench.clock.now())) {
      batch.push({ delivery: next, message: SweepMessage.parse(JSON.parse(next.body)) });
    }
    if (batch.length === 0) return batches;
    batches.push(batch.map(({ message }) => message.shard).sort());
    await Promise.all(batch.map(({ message }) => runSweepShard(deps, message)));
    for (const { delivery } of batch) queue.complete(delivery, bench.clock.now());
  }
}

describe('a sweep of many subscriptions', () => {
  const subscriptions = subscriptionIds(5);

  it('has two shards at work at the same time: each that is done sends the next', async () => {
    const bench = new Bench([{}]);
    const deps = { ...bench.deps, subscriptions };
    const { id } = await startSweep(deps, SYSTEM);
    expect(await runAll(bench, deps)).toEqual([[0, 1], [2, 3], [4]]);
    expect((await bench.deps.compliance.sweep(id))?.shards.every(({ doneAt }) => doneAt !== undefined)).toBe(true);
  });

  it('takes an inventory that is too old once, and one that was young enough when it began not at all', async () => {
    const bench = new Bench([{}]);
    const deps = { ...bench.deps, subscriptions };
    const taken = vi.spyOn(deps.graph, 'clusters');
    await startSweep(deps, SYSTEM);
    await runAll(bench, deps);
    expect(taken).toHaveBeenCalledTimes(1);
    bench.clock.advance(4 * MINUTE);
    await startSweep(deps, SYSTEM);
    bench.clock.advance(4 * MINUTE);
    await runAll(bench, deps);
    expect(taken).toHaveBeenCalledTimes(1);
    bench.clock.advance(4 * MINUTE);
    await startSweep(deps, SYSTEM);
    await runAll(bench, deps);
    expect(taken).toHaveBeenCalledTimes(2);
  });

  it('starts although the inventory cannot be taken; its shards take it', async () => {
    const bench = new Bench([{}]);
    vi.spyOn(bench.deps.graph, 'clusters').mockImplementationOnce(() => {
      throw new Transient('GraphThrottled', 'Too many queries.');
    });
    expect(await sweep(bench)).toMatchObject({ clusters: 1 });
  });
});

describe('a sweep whose shards got lost', () => {
  const subscriptions = subscriptionIds(6);

  it('goes on with as many at a time as ever, and those that died come last', async () => {
    const bench = new Bench([{}]);
    const deps = { ...bench.deps, subscriptions };
    const { id } = await startSweep(deps, SYSTEM);
    const lost = bench.bus.queues.get('sweeps')!;
    for (let next = lost.receive(bench.clock.now()); next !== undefined; next = lost.receive(bench.clock.now())) {
      lost.complete(next, bench.clock.now());
    }
    await showDeadShard(deps, { schema: 1, sweepId: id, shard: 0 }, { reason: 'Died', description: 'ten times' });
    bench.clock.advance(20 * MINUTE);
    await resumeSweeps(deps);
    expect(await runAll(bench, deps)).toEqual([[1, 2], [3, 4], [5]]);
    await resumeSweeps(deps);
    expect(await runAll(bench, deps)).toContainEqual([0]);
    expect((await deps.compliance.sweep(id))?.shards.every(({ doneAt }) => doneAt !== undefined)).toBe(true);
  });
});

describe('a shard that died every time', () => {
  it('is shown with the reason, is sent again, and can still be done', async () => {
    const bench = await rolledOut(2);
    const { id } = await startSweep(bench.deps, SYSTEM);
    const message = { schema: 1, sweepId: id, shard: 0 } as const;
    await showDeadShard(bench.deps, message, { reason: 'MaxDeliveryCountExceeded', description: 'ten times' });
    const died = (await bench.deps.compliance.sweep(id))!.shards[0]!;
    expect(died).toMatchObject({ failure: { detail: 'MaxDeliveryCountExceeded. ten times' } });
    bench.clock.advance(20 * MINUTE);
    await resumeSweeps(bench.deps);
    expect(bench.bus.queues.get('sweeps')?.receive(bench.clock.now())?.body).toContain(id);
    await runSweepShard(bench.deps, message);
    expect((await bench.deps.compliance.sweep(id))!.shards[0]).not.toHaveProperty('failure');
  });
});
