import { Refusal } from '../../contracts/errors.ts';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '../../contracts/limits.ts';

/** Characters of a text in a query. Ours: longer than any name or revision. */
const QUERY_TEXT_LENGTH_MAX = 512;

/** One page of a list answer; `continuation` is absent on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly continuation?: string;
}

/** Reads `limit` and `continuation` of a list whose continuation is a number. Throws `Refusal` 400. */
export function readLimit(limit: string | undefined): number {
  if (limit === undefined) return PAGE_SIZE_DEFAULT;
  const value = Number(limit);
  if (Number.isInteger(value) && value >= 1 && value <= PAGE_SIZE_MAX) return value;
  throw refuse('limit', `must be a whole number from 1 to ${PAGE_SIZE_MAX}`);
}

export function readNumberContinuation(continuation: string | undefined): number {
  if (continuation === undefined) return 0;
  if (/^\d{1,9}$/.test(continuation)) return Number(continuation);
  throw refuse('continuation', 'is not one this list gave out; leave it away to start over');
}

/** Reads a query value that is any text: a filter that is empty or endless is a mistake. Throws `Refusal` 400. */
export function readText(field: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value !== '' && value.length <= QUERY_TEXT_LENGTH_MAX) return value;
  throw refuse(field, `must have 1 to ${QUERY_TEXT_LENGTH_MAX} characters`);
}

/** Reads a query value that must be one of a few. Throws `Refusal` 400 naming them. */
export function readChoice<T extends string>(
  field: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one.toLowerCase() === value.toLowerCase());
  if (choice !== undefined) return choice;
  throw refuse(field, `must be one of ${choices.join(', ')}`);
}

/** What a query value that cannot be read is answered with. */
export function refuse(field: string, detail: string): Refusal {
  return new Refusal(400, 'InvalidQuery', `${field} ${detail}`, [{ field, code: 'InvalidQuery', detail }]);
}
