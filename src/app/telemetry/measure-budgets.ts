import { usedShare, type Budget } from '../../core/throttle/budget.ts';
import type { Attributes, Gauge } from '../../ports/telemetry.ts';
import { GRAPH_POOL, readsOfSubscription, writesOfSubscription, type Pool } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** One query for the quotas of all subscriptions. */
export async function measureBudgets({ budgets, subscriptions, clock }: Deps): Promise<readonly Gauge[]> {
  const names = [...armPools(subscriptions).map(({ pool }) => pool.name), GRAPH_POOL.name];
  const stored = await budgets.readAll(names);
  return budgetGauges(subscriptions, stored, clock.now());
}

/** What of each quota is drawn or reserved, and how often Azure Resource Manager answered 429. */
export function budgetGauges(
  subscriptions: readonly string[],
  stored: ReadonlyMap<string, Budget>,
  now: number,
): readonly Gauge[] {
  const arm = armPools(subscriptions);
  const graph = { pool: GRAPH_POOL, attributes: { pool: 'graph' } };
  return [
    {
      name: 'flotilla.budget.used',
      help: 'Share of a quota of Azure that is drawn or reserved now, from 0 to 1.',
      unit: '1',
      values: [...arm, graph].map(({ pool, attributes }) => ({
        attributes,
        value: usedShare(stored.get(pool.name), pool.quota, now),
      })),
    },
    {
      name: 'flotilla.azure.throttled',
      help: 'Requests to Azure Resource Manager that were answered 429.',
      unit: '{request}',
      monotonic: true,
      values: arm.map(({ pool, attributes }) => ({ attributes, value: stored.get(pool.name)?.throttled ?? 0 })),
    },
  ];
}

function armPools(subscriptions: readonly string[]): { pool: Pool; attributes: Attributes }[] {
  return subscriptions.flatMap((subscription) => [
    { pool: writesOfSubscription(subscription), attributes: { pool: 'arm-writes', subscription } },
    { pool: readsOfSubscription(subscription), attributes: { pool: 'arm-reads', subscription } },
  ]);
}
