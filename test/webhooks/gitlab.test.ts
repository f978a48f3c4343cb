import { describe, expect, it } from 'vitest';
import { gitlab } from '../../src/webhooks/gitlab.ts';
import { A, B, commitsOf, pushesOf, refusedField, translate, ZEROS } from './deliveries.ts';
import fixture from './fixtures/gitlab-push.json' with { type: 'json' };

const REPOSITORY = 'gitlab.contoso.com/platform/config/fleet';
const TAG = {
  object_kind: 'tag_push',
  event_name: 'tag_push',
  ref: 'refs/tags/v1.0',
  commits: [],
  total_commits_count: 0,
};

function pushWith(changes: Readonly<Record<string, unknown>>): unknown {
  return { ...fixture, ...changes };
}

it('a push to a branch', () => {
  expect(pushesOf(gitlab, {}, fixture)).toEqual([
    {
      source: 'git',
      repository: REPOSITORY,
      ref: { kind: 'branch', name: 'main' },
      before: A,
      after: B,
      changedPaths: ['apps/web/deployment.yaml', 'apps/web/job.yaml', 'apps/web/kustomization.yaml'],
      by: 'ada',
    },
  ]);
});

it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
  ['a branch is created', { before: ZEROS }, { before: null, after: B }],
  [
    'a branch is deleted',
    { after: ZEROS, checkout_sha: null, commits: [], total_commits_count: 0 },
    { before: A, after: null },
  ],
  ['a tag is created', { ...TAG, before: ZEROS }, { ref: { kind: 'tag', name: 'v1.0' }, before: null, after: B }],
  ['a tag is moved', TAG, { ref: { kind: 'tag', name: 'v1.0' }, before: A, after: B }],
  [
    'a tag is deleted',
    { ...TAG, after: ZEROS, checkout_sha: null },
    { ref: { kind: 'tag', name: 'v1.0' }, before: A, after: null },
  ],
  ['an annotated tag is created', { ...TAG, before: ZEROS, after: 'e'.repeat(40) }, { before: null, after: B }],
  ['by a system hook', { object_kind: undefined }, { before: A, after: B }],
  ['without a user name', { user_username: null }, { by: 'Ada Example' }],
])('%s', (_case, changes, expected) => {
  expect(pushesOf(gitlab, {}, pushWith(changes))).toMatchObject([expected]);
});

it('an annotated tag is moved: what it stood at before is a tag object, and left out', () => {
  const [push] = pushesOf(gitlab, {}, pushWith({ ...TAG, after: 'e'.repeat(40) }));
  expect(push).toMatchObject({ after: B });
  expect(push).not.toHaveProperty('before');
});

describe('does not tell all its files', () => {
  const added = [{ added: ['apps/web/renamed.yaml'], modified: ['apps/web/deployment.yaml'], removed: [] }];
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['only the latest 20 commits are listed', { commits: commitsOf(20, 1), total_commits_count: 21 }],
    ['an added file may be a renamed one, whose old path is not told', { commits: added, total_commits_count: 1 }],
    ['a new branch', { before: ZEROS }],
    ['a push back to an older commit', { commits: [], total_commits_count: 0 }],
    ['commits without files', { commits: [{ id: B }], total_commits_count: 1 }],
    ['a tag', { ...TAG, commits: commitsOf(1, 1), total_commits_count: 1 }],
  ])('%s', (_case, changes) => {
    expect(pushesOf(gitlab, {}, pushWith(changes))[0]).not.toHaveProperty('changedPaths');
  });
});

it('2,000 changed files', () => {
  const [push] = pushesOf(gitlab, {}, pushWith({ commits: commitsOf(20, 100), total_commits_count: 20 }));
  expect(push!.changedPaths).toHaveLength(2000);
});

it('a repository that is offered under two names has both', () => {
  const project = { ...fixture.project, git_ssh_url: 'ssh://git@ssh.contoso.com:2222/platform/config/fleet.git' };
  const pushes = pushesOf(gitlab, {}, pushWith({ project }));
  expect(pushes.map(({ repository }) => repository)).toEqual([REPOSITORY, 'ssh.contoso.com/platform/config/fleet']);
});

it('other events, and none', () => {
  expect(translate(gitlab, {}, { object_kind: 'merge_request' })).toMatchObject({ code: 'UnknownEvent' });
  expect(translate(gitlab, {}, { event_name: 'project_create' })).toMatchObject({ code: 'UnknownEvent' });
  expect(translate(gitlab, {}, pushWith({ before: B }))).toMatchObject({ code: 'NothingMoved' });
  expect(refusedField(() => translate(gitlab, {}, {}))).toBe('object_kind');
});

it.each<[string, unknown]>([
  ['project.git_http_url', pushWith({ project: {} })],
  ['project.git_http_url', pushWith({ project: { git_http_url: 'javascript:alert(1)' } })],
  ['checkout_sha', pushWith({ checkout_sha: 'main' })],
  ['total_commits_count', pushWith({ total_commits_count: '2' })],
  ['commits[0].modified', pushWith({ commits: [{ modified: 'x' }] })],
  ['', 7],
])('the wrong shape: %s', (field, body) => {
  expect(refusedField(() => translate(gitlab, {}, body))).toBe(field);
});
