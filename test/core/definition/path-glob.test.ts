import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePathGlob } from '../../../src/core/definition/path-glob.ts';

describe('a glob over paths', () => {
  it.each([
    ['main', ['main'], ['Main', 'main2', 'a/main']],
    ['*', ['main', ''], ['a/b', '/']],
    ['**', ['main', 'a/b/c', ''], []],
    ['release/*', ['release/1', 'release/'], ['release', 'release/1/2', 'Release/1']],
    ['release/**', ['release/1', 'release/1/2'], ['release', 'xrelease/1']],
    ['**/*.yaml', ['a.yaml', 'x/a.yaml', 'x/y/a.yaml'], ['a.yaml/b', 'a.yml']],
    ['apps/**/base/*', ['apps/base/a', 'apps/x/y/base/a'], ['apps/base/a/b', 'appsx/base/a', 'apps/xbase/a']],
    ['a**b', ['ab', 'axb', 'a/x/b'], ['ba']],
    ['a/**b', ['a/b', 'a/xb', 'a/x/b'], ['ab']],
    ['***', ['a', 'a/b'], []],
    ['a?c', ['abc'], ['a/c', 'ac']],
    ['a[!b]c', ['axc'], ['a/c', 'abc']],
    ['a[/]c', [], ['a/c']],
    ['{apps/shop,infra}/**', ['apps/shop/a', 'infra/b/c'], ['apps/infra/a', 'shop/a']],
    ['{**/a,b}', ['a', 'x/y/a', 'b'], ['x/b']],
    ['v[0-9]*', ['v1.2', 'v2'], ['vx', 'v1/2']],
    ['a{b', ['a{b'], ['ab']],
    ['@(a|b)', ['@(a|b)'], ['a']],
  ])('%s', (glob, yes, no) => {
    const matches = compilePathGlob(glob);
    expect([yes.filter((name) => !matches(name)), no.filter((name) => matches(name))]).toEqual([[], []]);
  });

  it('agrees with a regular expression on everything that both can say', () => {
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
    const segment = fc.constantFrom('*', '?', 'a', 'b', '[ab]', '[!a]', '{a,b*}', 'a*', '*b');
    const glob = fc.tuple(fc.array(fc.oneof(segment, fc.constant('**')), { maxLength: 4 }), fc.boolean());
    fc.assert(
      fc.property(glob, path, ([segments, endsInAll], name) => {
        const all = [...segments, ...(endsInAll ? ['**'] : ['a'])];
        const source = all.map((one, index) => {
          if (one === '**') return index === all.length - 1 ? '.*' : '(?:.*/)?';
          return (REGULAR[one] ?? one) + (index === all.length - 1 ? '' : '/');
        });
        expect(compilePathGlob(all.join('/'))(name)).toBe(new RegExp(`^(?:${source.join('')})$`).test(name));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['**/'.repeat(80), '*/**/'.repeat(50), '{**/,*}'.repeat(30), '**a'.repeat(80), '?*'.repeat(120)])(
    'that is hostile finishes: %s',
    (glob) => {
      const matches = compilePathGlob(glob);
      for (const path of ['a/'.repeat(512), 'a'.repeat(1024), '/'.repeat(1024)])
        expect(typeof matches(path)).toBe('boolean');
    },
  );
});

const REGULAR: Readonly<Record<string, string>> = {
  '*': '[^/]*',
  '?': '[^/]',
  '[!a]': '[^a/]',
  '{a,b*}': '(?:a|b[^/]*)',
  'a*': 'a[^/]*',
  '*b': '[^/]*b',
};
