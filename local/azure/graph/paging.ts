import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LocalClock } from '../../clock.ts';
import { invalidQuery } from './errors.ts';
import type { Row } from './values.ts';

/** The base rows of one evaluated query, in order, while its pages are read. */
export interface Result {
  readonly id: number;
  readonly rows: readonly Row[];
  readonly keptAtMs: number;
}

const RESULTS_MAX = 16;
const RESULT_AGE_MS_MAX = 10 * 60 * 1000;

/** Keeps the rows of recent queries, so that the pages of one reading fit together and cost nothing. */
export class ResultCache {
  readonly #clock: LocalClock;
  readonly #results = new Map<number, Result>();
  #count = 0;

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  keep(rows: readonly Row[]): Result {
    const result = { id: this.#count++, rows, keptAtMs: this.#clock.now() };
    this.#results.set(result.id, result);
    const oldest = this.#results.keys().next();
    if (this.#results.size > RESULTS_MAX && oldest.done !== true) this.#results.delete(oldest.value);
    return result;
  }

  /** A result that is still fresh; without one the query is evaluated again from the token's position. */
  find(id: number): Result | undefined {
    const result = this.#results.get(id);
    return result === undefined || this.#clock.now() - result.keptAtMs > RESULT_AGE_MS_MAX ? undefined : result;
  }
}

const position = z.object({ resultId: z.number(), offset: z.number().int().min(0), query: z.string() });

/** A token that clients pass back unread. It belongs to its query. */
export function encodeToken(resultId: number, offset: number, query: string): string {
  return Buffer.from(JSON.stringify({ resultId, offset, query: digest(query) })).toString('base64url');
}

/** @throws ArmError 400 when the token is not ours or was given out for another query */
export function decodeToken(token: string, query: string): { resultId: number; offset: number } {
  const parsed = position.safeParse(jsonOf(token));
  if (parsed.success && parsed.data.query === digest(query)) return parsed.data;
  throw invalidQuery('InvalidSkipToken', 'The $skipToken does not belong to this query.');
}

function jsonOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function digest(query: string): string {
  return createHash('sha256').update(query).digest('base64url').slice(0, 12);
}
