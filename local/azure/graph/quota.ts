import type { LocalClock } from '../../clock.ts';
import { ArmError } from '../http/errors.ts';

/** Resource Graph allows a user 15 queries in 5 seconds (guidance for throttled requests; azure.md 2.3). */
const QUERIES_MAX = 15;
const WINDOW_MS = 5000;

/** The moving window over the last queries. As with ARM's buckets, all callers share it. */
export class GraphQuota {
  readonly #clock: LocalClock;
  #takenMs: number[] = [];

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** Counts one query and returns the quota headers. @throws ArmError 429 with Retry-After; the query does not count then */
  take(): Record<string, string> {
    const nowMs = this.#clock.now();
    this.#takenMs = this.#takenMs.filter((takenMs) => takenMs > nowMs - WINDOW_MS);
    const resetSeconds = Math.max(1, Math.ceil(((this.#takenMs[0] ?? nowMs) + WINDOW_MS - nowMs) / 1000));
    const resets = { 'x-ms-user-quota-resets-after': `00:00:${String(resetSeconds).padStart(2, '0')}` };
    if (this.#takenMs.length >= QUERIES_MAX) {
      throw new ArmError(
        429,
        {
          code: 'RateLimiting',
          message:
            'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed.',
        },
        { ...resets, 'x-ms-user-quota-remaining': '0', 'Retry-After': String(resetSeconds) },
      );
    }
    this.#takenMs.push(nowMs);
    return { ...resets, 'x-ms-user-quota-remaining': String(QUERIES_MAX - this.#takenMs.length) };
  }
}
