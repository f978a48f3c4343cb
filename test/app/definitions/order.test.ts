import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RevisionWorker } from '../../../src/app/definitions/receive-revision.ts';
import { DeliveryGate } from '../../../src/app/webhooks/gate.ts';
import type { Push } from '../../../src/contracts/push.ts';
import { SECOND } from '../support.ts';
import { commitOf, DefinitionBench, pushTo } from './support.ts';

const PUSHES = 20;
const LAST = commitOf(PUSHES);

/** A path of pushes, each a minute after the one before, by the provider's clock or without one. */
function path(timed: boolean, start: number): Push[] {
  return Array.from({ length: PUSHES }, (_, n) =>
    pushTo(commitOf(n + 1), {
      before: n === 0 ? null : commitOf(n),
      ...(timed && { at: start - (PUSHES - n) * 60 * SECOND }),
    }),
  );
}

describe('ten deliveries of one commit, in any order and twice each', () => {
  it.each(['queue', 'supersede', 'ignoreWhileRunning'])('give one rollout (%s)', async (onNewRevision) => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 20 }, (_, n) => `d${n % 10}`),
      { minLength: 20 },
    );
    const gaps = fc.array(fc.constantFrom(0, 1, 5, 20, 120), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(order, gaps, fc.boolean(), async (ids, waits, timed) => {
        const bench = new DefinitionBench([{}]);
        await bench.put({ onNewRevision });
        const told = pushTo(LAST, { before: null, ...(timed && { at: bench.clock.now() }) });
        for (const [n, deliveryId] of ids.entries()) {
          await new RevisionWorker(bench.deps, new DeliveryGate()).receive(await bench.claim([told], deliveryId));
          await bench.settle((waits[n] ?? 0) * SECOND);
        }
        await bench.settle();
        expect(await bench.rolledOut()).toEqual([LAST]);
        expect((await bench.record()).last).toMatchObject({ status: 'Succeeded' });
      }),
      { numRuns: 20 },
    );
  });
});

describe('twenty pushes, delivered in any order', () => {
  it('end with a rollout of the last commit', async () => {
    const deliveries = fc.record({
      order: fc.shuffledSubarray([...Array(PUSHES).keys()], { minLength: PUSHES }),
      again: fc.array(fc.nat(PUSHES - 1), { maxLength: 5 }),
      gaps: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 8, 15, 90), {
        minLength: PUSHES,
        maxLength: PUSHES,
      }),
      timed: fc.boolean(),
      onNewRevision: fc.constantFrom('queue', 'supersede'),
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ order, again, gaps, timed, onNewRevision }) => {
        const bench = new DefinitionBench([{}]);
        await bench.put({ onNewRevision });
        const pushes = path(timed, bench.clock.now());
        for (const [n, push] of [...order, ...again].entries()) {
          await new RevisionWorker(bench.deps, new DeliveryGate()).receive(await bench.claim([pushes[push]!]));
          await bench.settle((gaps[n] ?? 0) * SECOND);
        }
        await bench.settle();
        expect((await bench.rolledOut()).at(-1)).toBe(LAST);
        expect(bench.commitOn()).toBe(LAST);
        expect(await bench.record()).toMatchObject({ last: { revision: { commit: LAST }, status: 'Succeeded' } });
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});
