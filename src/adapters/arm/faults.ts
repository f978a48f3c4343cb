import { DETAIL_LENGTH_MAX } from '../../contracts/limits.ts';
import type { ArmFault } from '../../ports/arm.ts';
import { retryAfterMs, type HeaderReader } from '../retry-after.ts';
import type { ArmErrorText } from './error-body.ts';

/** Pause after a 429 that names none. Ours: half of what an empty write bucket needs to refill (200 at 10 per second). */
const RETRY_AFTER_DEFAULT_MS = 10_000;

/** 429 of a resource provider that means "busy with another operation", not "over the limit" (ARM request limits). */
const BUSY_CODES = ['RetryableErrorDueToAnotherOperation'];

/** What an answer that is no success means, by its status; 404 is judged elsewhere and ends here as refused. */
export function faultOf(status: number, error: ArmErrorText, headers: HeaderReader, nowMs: number): ArmFault {
  const { code } = error;
  const detail = shorten(error.message);
  const afterMs = retryAfterMs(headers, nowMs);
  const pause = afterMs === undefined ? {} : { retryAfterMs: afterMs };
  if (status === 429 && !BUSY_CODES.includes(code)) {
    return { kind: 'throttled', retryAfterMs: afterMs ?? RETRY_AFTER_DEFAULT_MS };
  }
  if (status === 429 || status === 409 || status === 412) return { kind: 'conflict', code, detail, ...pause };
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', code, detail };
  return { kind: 'unavailable', code, detail, ...pause };
}

/** Cuts a text to what may be stored, never inside a character. */
export function shorten(text: string): string {
  if (text.length <= DETAIL_LENGTH_MAX) return text;
  return `${text.slice(0, DETAIL_LENGTH_MAX - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
