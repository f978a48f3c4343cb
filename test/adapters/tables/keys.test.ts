import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyPart, numbered, numberedRange } from '../../../src/adapters/tables/keys.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('~', '~7e', '~sha256-', ''),
);

describe('keyPart', () => {
  it('gives a legal part of a key for any text', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(keyPart(any)).toMatch(/^[A-Za-z0-9._~-]{1,200}$/);
      }),
    );
  });

  it('gives different parts for different texts', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(keyPart(one) === keyPart(other)).toBe(one === other);
      }),
    );
  });

  it('keeps ids as they are, so that they keep their order', () => {
    expect(keyPart('01JDABCDEFGHJKMNPQRSTVWXYZ')).toBe('01JDABCDEFGHJKMNPQRSTVWXYZ');
  });
});

describe('numbered', () => {
  const number = fc.integer({ min: 0, max: 99_999_999 });

  it('sorts as numbers do', () => {
    fc.assert(
      fc.property(number, number, (one, other) => {
        expect(numbered('c', one) < numbered('c', other)).toBe(one < other);
      }),
    );
  });

  it('lies in a range when the number does', () => {
    fc.assert(
      fc.property(number, fc.integer(), fc.integer(), (value, first, last) => {
        const key = numbered('c', value);
        const { from, before } = numberedRange('c', first, last);
        expect(key >= from && key < before).toBe(value >= first && value <= last);
      }),
    );
  });

  it.each([-1, 1.5, 1e8, Number.NaN])('refuses %d', (value) => {
    expect(() => numbered('c', value)).toThrow(/row key/);
  });
});
