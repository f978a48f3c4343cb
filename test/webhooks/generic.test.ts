import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldMapping } from '../../src/contracts/webhook.ts';
import { generic } from '../../src/webhooks/generic.ts';
import { valueAt } from '../../src/webhooks/json-pointer.ts';
import { A, B, DIGEST, pushesOf, refusedField, translate, ZEROS } from './deliveries.ts';

const GIT = FieldMapping.parse({
  repository: '/repo/url',
  ref: '/ref',
  before: '/old',
  after: '/new',
  at: '/time',
  changedPaths: '/files',
});
const OCI = FieldMapping.parse({ source: 'oci', repository: '/image', ref: '/tag', after: '/digest' });
const BODY = { repo: { url: 'git@git.contoso.com:platform/fleet.git' }, ref: 'refs/heads/main', old: A, new: B };

it('a push, with all that a mapping can name', () => {
  const body = { ...BODY, time: '2026-03-01T10:00:00+01:00', files: ['a.yaml'] };
  expect(pushesOf(generic, {}, body, GIT)).toEqual([
    {
      source: 'git',
      repository: 'git.contoso.com/platform/fleet',
      ref: { kind: 'branch', name: 'main' },
      before: A,
      after: B,
      at: Date.parse('2026-03-01T09:00:00Z'),
      changedPaths: ['a.yaml'],
    },
  ]);
});

it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
  ['the name of a branch', { ref: 'main' }, { ref: { kind: 'branch', name: 'main' } }],
  ['a tag', { ref: 'refs/tags/v1' }, { ref: { kind: 'tag', name: 'v1' } }],
  [
    'host and path of a repository',
    { repo: { url: 'git.contoso.com/Platform/fleet' } },
    { repository: 'git.contoso.com/platform/fleet' },
  ],
  ['created', { old: ZEROS }, { before: null, after: B }],
  ['created, said by null', { old: null }, { before: null, after: B }],
  ['deleted', { new: ZEROS }, { before: A, after: null }],
  ['deleted, said by null', { new: null }, { before: A, after: null }],
  ['seconds since the epoch', { time: 1772355600.5 }, { at: 1772355600_500 }],
])('%s', (_case, changes, expected) => {
  expect(pushesOf(generic, {}, { ...BODY, ...changes }, GIT)).toMatchObject([expected]);
});

it('what the body does not hold is not known', () => {
  const [push] = pushesOf(generic, {}, { ...BODY, old: undefined }, GIT);
  expect(Object.keys(push!).sort()).toEqual(['after', 'ref', 'repository', 'source']);
  const { repository, ref, after } = GIT;
  const [unmapped] = pushesOf(
    generic,
    {},
    { ...BODY, time: 1, files: ['a'] },
    { source: 'git', repository, ref, after },
  );
  expect(Object.keys(unmapped!).sort()).toEqual(['after', 'ref', 'repository', 'source']);
});

it.each([[[]], [Array.from({ length: 5001 }, (_, index) => `${index}`)], [['x'.repeat(1025)]]])(
  'lists of files that cannot be whole are not known',
  (files) => {
    expect(pushesOf(generic, {}, { ...BODY, files }, GIT)[0]).not.toHaveProperty('changedPaths');
  },
);

it('a tag of a registry', () => {
  const expected = {
    source: 'oci',
    repository: 'registry.contoso.com/fleet',
    ref: { kind: 'tag', name: 'v1' },
    after: DIGEST,
  };
  for (const image of ['registry.contoso.com/fleet', 'oci://registry.contoso.com/fleet']) {
    expect(pushesOf(generic, {}, { image, tag: 'v1', digest: DIGEST }, OCI)).toEqual([expected]);
  }
});

it('nothing moved', () => {
  expect(translate(generic, {}, { ...BODY, old: B }, GIT)).toMatchObject({ kind: 'ignored', code: 'NothingMoved' });
});

it.each<[string, unknown]>([
  ['/repo/url', { ...BODY, repo: {} }],
  ['/repo/url', { ...BODY, repo: { url: 'ext::sh -c id' } }],
  ['/repo/url', { ...BODY, repo: { url: 'oci://registry.contoso.com/fleet' } }],
  ['/ref', { ...BODY, ref: 7 }],
  ['/new', { ...BODY, new: undefined }],
  ['/new', { ...BODY, new: 'main' }],
  ['/new', { ...BODY, new: DIGEST }],
  ['/old', { ...BODY, old: 7 }],
  ['/time', { ...BODY, time: 'yesterday' }],
  ['/time', { ...BODY, time: '2026-03-01T10:00:00' }],
  ['/time', { ...BODY, time: 1772355600_000 }],
  ['/files', { ...BODY, files: 'a.yaml' }],
  ['/files[1]', { ...BODY, files: ['a.yaml', 7] }],
  ['/repo/url', null],
  ['/repo/url', 'text'],
])('the wrong shape: %s', (field, body) => {
  expect(refusedField(() => translate(generic, {}, body, GIT))).toBe(field);
});

it('a digest where a registry is followed', () => {
  const body = { image: 'registry.contoso.com/fleet', tag: 'v1', digest: B };
  expect(refusedField(() => translate(generic, {}, body, OCI))).toBe('/digest');
});

it('a long pointer is cut in the answer', () => {
  const after = `/${'x'.repeat(199)}`;
  expect(refusedField(() => translate(generic, {}, BODY, { ...GIT, after }))).toBe(after.slice(0, 80));
});

describe('JSON pointers (RFC 6901, section 5)', () => {
  const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'm~n': 8, '~1': 9 };
  it.each<[string, unknown]>([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/m~0n', 8],
    ['/~01', 9],
    ['/foo/2', undefined],
    ['/foo/01', undefined],
    ['/foo/-', undefined],
    ['/foo/length', undefined],
    ['/foo/0/length', undefined],
    ['/toString', undefined],
    ['/constructor/prototype', undefined],
    ['/__proto__', undefined],
  ])('%j', (pointer, value) => {
    expect(valueAt(document, pointer)).toEqual(value);
  });

  it('find every value of any document, and never throw', () => {
    const key = fc.string({ maxLength: 5 });
    fc.assert(
      fc.property(fc.dictionary(key, fc.dictionary(key, fc.jsonValue())), key, key, (tree, first, second) => {
        const escape = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');
        const own = Object.hasOwn(tree, first) ? tree[first]! : undefined;
        const expected = own !== undefined && Object.hasOwn(own, second) ? own[second] : undefined;
        expect(valueAt(tree, `/${escape(first)}/${escape(second)}`)).toEqual(expected);
      }),
    );
  });
});
