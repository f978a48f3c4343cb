import { expect, it } from 'vitest';
import { recordThrottling, reserve, writesOf, writesOfSubscription } from '../../src/app/budgets.ts';
import { SUBSCRIPTION_A } from '../core/clusters.ts';
import { Bench, idOf } from './support.ts';

it('every 429 is logged and counted, and what is reserved afterwards keeps the count', async () => {
  const { deps } = new Bench([]);
  const warned: unknown[] = [];
  const logging = { ...deps, log: { ...deps.log, warn: (...said: unknown[]) => void warned.push(said) } };
  const pool = writesOf(idOf('c0'));
  await recordThrottling(logging, pool, 4000);
  await recordThrottling(logging, writesOfSubscription(SUBSCRIPTION_A), 1000);
  const said = ['azure throttled', { pool: pool.name, retryAfterMs: 4000 }];
  expect(warned).toEqual([said, [said[0], { pool: pool.name, retryAfterMs: 1000 }]]);
  await reserve(logging, pool, 5, Number.MAX_SAFE_INTEGER);
  expect((await deps.budgets.read(pool.name))?.value.throttled).toBe(2);
});
