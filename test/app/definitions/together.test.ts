import { describe, expect, it } from 'vitest';
import { RevisionWorker } from '../../../src/app/definitions/receive-revision.ts';
import { DeliveryGate } from '../../../src/app/webhooks/gate.ts';
import type { DeliveryMessage } from '../../../src/contracts/messages.ts';
import { commitOf, DefinitionBench, pushTo, replaced } from './support.ts';

/** Twenty deliveries, each of one push after the other; `bad` of them cannot be taken. */
async function twenty(bad = -1) {
  const bench = new DefinitionBench([{}, {}, {}]);
  await bench.put({ debounce: '5s' });
  const messages: DeliveryMessage[] = [];
  for (let n = 0; n < 20; n++) {
    messages.push(await bench.claim([pushTo(commitOf(n + 1), { before: n === 0 ? null : commitOf(n) })]));
  }
  let writes = 0;
  let wakeups = 0;
  const { definitions, bus } = bench.deps;
  const deps = {
    ...bench.deps,
    definitions: replaced(definitions, {
      write: async (write) => {
        writes++;
        const isBad = write.addDecisions.some(({ commit }) => commit === commitOf(bad));
        if (isBad) throw new RangeError('a bug');
        return definitions.write(write);
      },
    }),
    bus: replaced(bus, {
      sendRevisions: async (sent) => {
        wakeups += sent.length;
        await bus.sendRevisions(sent);
      },
    }),
  };
  const worker = new RevisionWorker(deps, new DeliveryGate());
  const ends = await Promise.allSettled(messages.map((message) => worker.receive(message)));
  const { items } = await bench.deps.deliveries.list({ limit: 100 });
  return { bench, ends, items, writes: () => writes, wakeups: () => wakeups };
}

describe('deliveries of one repository that are worked off at the same time', () => {
  it('are taken into a definition in a few writes, and each is told what became of it', async () => {
    const { bench, items, writes, wakeups } = await twenty();
    expect(items.map(({ results }) => results.map(({ code }) => code).join())).toHaveLength(20);
    expect(items.every(({ processedAt, results }) => processedAt !== undefined && results.length === 1)).toBe(true);
    expect(new Set((await bench.decisions()).map(({ commit }) => commit)).size).toBe(20);
    expect(writes()).toBeLessThanOrEqual(3);
    expect(wakeups()).toBe(1);
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([commitOf(20)]);
  });

  it('do not fail for one of them that does', async () => {
    const { ends, items } = await twenty(7);
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(items).toHaveLength(19);
  });
});
