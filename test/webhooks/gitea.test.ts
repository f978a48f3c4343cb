import { describe, expect, it } from 'vitest';
import { gitea } from '../../src/webhooks/gitea.ts';
import { A, B, commitsOf, pushesOf, refusedField, translate, ZEROS } from './deliveries.ts';
import deleted from './fixtures/gitea-delete.json' with { type: 'json' };
import fixture from './fixtures/gitea-push.json' with { type: 'json' };

const PUSH = { 'x-gitea-event': 'push', 'x-github-event': 'ping' };
const TAG = { ref: 'refs/tags/v1', before: ZEROS, commits: null, total_commits: 0 };

function pushWith(changes: Readonly<Record<string, unknown>>): unknown {
  return { ...fixture, ...changes };
}

it('a push to a branch', () => {
  expect(pushesOf(gitea, PUSH, fixture)).toEqual([
    {
      source: 'git',
      repository: 'gitea.contoso.com/platform/fleet',
      ref: { kind: 'branch', name: 'main' },
      before: A,
      after: B,
      changedPaths: ['apps/web/hpa.yaml', 'apps/web/old.yaml', 'apps/web/deployment.yaml'],
      by: 'ada',
    },
  ]);
});

it('branches created and deleted', () => {
  expect(pushesOf(gitea, PUSH, pushWith({ before: ZEROS }))).toMatchObject([{ before: null, after: B }]);
  const [push] = pushesOf(gitea, { 'x-gitea-event': 'delete' }, deleted);
  expect(push).toMatchObject({ ref: { kind: 'branch', name: 'release/1.0' }, after: null, by: 'ada' });
  expect(push).not.toHaveProperty('before');
});

it('tags: created and moved look alike, so nothing is said of what was before', () => {
  const [push] = pushesOf(gitea, PUSH, pushWith({ ...TAG, after: 'e'.repeat(40) }));
  expect(push).toMatchObject({ ref: { kind: 'tag', name: 'v1' }, after: B });
  expect(push).not.toHaveProperty('before');
  const [gone] = pushesOf(gitea, PUSH, pushWith({ ...TAG, before: A, after: ZEROS, head_commit: null }));
  expect(gone).toMatchObject({ ref: { kind: 'tag', name: 'v1' }, after: null });
});

it('an annotated tag of which only the object is told', () => {
  const [push] = pushesOf(gitea, PUSH, pushWith({ ...TAG, after: 'e'.repeat(40), head_commit: null }));
  expect(push).toMatchObject({ after: 'e'.repeat(40) });
});

describe('does not tell all its files', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['only the latest five commits are listed', { commits: commitsOf(5, 1), total_commits: 6 }],
    ['Gitea before 1.16 does not say how many there are', { total_commits: undefined }],
    ['a new branch lists commits that were there', { before: ZEROS }],
    ['a push back to an older commit', { commits: [], total_commits: 0 }],
    ['a tag, of a mirror', { ...TAG, before: A, commits: commitsOf(1, 1), total_commits: 1 }],
  ])('%s', (_case, changes) => {
    expect(pushesOf(gitea, PUSH, pushWith(changes))[0]).not.toHaveProperty('changedPaths');
  });
});

it('2,000 changed files', () => {
  const [push] = pushesOf(gitea, PUSH, pushWith({ commits: commitsOf(5, 400), total_commits: 5 }));
  expect(push!.changedPaths).toHaveLength(2000);
});

it('the test of a hook ends where it began', () => {
  expect(translate(gitea, PUSH, pushWith({ before: B }))).toMatchObject({ kind: 'ignored', code: 'NothingMoved' });
});

it('events that say less than a push, and others', () => {
  expect(translate(gitea, { 'x-gitea-event': 'create' }, {})).toMatchObject({ code: 'ToldByPush' });
  const tag = { ...deleted, ref_type: 'tag' };
  expect(translate(gitea, { 'x-gitea-event': 'delete' }, tag)).toMatchObject({ code: 'ToldByPush' });
  expect(translate(gitea, { 'x-gitea-event': 'issues' }, {})).toMatchObject({ code: 'UnknownEvent' });
  expect(refusedField(() => translate(gitea, { 'x-github-event': 'push' }, fixture))).toBe('x-gitea-event');
});

it.each<[string, unknown]>([
  ['after', pushWith({ after: '' })],
  ['head_commit.id', pushWith({ head_commit: { id: 7 } })],
  ['repository.clone_url', pushWith({ repository: {} })],
  ['repository.clone_url', pushWith({ repository: { clone_url: '/platform/fleet' } })],
  ['', ''],
])('the wrong shape: %s', (field, body) => {
  expect(refusedField(() => translate(gitea, PUSH, body))).toBe(field);
});

it('a deletion of the wrong shape', () => {
  expect(refusedField(() => translate(gitea, { 'x-gitea-event': 'delete' }, { ...deleted, ref: null }))).toBe('ref');
});
