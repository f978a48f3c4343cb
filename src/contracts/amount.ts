import { z } from 'zod';

/** A number of clusters, or a percent of the clusters it is measured against. */
export const Amount = z.union([
  z.number().int().nonnegative(),
  z
    .string()
    .regex(/^(100|[1-9]?\d)%$/, 'is not a percent between 0% and 100%')
    .describe('percent, such as 25%'),
]);
export type Amount = z.infer<typeof Amount>;

/** Like `Amount`, but zero makes no sense (`maxConcurrency`). */
export const PositiveAmount = Amount.refine((amount) => amount !== 0 && amount !== '0%', {
  message: 'must be at least 1 or 1%',
});

/** Resolves an amount against `total`: percents floor (product, "Failure budget"). */
export function resolveAmount(amount: Amount, total: number): number {
  if (typeof amount === 'number') return amount;
  return Math.floor((total * Number(amount.slice(0, -1))) / 100);
}
