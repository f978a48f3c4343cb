import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { Transient } from '../../contracts/errors.ts';
import { retryAfterMs, type HeaderReader } from '../retry-after.ts';
import { shorten } from '../shorten.ts';

/** Pause after a 429 that names none: the window of the quota, 15 queries in 5 seconds. */
const RETRY_AFTER_DEFAULT_MS = 5000;

/** 400 that means: none of these subscriptions is there for us. One that is wrong among others is left out silently. */
const NO_ACCESS_CODE = 'NoValidSubscriptionsInQueryRequest';

/**
 * What an answer that is no success means. Missing access counts as passing: a role that was just granted takes minutes to
 * work, and a rollout that waits says so, while one that dies does not come back when the role is there.
 *
 * @returns Transient, or an ordinary Error (a bug of ours) when the service refuses the query itself.
 */
export function answerFault({ status, headers, bodyAsText }: PipelineResponse, nowMs: number): Error {
  const detail = shorten(`Resource Graph answered ${status}: ${bodyAsText ?? ''}`);
  const pause = retryAfterMs(headers, nowMs) ?? quotaResetMs(headers);
  if (status === 429) return new Transient('GraphThrottled', detail, pause ?? RETRY_AFTER_DEFAULT_MS);
  if (status === 401 || status === 403 || detail.includes(NO_ACCESS_CODE))
    return new Transient('GraphForbidden', detail);
  if (status >= 400 && status < 500 && status !== 408) return new Error(detail);
  return new Transient('GraphUnavailable', detail, pause);
}

/** `x-ms-user-quota-resets-after: hh:mm:ss` (guidance for throttled requests). */
export function quotaResetMs(headers: HeaderReader): number | undefined {
  const match = /^(\d{2}):(\d{2}):(\d{2})$/.exec(headers.get('x-ms-user-quota-resets-after') ?? '');
  if (match === null) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map(Number);
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}
