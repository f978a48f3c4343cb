import { expect, it } from 'vitest';
import { GRAPH_POOL, reserve } from '../../../src/app/budgets.ts';
import { RevisionWorker } from '../../../src/app/definitions/receive-revision.ts';
import { DeliveryGate } from '../../../src/app/webhooks/gate.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { REVISIONS_QUEUE } from '../../../src/contracts/queues.ts';
import { MINUTE, SECOND } from '../support.ts';
import { commitOf, DefinitionBench, pushTo, replaced } from './support.ts';

const message = { schema: 1, kind: 'definition', name: 'shop' } as const;

/** A definition whose revision is due, with nothing in the queue. */
async function due() {
  const bench = new DefinitionBench([{}]);
  await bench.put();
  await bench.push(pushTo(commitOf(1), { before: null }));
  bench.clock.advance(20 * SECOND);
  const queue = bench.bus.queues.get(REVISIONS_QUEUE)!;
  while (queue.size > 0) queue.complete(queue.receive(bench.clock.now())!, bench.clock.now());
  return { bench, queue };
}

it('a start that Azure has no room for is put off, then made; after ten minutes it is a fault', async () => {
  const { bench, queue } = await due();
  const active = () => Promise.reject(new Transient('ResourceGraphThrottled', 'Slow down.', 7 * SECOND));
  const throttled = { ...bench.deps, index: replaced(bench.deps.index, { active }) };
  await new RevisionWorker(throttled, new DeliveryGate()).receive(message);
  expect((await bench.record()).running).toMatchObject({ submitted: false });
  const waitMs = queue.nextVisibleAt()! - bench.clock.now();
  expect(waitMs).toBeGreaterThanOrEqual(7 * SECOND);
  expect(waitMs).toBeLessThanOrEqual(8 * SECOND);

  bench.clock.advance(10 * MINUTE + SECOND);
  await expect(new RevisionWorker(throttled, new DeliveryGate()).receive(message)).rejects.toThrow('Slow down.');

  await bench.settle();
  expect(await bench.rolledOut()).toEqual([commitOf(1)]);
});

it('a start waits until Resource Graph has room for its plan', async () => {
  const { bench, queue } = await due();
  await reserve(bench.deps, GRAPH_POOL, 30, Number.MAX_SAFE_INTEGER);
  await new RevisionWorker(bench.deps, new DeliveryGate()).receive(message);
  expect(await bench.rollouts()).toEqual([]);
  expect(queue.nextVisibleAt()! - bench.clock.now()).toBeGreaterThan(5 * SECOND);
  await bench.settle();
  expect(await bench.rolledOut()).toEqual([commitOf(1)]);
});
