import { DETAIL_LENGTH_MAX } from '../contracts/limits.ts';

/** Cuts a text to what may be stored, or to `lengthMax` characters, never inside a character. */
export function shorten(text: string, lengthMax: number = DETAIL_LENGTH_MAX): string {
  if (text.length <= lengthMax) return text;
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
