import { expect, it } from 'vitest';
import { receiveRevision } from '../../../src/app/definitions/receive-revision.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { REVISIONS_QUEUE } from '../../../src/contracts/queues.ts';
import { MINUTE, SECOND } from '../support.ts';
import { commitOf, DefinitionBench, pushTo, replaced } from './support.ts';

const message = { schema: 1, kind: 'definition', name: 'shop' } as const;

it('a start that Azure has no room for is put off, then made; after ten minutes it is a fault', async () => {
  const bench = new DefinitionBench([{}]);
  await bench.put();
  await bench.push(pushTo(commitOf(1), { before: null }));
  bench.clock.advance(20 * SECOND);
  const queue = bench.bus.queues.get(REVISIONS_QUEUE)!;
  while (queue.size > 0) queue.complete(queue.receive(bench.clock.now())!, bench.clock.now());

  const active = () => Promise.reject(new Transient('ResourceGraphThrottled', 'Slow down.', 7 * SECOND));
  const throttled = { ...bench.deps, index: replaced(bench.deps.index, { active }) };
  await receiveRevision(throttled, message);
  expect((await bench.record()).running).toMatchObject({ submitted: false });
  const waitMs = queue.nextVisibleAt()! - bench.clock.now();
  expect(waitMs).toBeGreaterThanOrEqual(7 * SECOND);
  expect(waitMs).toBeLessThanOrEqual(8 * SECOND);

  bench.clock.advance(10 * MINUTE + SECOND);
  await expect(receiveRevision(throttled, message)).rejects.toThrow('Slow down.');

  await bench.settle();
  expect(await bench.rolledOut()).toEqual([commitOf(1)]);
});
