import type { Quota } from '../../core/throttle/budget.ts';

/** ARM's token bucket of one subscription: refused requests cost nothing, but nothing is let through before Retry-After. */
export class ArmBucket {
  readonly #quota: Quota;
  #tokens: number;
  #at: number;
  #blockedUntil = 0;

  constructor(quota: Quota, now: number) {
    this.#quota = quota;
    this.#tokens = quota.capacity;
    this.#at = now;
  }

  /** Takes one token: undefined when there was one, else how long to stay away. */
  take(now: number): number | undefined {
    const { capacity, refillPerSecond } = this.#quota;
    this.#tokens = Math.min(capacity, this.#tokens + ((now - this.#at) * refillPerSecond) / 1000);
    this.#at = now;
    if (now < this.#blockedUntil) return this.#blockedUntil - now;
    if (this.#tokens < 1)
      return this.block(now, Math.max(1000, Math.ceil(((1 - this.#tokens) / refillPerSecond) * 1000)));
    this.#tokens -= 1;
    return undefined;
  }

  /** Refuses everything for a while, as when somebody else used the bucket up. */
  block(now: number, retryAfterMs: number): number {
    this.#blockedUntil = Math.max(this.#blockedUntil, now + retryAfterMs);
    return this.#blockedUntil - now;
  }
}
