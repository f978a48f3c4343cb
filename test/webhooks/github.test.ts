import examples from '@octokit/webhooks-examples';
import { describe, expect, it } from 'vitest';
import { github } from '../../src/webhooks/github.ts';
import { B, commitsOf, DIGEST, pushesOf, refusedField, translate, ZEROS } from './deliveries.ts';
import imagePublished from './fixtures/github-package.json' with { type: 'json' };

type Body = Record<string, unknown>;
const all = examples as unknown as readonly { readonly name: string; readonly examples: readonly Body[] }[];
const PUSH = { 'x-github-event': 'push' };
const HEAD = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const TAG_OBJECT = 'e'.repeat(40);

function exampleOf(name: string, index = 0): Body {
  return all.find((event) => event.name === name)!.examples[index]!;
}

/** GitHub's example of a push to a branch, as one that only added commits. */
function pushWith(changes: Body): Body {
  const push = exampleOf('push', 4);
  return { ...push, before: 'c'.repeat(40), after: HEAD, created: false, ...changes };
}

describe("GitHub's own examples", () => {
  it('a branch is created', () => {
    expect(pushesOf(github, PUSH, exampleOf('push', 4))).toEqual([
      {
        source: 'git',
        repository: 'github.com/codertocat/hello-world',
        ref: { kind: 'branch', name: 'master' },
        before: null,
        after: HEAD,
        at: 1557933657_000,
        forced: false,
        by: 'Codertocat',
      },
    ]);
  });

  it('a tag is created', () => {
    const [push] = pushesOf(github, PUSH, exampleOf('push', 0));
    expect(push).toMatchObject({ ref: { kind: 'tag', name: 'simple-tag' }, before: null, after: HEAD });
  });

  it('a tag is deleted', () => {
    const [push] = pushesOf(github, PUSH, exampleOf('push', 1));
    expect(push).toMatchObject({ ref: { kind: 'tag', name: 'simple-tag' }, before: HEAD, after: null });
  });

  it('ping, and events that say less than the push beside them', () => {
    expect(translate(github, { 'x-github-event': 'ping' }, exampleOf('ping'))).toMatchObject({ code: 'Ping' });
    for (const name of ['create', 'delete']) {
      expect(translate(github, { 'x-github-event': name }, exampleOf(name))).toMatchObject({ code: 'ToldByPush' });
    }
  });

  it('every example of every event is understood or ignored', () => {
    const kinds = all.flatMap(({ name, examples: bodies }) =>
      bodies.map((body) => `${name}: ${translate(github, { 'x-github-event': name }, body).kind}`),
    );
    expect(kinds.length).toBeGreaterThan(300);
    expect(new Set(kinds.filter((kind) => kind.endsWith('pushes')))).toEqual(new Set(['push: pushes']));
  });

  it('a package that is no image, and an image without a tag', () => {
    for (const index of [0, 1]) {
      const translated = translate(github, { 'x-github-event': 'package' }, exampleOf('package', index));
      expect(translated).toMatchObject({ kind: 'ignored', code: 'NoTag' });
    }
  });
});

describe('a push', () => {
  it('tells the files that it changed', () => {
    const commits = [
      { added: ['a.yaml'], removed: ['b.yaml'], modified: [] },
      { added: [], removed: [], modified: ['c.yaml', 'a.yaml'] },
    ];
    const [push] = pushesOf(github, PUSH, pushWith({ commits }));
    expect(push).toMatchObject({ before: 'c'.repeat(40), after: HEAD, forced: false });
    expect(push!.changedPaths).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
  });

  it('of a monorepo: 2,000 changed files', () => {
    const [push] = pushesOf(github, PUSH, pushWith({ commits: commitsOf(4, 500) }));
    expect(push!.changedPaths).toHaveLength(2000);
  });

  it.each<[string, Body]>([
    ['forced: the commits that are gone are not listed', { forced: true, commits: commitsOf(1, 1) }],
    ['created: commits are counted from another branch', { before: ZEROS, commits: commitsOf(1, 1) }],
    ['without commits', { commits: [] }],
    ['a commit without files', { commits: [...commitsOf(1, 1), { added: [], removed: [], modified: [] }] }],
    ['a commit whose lists are missing', { commits: [...commitsOf(1, 1), { id: B }] }],
    ['as many commits as GitHub lists at most', { commits: commitsOf(2048, 1) }],
    ['as many files of a commit as GitHub lists at most', { commits: commitsOf(1, 3000) }],
    ['more files than are kept', { commits: commitsOf(2, 2600) }],
    ['a path that is too long', { commits: [{ added: ['x'.repeat(1025)], removed: [], modified: [] }] }],
    ['of a tag', { ref: 'refs/tags/v1', commits: commitsOf(1, 1) }],
  ])('does not tell all its files: %s', (_case, changes) => {
    expect(pushesOf(github, PUSH, pushWith(changes))[0]).not.toHaveProperty('changedPaths');
  });

  it('is marked when it was forced', () => {
    const [push] = pushesOf(github, PUSH, pushWith({ forced: true }));
    expect(push).toMatchObject({ before: 'c'.repeat(40), after: HEAD, forced: true });
  });

  it('of an annotated tag: the commit, not the tag object', () => {
    const tag = { ref: 'refs/tags/v1', after: TAG_OBJECT, head_commit: { id: HEAD } };
    expect(pushesOf(github, PUSH, pushWith({ ...tag, before: ZEROS }))[0]).toMatchObject({ before: null, after: HEAD });
    const [moved] = pushesOf(github, PUSH, pushWith({ ...tag, forced: true }));
    expect(moved).toMatchObject({ after: HEAD, forced: true });
    expect(moved).not.toHaveProperty('before');
  });

  it('that deletes a branch', () => {
    const [push] = pushesOf(github, PUSH, pushWith({ after: ZEROS, deleted: true, head_commit: null, commits: [] }));
    expect(push).toMatchObject({ ref: { kind: 'branch', name: 'master' }, before: 'c'.repeat(40), after: null });
  });

  it.each([
    ['that moves nothing', { before: HEAD }, 'NothingMoved'],
    ['of a ref that nobody can follow', { ref: 'refs/pull/1/merge' }, 'NoBranchNorTag'],
    ['of a name that is too long', { ref: `refs/heads/${'x'.repeat(251)}` }, 'NoBranchNorTag'],
    ['of a name that Git refuses', { ref: 'refs/heads/a\u0007b' }, 'NoBranchNorTag'],
  ])('%s is ignored', (_case, changes, code) => {
    expect(translate(github, PUSH, pushWith(changes))).toMatchObject({ kind: 'ignored', code });
  });

  it('without a time of its own', () => {
    const repository = { ...(exampleOf('push', 4).repository as Body), pushed_at: null };
    expect(pushesOf(github, PUSH, pushWith({ repository }))[0]).not.toHaveProperty('at');
    const asText = pushWith({ repository: { ...repository, pushed_at: '2019-05-15T15:20:57Z' } });
    expect(pushesOf(github, PUSH, asText)[0]).toMatchObject({ at: 1557933657_000 });
  });

  it.each<[string, unknown]>([
    ['ref', pushWith({ ref: 7 })],
    ['after', pushWith({ after: HEAD.slice(1) })],
    ['after', pushWith({ after: HEAD.toUpperCase() })],
    ['before', pushWith({ before: undefined })],
    ['commits', pushWith({ commits: null })],
    ['commits[0].added[0]', pushWith({ commits: [{ added: [1], removed: [], modified: [] }] })],
    ['repository.clone_url', pushWith({ repository: { clone_url: 'ext::sh -c id' } })],
    ['repository', pushWith({ repository: undefined })],
    ['', 'text'],
    ['', null],
    ['', []],
  ])('of the wrong shape: %s', (field, body) => {
    expect(refusedField(() => translate(github, PUSH, body))).toBe(field);
  });
});

describe('an image in the registry', () => {
  const version = imagePublished.package.package_version;
  const image = { source: 'oci', repository: 'ghcr.io/contoso/fleet-config', ref: { kind: 'tag', name: 'stable' } };

  it.each(['package', 'registry_package'])('published (%s)', (event) => {
    const body = { action: 'published', [event]: imagePublished.package, sender: imagePublished.sender };
    expect(pushesOf(github, { 'x-github-event': event }, body)).toEqual([{ ...image, after: DIGEST, by: 'ada' }]);
  });

  it('whose URL has no tag behind its colon', () => {
    const body = {
      action: 'updated',
      package: { package_version: { ...version, package_url: 'ghcr.io/contoso/fleet-config:' } },
    };
    expect(pushesOf(github, { 'x-github-event': 'package' }, body)).toEqual([{ ...image, after: DIGEST }]);
  });

  it.each<[string, unknown]>([
    [
      'package_version.container_metadata.tag.digest',
      { ...version, container_metadata: { tag: { name: 'v1', digest: 'sha256:12' } } },
    ],
    ['package_version.package_url', { ...version, package_url: null }],
  ])('of the wrong shape: %s', (field, changed) => {
    const body = { action: 'published', package: { package_version: changed } };
    expect(refusedField(() => translate(github, { 'x-github-event': 'package' }, body))).toBe(field);
  });

  it('that was deleted says nothing', () => {
    const body = { action: 'deleted', package: imagePublished.package };
    expect(translate(github, { 'x-github-event': 'package' }, body)).toMatchObject({ code: 'UnknownEvent' });
  });
});

it('an event nobody asked for, and none at all', () => {
  const translated = translate(github, { 'x-github-event': 'x'.repeat(500) }, {});
  expect(translated).toMatchObject({ kind: 'ignored', code: 'UnknownEvent' });
  expect(translated.detail.length).toBeLessThan(150);
  expect(refusedField(() => translate(github, {}, {}))).toBe('x-github-event');
});
