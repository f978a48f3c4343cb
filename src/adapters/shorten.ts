import { DETAIL_LENGTH_MAX } from '../contracts/limits.ts';

/** Cuts a text to what may be stored, never inside a character. */
export function shorten(text: string): string {
  if (text.length <= DETAIL_LENGTH_MAX) return text;
  return `${text.slice(0, DETAIL_LENGTH_MAX - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
