import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batches } from '../../src/app/batches.ts';

/** Batches whose work goes on when the test says so. */
function held(itemsMax = 10) {
  const runs: { key: string; items: readonly number[]; end: (error?: Error) => void }[] = [];
  const batches = new Batches<number, string>(
    (key, items) =>
      new Promise((resolve, reject) => {
        const answers = items.map((item) => `${key}${item}`);
        runs.push({ key, items, end: (error) => (error ? reject(error) : resolve(answers)) });
      }),
    { itemsMax, isOwnFault: (error) => error instanceof Error && error.message === 'own' },
  );
  const seen = () => runs.map(({ key, items }) => `${key}:${items.join()}`);
  return { batches, runs, seen };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('batches', () => {
  it('begin with the first item at once, and take what came meanwhile together, at most so many', async () => {
    const { batches, runs, seen } = held(3);
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => batches.add('a', item)));
    expect(seen()).toEqual(['a:1']);
    for (let run = 0; run < 3; run++) {
      runs[run]!.end();
      await turns();
    }
    expect(seen()).toEqual(['a:1', 'a:2,3,4', 'a:5']);
    expect(await answers).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  });

  it('of other keys do not wait', async () => {
    const { batches, runs, seen } = held();
    const answers = [batches.add('a', 1), batches.add('b', 2)];
    expect(seen()).toEqual(['a:1', 'b:2']);
    runs.forEach(({ end }) => end());
    expect(await Promise.all(answers)).toEqual(['a1', 'b2']);
  });

  it('fail together, and begin anew with what comes then', async () => {
    const { batches, runs } = held();
    const first = batches.add('a', 1);
    const others = [batches.add('a', 2), batches.add('a', 3)].map((one) => one.catch(({ message }: Error) => message));
    runs[0]!.end();
    expect(await first).toBe('a1');
    await turns();
    runs[1]!.end(new Error('shared'));
    expect(await Promise.all(others)).toEqual(['shared', 'shared']);
    await turns();
    const next = batches.add('a', 4);
    runs[2]!.end();
    expect(await next).toBe('a4');
  });

  it('try each item alone after a fault of one', async () => {
    const { batches, runs, seen } = held();
    const first = batches.add('a', 1);
    const [bad, good] = [batches.add('a', 2).catch(({ message }: Error) => message), batches.add('a', 3)];
    runs[0]!.end();
    await first;
    await turns();
    runs[1]!.end(new Error('own'));
    await turns();
    runs[2]!.end(new Error('own'));
    await turns();
    runs[3]!.end();
    expect([await bad, await good]).toEqual(['own', 'a3']);
    expect(seen()).toEqual(['a:1', 'a:2,3', 'a:2', 'a:3']);
  });

  it('refuse answers that are not one to each', async () => {
    const batches = new Batches<number, number>(async () => [1, 2], { itemsMax: 5 });
    await expect(batches.add('a', 1)).rejects.toThrow('2 answers to 1 items');
  });

  it('gather while they wait for their turn', async () => {
    const starts: (() => void)[] = [];
    const seen: string[] = [];
    const batches = new Batches<number, number>(async (_key, items) => (seen.push(items.join()), items), {
      itemsMax: 5,
      inTurn: (work) => new Promise((resolve) => starts.push(() => resolve(work()))),
    });
    const answers = [batches.add('a', 1), batches.add('a', 2)];
    starts[0]!();
    expect(await Promise.all(answers)).toEqual([1, 2]);
    expect(seen).toEqual(['1,2']);
  });

  it('answer each item once, in order, with its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ key: fc.constantFrom('a', 'b'), n: fc.nat() })), async (items) => {
        const batches = new Batches<number, string>(
          async (key, some) => {
            await turns();
            return some.map((n) => `${key}${n}`);
          },
          { itemsMax: 2 },
        );
        const answers = await Promise.all(items.map(({ key, n }) => batches.add(key, n)));
        expect(answers).toEqual(items.map(({ key, n }) => `${key}${n}`));
      }),
      { numRuns: 30 },
    );
  });
});
