import { isJson, type Json } from './json.ts';

/** Readers of raw JSON. They guess nothing: what is absent, null, empty or of another type stays undefined (law 7). */

/** An object; empty when there is none. */
export function objectOf(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** A list; empty when there is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Milliseconds since the epoch of an ISO 8601 time. */
export function timeOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
