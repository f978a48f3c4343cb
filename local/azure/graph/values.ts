import { isJsonObject } from '../json.ts';

/** Types as far as this evaluator tells them apart; `dynamic` is anything that came out of JSON. */
export type ValueType = 'string' | 'long' | 'real' | 'bool' | 'datetime' | 'timespan' | 'dynamic';

/** Values at run time: JSON, plus Date for datetime; timespans are numbers of milliseconds. */
export type Row = Readonly<Record<string, unknown>>;

/** KQL's `tostring`: null becomes the empty string, objects become JSON. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A datetime from text; null when it is none. */
export function toDate(value: unknown): Date | null {
  if (value instanceof Date) return value;
  const parsed = new Date(toText(value));
  return Number.isNaN(parsed.getTime()) ? null : parsed;
}

/** A whole number from text or number; null when it is none. */
export function toWhole(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = toText(value).trim();
  const parsed = text === '' ? NaN : Number(text);
  return Number.isFinite(parsed) ? Math.trunc(parsed) : null;
}

/** A truth value from text, number or bool; null when it is none. */
export function toBool(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const text = toText(value).toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}

export function isNullValue(value: unknown): boolean {
  return value === null || value === undefined;
}

/** Equality of KQL: case-sensitive for text, by value for dates and JSON; a number written as text equals the number. */
export function equals(left: unknown, right: unknown): boolean {
  if (left instanceof Date || right instanceof Date) return toDate(left)?.getTime() === toDate(right)?.getTime();
  if (typeof left === typeof right && !isJsonObject(left) && !Array.isArray(left)) return left === right;
  return toText(left) === toText(right);
}

/** Order of two values of one kind; nulls come first, as in an ascending sort. */
export function compare(left: unknown, right: unknown): number {
  if (isNullValue(left) || isNullValue(right)) return Number(isNullValue(right)) - Number(isNullValue(left));
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  const [low, high] = [numeric(left), numeric(right)];
  if (!Number.isNaN(low) && !Number.isNaN(high)) return low - high;
  return compare(toText(left), toText(right));
}

function numeric(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.getTime() : NaN;
}
