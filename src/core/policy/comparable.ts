import { canonicalJson } from '../canonical-json.ts';

/** A value as Policy's `equals` compares it: without case, numbers and flags like their texts, absent like empty. */
export function comparable(value: unknown): string {
  if (value === null || value === undefined) return '';
  return (typeof value === 'string' ? value : canonicalJson(value)).toLowerCase();
}
