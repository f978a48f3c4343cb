import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Push } from '../../../src/contracts/push.ts';
import { definition, MINUTE, nameOf, push, record, SECOND, T0, Told } from './support.ts';

const PUSHES = 20;
const RUNS = { numRuns: 1000 };

/** How a branch moves: most commits are new, some are forced back to one of before, and sometimes the branch goes and comes back. */
const move = fc.record({
  kind: fc.constantFrom('commit', 'commit', 'commit', 'commit', 'back', 'back', 'delete'),
  pick: fc.nat(PUSHES),
});
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** The pushes of a branch in the order in which they were made. */
function history(moves: readonly Move[], isTimed: boolean): Push[] {
  const stood: (string | null)[] = ['start'];
  return moves.map(({ kind, pick }, index) => {
    const before = stood.at(-1) ?? null;
    const earlier = stood[pick % stood.length] ?? null;
    const isBack = kind === 'back' && earlier !== before && isTimed;
    const after = kind === 'delete' && before !== null ? null : isBack ? earlier : `c${index}`;
    stood.push(after);
    // A new commit may share the second of the push before it: the times alone do not tell their order.
    const at = T0 + (kind === 'commit' && index % 2 === 1 ? index - 1 : index) * SECOND;
    return push(before, after, { ...(isTimed && { at }), ...(isBack && { forced: true }) });
  });
}

/** Which pushes are delivered, in which order; each at least once. */
const deliveries = (count: number) =>
  fc
    .array(fc.nat(count - 1), { maxLength: count })
    .chain((again) => fc.shuffledSubarray([...Array(count).keys(), ...again], { minLength: count + again.length }));

const scenario = (isTimed: boolean) =>
  fc
    .record({
      moves: fc.array(move, { minLength: PUSHES, maxLength: PUSHES }),
      order: deliveries(PUSHES),
    })
    .map(({ moves, order }) => ({ pushes: history(moves, isTimed), order }));

/** Where the branch ends: its last commit, or what was the target of nothing when it was deleted. */
function lastOf(pushes: readonly Push[]): string | undefined {
  const last = pushes.at(-1)?.after;
  return last === null || last === undefined ? undefined : nameOf(last);
}

describe('twenty pushes of one branch, in any order and some of them twice', () => {
  it('make the last commit the target, when the provider says when they were', () => {
    fc.assert(
      fc.property(scenario(true), ({ pushes, order }) => {
        const told = new Told();
        for (const index of order) told.push(pushes[index]!);
        expect(told.target).toBe(lastOf(pushes));
        expect(told.record.pending?.revision.commit).toBe(told.record.target?.commit);
      }),
      RUNS,
    );
  });

  it('make the last commit the target, when only the chain of commits tells', () => {
    fc.assert(
      fc.property(scenario(false), ({ pushes, order }) => {
        const told = new Told();
        for (const index of order) told.push(pushes[index]!);
        // Deleted and created again, a branch passes one point several times; the rest of its way still has one end.
        expect(told.target).toBe(lastOf(pushes));
      }),
      RUNS,
    );
  });

  it('end in one decision for each delivery, and every revision that was to start is replaced, withdrawn or still pending', () => {
    fc.assert(
      fc.property(scenario(true), ({ pushes, order }) => {
        const told = new Told();
        for (const index of order) {
          const decided = told.push(pushes[index]!);
          expect(decided.length).toBeGreaterThan(0);
          expect(decided.length).toBeLessThanOrEqual(3);
        }
        const made = told.decisions.filter(({ code }) => code === 'Pending').map(({ generation }) => generation);
        const ended = told.decisions
          .filter(({ code, generation }) => (code === 'Replaced' || code === 'RefDeleted') && generation !== undefined)
          .map(({ generation }) => generation);
        const left = told.record.pending === undefined ? [] : [told.record.pending.generation];
        expect([...ended, ...left].toSorted()).toEqual(made.toSorted());
        expect(new Set(made).size).toBe(made.length);
      }),
      RUNS,
    );
  });
});

describe('lost deliveries', () => {
  it('do not matter when the last one came and the provider says when pushes were', () => {
    fc.assert(
      fc.property(scenario(true), fc.array(fc.nat(PUSHES - 2), { maxLength: 10 }), ({ pushes, order }, lost) => {
        // Minutes apart: what is left has no chain to tell pushes of one second apart.
        const timed = pushes.map((one, index) => ({ ...one, at: T0 - (PUSHES - index) * 2 * MINUTE }));
        fc.pre(lastOf(timed) !== undefined);
        const told = new Told();
        for (const index of order) if (!lost.includes(index)) told.push(timed[index]!);
        expect(told.target).toBe(lastOf(timed));
      }),
      RUNS,
    );
  });
});

describe('ten deliveries of one commit', () => {
  it('in any order and twice each are one generation, under path filters as well', () => {
    const filtered = record({ definition: definition({ follows: { branch: 'main', paths: ['apps/**'] } }) });
    const timed = fc.boolean();
    fc.assert(
      fc.property(fc.array(timed, { minLength: 10, maxLength: 10 }), deliveries(20), (isTimed, order) => {
        const told = new Told(filtered);
        const one = isTimed.map((is) => push('a', 'b', { changedPaths: ['apps/x'], ...(is && { at: T0 }) }));
        for (const index of order) told.push(one[index % 10]!);
        expect(told.record.generation).toBe(1);
        expect(told.decisions.filter(({ code }) => code !== 'AlreadyKnown').map(({ code }) => code)).toEqual([
          'Pending',
        ]);
      }),
      RUNS,
    );
  });
});
