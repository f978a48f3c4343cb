import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nextSlotAt,
  pushBack,
  reserveSlots,
  usedShare,
  type Budget,
  type Quota,
} from '../../../src/core/throttle/budget.ts';

const NOW = Date.UTC(2026, 0, 1);
const FAR = 24 * 3_600_000;
/** ARM's writes and the queries of Resource Graph, as Azure documents them. */
const WRITES: Quota = { capacity: 200, refillPerSecond: 10 };
const QUERIES: Quota = { capacity: 15, refillPerSecond: 3 };

const quotas: fc.Arbitrary<Quota> = fc.record({
  // A bucket of one is full between any two slots, and loses the fraction of a millisecond by which a slot is rounded up.
  capacity: fc.integer({ min: 2, max: 50 }),
  refillPerSecond: fc.constantFrom(0.2, 1, 3, 10, 25),
});

/** Reservations of several hosts, one after the other, at moments that never go back. */
const orders = fc.array(
  fc.record({
    wanted: fc.integer({ min: 0, max: 60 }),
    laterMs: fc.constantFrom(0, 1, 333, 1000, 20_000),
    horizonMs: fc.constantFrom(0, 60_000, FAR),
  }),
  { maxLength: 20 },
);
type Order = { wanted: number; laterMs: number; horizonMs: number };

function reserveAll(quota: Quota, all: readonly Order[]): { slots: number[]; askedAt: number[] } {
  let budget: Budget | undefined;
  let now = NOW;
  const taken: { slots: number[]; askedAt: number[] } = { slots: [], askedAt: [] };
  for (const { wanted, laterMs, horizonMs } of all) {
    now += laterMs;
    const answer = reserveSlots(budget, quota, wanted, now, horizonMs);
    budget = answer.budget;
    taken.slots.push(...answer.slots);
    taken.askedAt.push(...answer.slots.map(() => now));
    expect(answer.slots.length).toBeLessThanOrEqual(wanted);
    for (const slotAt of answer.slots) {
      expect(slotAt).toBeGreaterThanOrEqual(now);
      expect(slotAt).toBeLessThanOrEqual(now + horizonMs);
    }
  }
  return taken;
}

/** Azure's side: a bucket that is full at `NOW`, loses a token with each call and fills by time. */
function bucketOf({ capacity, refillPerSecond }: Quota): (at: number) => boolean {
  let tokens = capacity;
  let last = NOW;
  return (at) => {
    tokens = Math.min(capacity, tokens + ((at - last) * refillPerSecond) / 1000);
    last = at;
    // Sums of thirds do not come out even.
    if (tokens < 1 - 1e-6) return false;
    tokens -= 1;
    return true;
  };
}

describe('over any reservations', () => {
  it('a real token bucket refuses none of the slots', () => {
    fc.assert(
      fc.property(quotas, orders, (quota, all) => {
        const take = bucketOf(quota);
        for (const slotAt of reserveAll(quota, all).slots.sort((a, b) => a - b)) expect(take(slotAt)).toBe(true);
      }),
    );
  });

  it('no window holds more slots than the bucket and what flows into it meanwhile', () => {
    fc.assert(
      fc.property(quotas, orders, (quota, all) => {
        const slots = reserveAll(quota, all).slots.sort((a, b) => a - b);
        slots.forEach((from, first) => {
          slots.slice(first).forEach((to, more) => {
            expect(more + 1).toBeLessThanOrEqual(quota.capacity + ((to - from) * quota.refillPerSecond) / 1000 + 1e-6);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it('the slots of one reservation come earliest first', () => {
    fc.assert(
      fc.property(quotas, fc.integer({ min: 1, max: 200 }), (quota, wanted) => {
        const { slots } = reserveSlots(undefined, quota, wanted, NOW, FAR);
        expect(slots).toEqual([...slots].sort((a, b) => a - b));
        expect(slots).toHaveLength(wanted);
      }),
    );
  });
});

describe('a budget', () => {
  it('gives a burst of its capacity at once, then one by one', () => {
    const { slots } = reserveSlots(undefined, WRITES, 203, NOW, FAR);
    expect(slots.slice(0, 200).every((at) => at === NOW)).toBe(true);
    expect(slots.slice(200)).toEqual([NOW + 100, NOW + 200, NOW + 300]);
  });

  it('gives what the horizon allows, and takes nothing for the rest', () => {
    const { slots, budget } = reserveSlots(undefined, QUERIES, 100, NOW, 1000);
    expect(slots).toHaveLength(18);
    expect(reserveSlots(budget, QUERIES, 100, NOW, 1000).slots).toEqual([]);
    expect(reserveSlots(budget, QUERIES, 100, NOW + 1000, 0).slots).toHaveLength(0);
    expect(reserveSlots(budget, QUERIES, 100, NOW + 2000, 0).slots).toHaveLength(3);
  });

  it('is full again after a pause, never more than full', () => {
    const { budget } = reserveSlots(undefined, WRITES, 200, NOW, 0);
    expect(reserveSlots(budget, WRITES, 500, NOW + FAR, 0).slots).toHaveLength(200);
  });

  it('says when the next slot is free', () => {
    const { budget } = reserveSlots(undefined, WRITES, 200, NOW, 0);
    expect(nextSlotAt(undefined, WRITES, NOW)).toBe(NOW);
    expect(nextSlotAt(budget, WRITES, NOW)).toBe(NOW + 100);
    expect(reserveSlots(budget, WRITES, 1, NOW, 100).slots).toEqual([NOW + 100]);
  });
});

describe('after a 429', () => {
  it('nobody gets a slot before Retry-After has passed, and no burst follows it', () => {
    const budget = pushBack(undefined, WRITES, NOW, 5000);
    expect(reserveSlots(budget, WRITES, 10, NOW, 4999).slots).toEqual([]);
    expect(reserveSlots(budget, WRITES, 3, NOW, 6000).slots).toEqual([NOW + 5100, NOW + 5200, NOW + 5300]);
    expect(reserveSlots(budget, WRITES, 10, NOW + 5000, 0).slots).toEqual([]);
  });

  it('a later, shorter 429 does not pull an earlier, longer one forward', () => {
    const long = pushBack(undefined, WRITES, NOW, 60_000);
    expect(pushBack(long, WRITES, NOW + 1, 1000).fullAt).toBe(long.fullAt);
  });

  it('slots reserved far ahead stay behind it', () => {
    const { budget } = reserveSlots(undefined, WRITES, 1000, NOW, FAR);
    expect(pushBack(budget, WRITES, NOW, 1000).fullAt).toBe(budget.fullAt);
  });

  it('it is counted, and reservations keep the count', () => {
    const once = pushBack({ fullAt: NOW }, WRITES, NOW, 1000);
    const twice = pushBack(reserveSlots(once, WRITES, 3, NOW, FAR).budget, WRITES, NOW, 1000);
    expect([once.throttled, twice.throttled]).toEqual([1, 2]);
    expect(reserveSlots(undefined, WRITES, 1, NOW, FAR).budget).not.toHaveProperty('throttled');
  });
});

it.each([
  ['never drawn from', undefined, 0],
  ['full again', NOW - 1, 0],
  ['half drawn', NOW + 10_000, 0.5],
  ['empty', NOW + 20_000, 1],
  ['reserved ahead, or pushed back by a 429', NOW + 90_000, 1],
])('a bucket that is %s is used so far', (_what, fullAt, share) => {
  expect(usedShare(fullAt === undefined ? undefined : { fullAt }, WRITES, NOW)).toBe(share);
});
