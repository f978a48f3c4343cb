import type { Ids } from '../../../src/ports/ids.ts';
import type { Random } from '../kernel/random.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** ULIDs of one process: time of its own clock, then random digits; never two in the wrong order. */
export function simIds(now: () => number, random: Random): Ids {
  let latest = '';
  return {
    next: () => {
      let id = encode(now(), 10) + Array.from({ length: 16 }, () => ALPHABET[random.int(0, 31)]).join('');
      // As the ulid library does: within one millisecond, or when the clock steps back, the former id is incremented.
      if (id <= latest) id = increment(latest);
      latest = id;
      return id;
    },
  };
}

function encode(value: number, digits: number): string {
  let text = '';
  for (let rest = Math.floor(value); text.length < digits; rest = Math.floor(rest / 32))
    text = `${ALPHABET[rest % 32] ?? ''}${text}`;
  return text;
}

function increment(id: string): string {
  const digits = [...id];
  for (let index = digits.length - 1; index >= 0; index--) {
    const next = ALPHABET.indexOf(digits[index] ?? '') + 1;
    digits[index] = ALPHABET[next % 32] ?? '0';
    if (next < 32) break;
  }
  return digits.join('');
}
