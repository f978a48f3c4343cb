import type { LocalClock } from '../../clock.ts';
import { ArmError } from './errors.ts';

/** What a request costs: POST counts as a write (azure.md 1.1). */
export type OperationType = 'reads' | 'writes' | 'deletes';

/**
 * Size and refill per second of ARM's token buckets for one subscription (and, with the same numbers, for the tenant).
 * Source: Azure documentation "Understand how Azure Resource Manager throttles requests", public cloud since 2024.
 */
export const BUCKETS: Readonly<Record<OperationType, { readonly size: number; readonly perSecond: number }>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
};

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** The operation type of an HTTP method. */
export function operationTypeOf(method: string): OperationType {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

/**
 * One token bucket per subscription and operation type. All tokens of callers share it, so that a test which invents a new
 * bearer token per request cannot escape the limit; real ARM counts per principal.
 */
export class Throttle {
  readonly #clock: LocalClock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /**
   * Takes one token and returns the header that tells what is left.
   *
   * @param subscriptionId undefined for calls on the tenant, such as the list of subscriptions
   * @throws ArmError 429 `SubscriptionRequestsThrottled` with Retry-After when the bucket is empty; nothing is taken then.
   */
  take(subscriptionId: string | undefined, type: OperationType): Record<string, string> {
    const limit = BUCKETS[type];
    const scope = subscriptionId === undefined ? 'tenant' : 'subscription';
    const bucket = this.#filled(`${subscriptionId ?? ''}/${type}`, limit);
    const header = `x-ms-ratelimit-remaining-${scope}-${type}`;
    if (bucket.tokens < 1) {
      const retryAfterSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / limit.perSecond));
      throw new ArmError(
        429,
        { code: 'SubscriptionRequestsThrottled', message: throttledMessage(subscriptionId, type, retryAfterSeconds) },
        { 'Retry-After': String(retryAfterSeconds), [header]: '0' },
      );
    }
    bucket.tokens -= 1;
    return { [header]: String(Math.floor(bucket.tokens)) };
  }

  #filled(key: string, limit: { size: number; perSecond: number }): Bucket {
    const nowMs = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: limit.size, filledAtMs: nowMs };
    this.#buckets.set(key, bucket);
    const gained = ((nowMs - bucket.filledAtMs) / 1000) * limit.perSecond;
    bucket.tokens = Math.min(limit.size, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    return bucket;
  }
}

function throttledMessage(subscriptionId: string | undefined, type: OperationType, seconds: number): string {
  const scope = subscriptionId === undefined ? 'the tenant' : `subscription '${subscriptionId}'`;
  return `The ${type} of ${scope} are over the limit. Please try again after '${seconds}' seconds.`;
}
