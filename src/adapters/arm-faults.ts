import type { ArmFault } from '../ports/arm.ts';
import { shorten } from './shorten.ts';
import { retryAfterMs, type HeaderReader } from './retry-after.ts';
import type { ArmErrorText } from './arm-error-body.ts';

/** Pause after a 429 that names none. Ours: half of what an empty write bucket needs to refill (200 at 10 per second). */
const RETRY_AFTER_DEFAULT_MS = 10_000;

/** 429 of a resource provider that means "busy with another operation", not "over the limit" (ARM request limits). */
const BUSY_CODES = ['RetryableErrorDueToAnotherOperation'];

/** 409 that somebody has to end: a provider to register, a lock to lift, a subscription to pay (ARM common errors). */
const LASTING_CODES = ['MissingSubscriptionRegistration', 'ScopeLocked', 'ReadOnlyDisabledSubscription'];

/** What an answer that is no success means, by its status; 404 is judged elsewhere and ends here as refused. */
export function faultOf(status: number, error: ArmErrorText, headers: HeaderReader, nowMs: number): ArmFault {
  const { code } = error;
  const detail = shorten(error.message);
  const afterMs = retryAfterMs(headers, nowMs);
  const pause = afterMs === undefined ? {} : { retryAfterMs: afterMs };
  if (status === 429 && !BUSY_CODES.includes(code)) {
    return { kind: 'throttled', retryAfterMs: afterMs ?? RETRY_AFTER_DEFAULT_MS };
  }
  if (LASTING_CODES.includes(code)) return { kind: 'refused', code, detail };
  if (status === 429 || status === 409 || status === 412) return { kind: 'conflict', code, detail, ...pause };
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', code, detail };
  return { kind: 'unavailable', code, detail, ...pause };
}
