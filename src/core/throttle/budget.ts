/**
 * A quota as Azure meters it: a bucket that holds `capacity` and refills by `refillPerSecond` (reference: ARM request
 * limits). It is kept as the time at which the bucket will be full again, which is one number and makes reserving a whole
 * batch of slots one compare-and-set (architecture, law 5).
 */
export interface Budget {
  /** The bucket is full at this time (milliseconds) if nothing more is reserved. */
  readonly fullAt: number;
  /** How often Azure answered 429, since the row was first written. Absent before the first time. */
  readonly throttled?: number | undefined;
}

export interface Quota {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/**
 * ARM, per subscription and principal (public cloud): buckets of 200 writes and 250 reads. A bucket does not fill while it
 * is full, so every second by which the first of a burst starts late is one second's refill lost: a tenth is left for that.
 */
export const ARM_WRITES: Quota = { capacity: 180, refillPerSecond: 10 };
export const ARM_READS: Quota = { capacity: 225, refillPerSecond: 25 };
/** Resource Graph, per principal: 15 queries in 5 seconds; 10 in a burst leave room for the pages that follow a query. */
export const GRAPH_QUERIES: Quota = { capacity: 10, refillPerSecond: 2 };

/**
 * Reserves up to `wanted` slots that lie before `horizonMs` from now.
 *
 * @returns the new budget and the time of each slot, earliest first; fewer than wanted when the horizon is reached.
 */
export function reserveSlots(
  budget: Budget | undefined,
  quota: Quota,
  wanted: number,
  now: number,
  horizonMs: number,
): { readonly budget: Budget; readonly slots: readonly number[] } {
  const msPerSlot = 1000 / quota.refillPerSecond;
  const bucketMs = quota.capacity * msPerSlot;
  let fullAt = Math.max(budget?.fullAt ?? now, now);
  const slots: number[] = [];
  while (slots.length < wanted) {
    const slotAt = Math.max(now, Math.ceil(fullAt + msPerSlot - bucketMs));
    if (slotAt > now + horizonMs) break;
    slots.push(slotAt);
    fullAt += msPerSlot;
  }
  return { budget: { ...budget, fullAt }, slots };
}

/** When the next slot will be free, without reserving it. */
export function nextSlotAt(budget: Budget | undefined, quota: Quota, now: number): number {
  const msPerSlot = 1000 / quota.refillPerSecond;
  const fullAt = Math.max(budget?.fullAt ?? now, now);
  return Math.max(now, Math.ceil(fullAt + msPerSlot - quota.capacity * msPerSlot));
}

/** After a 429: it is counted, the bucket is empty, and nobody gets a slot before `retryAfterMs` has passed. */
export function pushBack(budget: Budget | undefined, quota: Quota, now: number, retryAfterMs: number): Budget {
  const bucketMs = (quota.capacity * 1000) / quota.refillPerSecond;
  return {
    fullAt: Math.max(budget?.fullAt ?? now, now + retryAfterMs + bucketMs),
    throttled: (budget?.throttled ?? 0) + 1,
  };
}

/** How much of the bucket is drawn or reserved, from 0 to 1. */
export function usedShare(budget: Budget | undefined, quota: Quota, now: number): number {
  const bucketMs = (quota.capacity * 1000) / quota.refillPerSecond;
  return Math.min(1, Math.max(0, (budget?.fullAt ?? now) - now) / bucketMs);
}
