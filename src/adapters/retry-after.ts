import { RETRY_AFTER_SECONDS_MAX } from '../contracts/limits.ts';

/** The one thing that is needed of a header collection. */
export interface HeaderReader {
  get(name: string): string | undefined;
}

/**
 * How long Azure asks to wait, in milliseconds: `x-ms-retry-after-ms`, `retry-after-ms`, or `Retry-After` as seconds or as
 * an HTTP date (RFC 9110, 10.2.3); undefined when it does not say so in a way that can be read.
 */
export function retryAfterMs(headers: HeaderReader, nowMs: number): number | undefined {
  const exact = headers.get('x-ms-retry-after-ms') ?? headers.get('retry-after-ms');
  const askedMs = wholeNumber(exact) ?? pauseMs(headers.get('retry-after'), nowMs);
  return askedMs === undefined ? undefined : Math.min(Math.max(0, askedMs), RETRY_AFTER_SECONDS_MAX * 1000);
}

function pauseMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = wholeNumber(value);
  if (seconds !== undefined) return seconds * 1000;
  // `Date.parse` takes almost anything that begins with a number, so only a date that begins with a day's name counts.
  const dateMs = /^\s*[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(dateMs) ? undefined : dateMs - nowMs;
}

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\s*\d+\s*$/.test(value) ? Number(value) : undefined;
}
