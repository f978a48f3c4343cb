import { describe, expect, it } from 'vitest';
import { Amount, PositiveAmount, resolveAmount } from '../../src/contracts/amount.ts';

describe('an amount', () => {
  it.each([0, 1, 20_000, '0%', '1%', '25%', '99%', '100%'])('%s is one', (amount) => {
    expect(Amount.parse(amount)).toBe(amount);
  });

  it.each([-1, 1.5, '101%', '1000%', '-5%', '5', '5 %', '%', '05%', '2.5%', '', null, [], true])(
    '%j is none',
    (amount) => {
      expect(Amount.safeParse(amount).success).toBe(false);
    },
  );

  it('of concurrency is never nothing', () => {
    expect([0, '0%'].map((amount) => PositiveAmount.safeParse(amount).success)).toEqual([false, false]);
    expect(PositiveAmount.parse('1%')).toBe('1%');
  });

  it.each([
    [3, 2, 3],
    ['10%', 5, 0],
    ['10%', 29, 2],
    ['33%', 100, 33],
    ['100%', 7, 7],
    ['29%', 100, 29],
    ['57%', 100, 57],
  ])('%s of %i is %i: percents floor, and exactly so', (amount, total, expected) => {
    expect(resolveAmount(amount, total)).toBe(expected);
  });
});
