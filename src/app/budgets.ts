import { parseClusterId } from '../contracts/cluster-id.ts';
import { Transient } from '../contracts/errors.ts';
import {
  ARM_READS,
  ARM_WRITES,
  GRAPH_QUERIES,
  nextSlotAt,
  pushBack,
  reserveSlots,
  type Quota,
} from '../core/throttle/budget.ts';
import type { Deps } from './deps.ts';

/** A quota with the name of its stored budget. */
export interface Pool {
  readonly name: string;
  readonly quota: Quota;
}

export const GRAPH_POOL: Pool = { name: 'graph', quota: GRAPH_QUERIES };

export function writesOf(clusterId: string): Pool {
  return writesOfSubscription(subscriptionOf(clusterId));
}

export function readsOf(clusterId: string): Pool {
  return readsOfSubscription(subscriptionOf(clusterId));
}

export function writesOfSubscription(subscriptionId: string): Pool {
  return { name: `arm-writes.${subscriptionId.toLowerCase()}`, quota: ARM_WRITES };
}

export function readsOfSubscription(subscriptionId: string): Pool {
  return { name: `arm-reads.${subscriptionId.toLowerCase()}`, quota: ARM_READS };
}

export function subscriptionOf(clusterId: string): string {
  return parseClusterId(clusterId)?.subscriptionId ?? '';
}

/** Compare-and-set tries before giving way to whoever is reserving at the same time. */
const TRIES_MAX = 8;

/**
 * Reserves up to `wanted` slots of a quota before `horizonMs` from now, in one compare-and-set (law 5).
 *
 * @returns the time of each slot; fewer than wanted when the quota is used up that far ahead.
 */
export async function reserve(deps: Deps, pool: Pool, wanted: number, horizonMs: number): Promise<readonly number[]> {
  if (wanted === 0) return [];
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const stored = await deps.budgets.read(pool.name);
    const { budget, slots } = reserveSlots(stored?.value, pool.quota, wanted, deps.clock.now(), horizonMs);
    if (slots.length === 0) return [];
    if ((await deps.budgets.write(pool.name, budget, stored?.version)) === 'written') return slots;
  }
  throw new Transient('BudgetContended', `The budget ${pool.name} is being changed by many at once.`, 1000);
}

/** The pages of a question to Resource Graph, each drawn from its quota: pages of one answer belong together, so none waits for its slot. */
export async function* graphPages<T>(deps: Deps, pages: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  await reserve(deps, GRAPH_POOL, 1, Number.MAX_SAFE_INTEGER);
  let isFirst = true;
  for await (const page of pages) {
    if (!isFirst) await reserve(deps, GRAPH_POOL, 1, Number.MAX_SAFE_INTEGER);
    isFirst = false;
    yield page;
  }
}

/** When the quota has its next free slot; nothing is reserved. */
export async function nextSlotOf(deps: Deps, { name, quota }: Pool): Promise<number> {
  return nextSlotAt((await deps.budgets.read(name))?.value, quota, deps.clock.now());
}

/** Records and counts a 429: nobody gets a slot of this quota before `retryAfterMs` has passed. */
export async function recordThrottling(deps: Deps, pool: Pool, retryAfterMs: number): Promise<void> {
  deps.log.warn('azure throttled', { pool: pool.name, retryAfterMs });
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const stored = await deps.budgets.read(pool.name);
    const budget = pushBack(stored?.value, pool.quota, deps.clock.now(), retryAfterMs);
    if ((await deps.budgets.write(pool.name, budget, stored?.version)) === 'written') return;
  }
}

/** The items whose subscription still has a read of ARM to give now, in their order. */
export async function grantReads<T>(
  deps: Deps,
  items: readonly T[],
  clusterIdOf: (item: T) => string,
): Promise<readonly T[]> {
  const bySubscription = Map.groupBy(items, (item) => subscriptionOf(clusterIdOf(item)));
  const granted: T[] = [];
  for (const group of bySubscription.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const slots = await reserve(deps, readsOf(clusterIdOf(first)), group.length, 0);
    granted.push(...group.slice(0, slots.length));
  }
  return granted;
}
