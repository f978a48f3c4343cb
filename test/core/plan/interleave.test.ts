import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interleave } from '../../../src/core/plan/interleave.ts';
import { cluster, SUBSCRIPTION_A, SUBSCRIPTION_B } from '../clusters.ts';

function fleet(a: number, b: number) {
  const of = (count: number, subscriptionId: string, prefix: string) =>
    Array.from({ length: count }, (_, n) => cluster(`${prefix}${String(n).padStart(3, '0')}`, { subscriptionId }));
  return [...of(a, SUBSCRIPTION_A, 'a'), ...of(b, SUBSCRIPTION_B, 'b')];
}

it('draws on every subscription in proportion', () => {
  const order = interleave(fleet(6, 2)).map(({ name }) => name.charAt(0));
  expect(order.join('')).toBe('aabaaaba');
});

it('over any stretch, a subscription is never more than one cluster away from its share', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (a, b) => {
      const order = interleave(fleet(a, b));
      let seen = 0;
      order.forEach(({ subscriptionId }, index) => {
        if (subscriptionId === SUBSCRIPTION_A) seen += 1;
        expect(Math.abs(seen - ((index + 1) * a) / (a + b))).toBeLessThanOrEqual(1);
      });
    }),
  );
});

it('loses nobody, adds nobody, and does not depend on the order it was given', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(fleet(12, 7)), (some) => {
      const order = interleave(some);
      expect(new Set(order)).toEqual(new Set(some));
      expect(order).toHaveLength(some.length);
      expect(interleave([...some].reverse())).toEqual(order);
    }),
  );
});

it('takes subscriptions without case', () => {
  const mixed = [
    cluster('a', { subscriptionId: SUBSCRIPTION_A }),
    cluster('b', { subscriptionId: SUBSCRIPTION_A.toUpperCase() }),
  ];
  expect(interleave(mixed).map(({ name }) => name)).toHaveLength(2);
});
