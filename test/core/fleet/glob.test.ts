import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../../src/core/fleet/glob.ts';

describe('a glob', () => {
  it.each([
    ['edge-1', ['edge-1', 'EDGE-1'], ['edge-11', 'xedge-1', '']],
    ['*', ['', 'a', '.hidden', 'a/b'], []],
    ['edge-*', ['edge-', 'edge-1', 'Edge-x-y'], ['edge', 'xedge-1']],
    ['*-prod', ['weu-prod', '-prod'], ['prod', 'weu-prod1']],
    ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a', '']],
    ['e?ge', ['edge', 'exge'], ['ege', 'eddge']],
    ['c[0-3]', ['c0', 'c3'], ['c4', 'c', 'c00']],
    ['c[13x]', ['c1', 'cX'], ['c2']],
    ['c[!0-3]', ['c4', 'cx'], ['c0', 'c']],
    ['c[^0-3]', ['c9'], ['c2']],
    ['c[]x]', ['c]', 'cx'], ['c']],
    ['c[a-]', ['ca', 'c-'], ['cb']],
    ['{weu,neu}-*', ['weu-1', 'neu-'], ['seu-1', 'weu']],
    ['{a,{b,c}d}e', ['ae', 'bde', 'cde'], ['be', 'ade']],
    ['a{,-old}', ['a', 'a-old'], ['a-']],
    ['{a*,*b}c', ['ac', 'axc', 'xbc'], ['xc']],
    ['a{b', ['a{b'], ['ab']],
    ['a[b', ['a[b'], ['ab']],
    ['a}b', ['a}b'], ['ab']],
    ['!(a)', ['!(a)'], ['a', 'b']],
    ['!edge', ['!edge'], ['other']],
    ['+(a|b)', ['+(a|b)'], ['a', 'ab']],
    ['(a|b)', ['(a|b)'], ['a', 'b']],
    ['a.b+', ['a.b+'], ['axb', 'a.bb']],
    ['\\*', ['\\', '\\x'], ['*']],
  ])('%s', (glob, yes, no) => {
    const matches = compileGlob(glob);
    expect([yes.filter((name) => !matches(name)), no.filter((name) => matches(name))]).toEqual([[], []]);
  });

  it.each([
    '*a'.repeat(30) + 'c',
    '*'.repeat(128),
    '{a,b}'.repeat(25),
    '{a,'.repeat(42),
    `${'{a,'.repeat(31)}${'}'.repeat(31)}`,
    '{*,*}'.repeat(25),
    '[a-'.repeat(42),
    '?*'.repeat(64),
    '(a+)+'.repeat(20),
  ])('that is hostile finishes: %s', (glob) => {
    const matches = compileGlob(glob);
    for (const name of ['a'.repeat(260), `${'a'.repeat(259)}b`, '']) expect(typeof matches(name)).toBe('boolean');
  });

  it('agrees with a regular expression on everything that both can say', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
    const piece = fc.constantFrom('*', '?', 'a', 'b', '-', '[ab]', '[!a]', '{a,b*}', '{,-}');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), text, (pieces, name) => {
        const source = pieces.map((one) => REGULAR[one] ?? one).join('');
        expect(compileGlob(pieces.join(''))(name)).toBe(new RegExp(`^(?:${source})$`).test(name));
      }),
      { numRuns: 500 },
    );
  });
});

const REGULAR: Readonly<Record<string, string>> = {
  '*': '.*',
  '?': '.',
  '[!a]': '[^a]',
  '{a,b*}': '(?:a|b.*)',
  '{,-}': '(?:|-)',
};
