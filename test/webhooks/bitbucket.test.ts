import { expect, it } from 'vitest';
import { PUSHES_PER_DELIVERY_MAX } from '../../src/contracts/limits.ts';
import { bitbucketServer } from '../../src/webhooks/bitbucket-server.ts';
import { bitbucket } from '../../src/webhooks/bitbucket.ts';
import { A, B, pushesOf, refusedField, translate, ZEROS } from './deliveries.ts';
import cloud from './fixtures/bitbucket-push.json' with { type: 'json' };
import server from './fixtures/bitbucket-server-push.json' with { type: 'json' };

const CLOUD = { 'x-event-key': 'repo:push' };
const SERVER = { 'x-event-key': 'repo:refs_changed' };
const [moved] = cloud.push.changes;
const [changed] = server.changes;

function cloudWith(...changes: unknown[]): unknown {
  return { ...cloud, push: { changes } };
}

function side(type: string, name: string, hash: string): unknown {
  return { type, name, target: { hash } };
}

function serverWith(...changes: Readonly<Record<string, unknown>>[]): unknown {
  return { ...server, changes: changes.map((change) => ({ ...changed, ...change })) };
}

it('cloud: a push to a branch; no files, and no time but the commits own', () => {
  expect(pushesOf(bitbucket, CLOUD, cloud)).toEqual([
    {
      source: 'git',
      repository: 'bitbucket.org/contoso/fleet',
      ref: { kind: 'branch', name: 'main' },
      before: A,
      after: B,
      forced: false,
      by: 'ada',
    },
  ]);
});

it('cloud: several refs in one push', () => {
  const body = cloudWith(
    { ...moved, forced: true },
    { old: null, new: side('branch', 'next', B) },
    { old: side('branch', 'gone', A), new: null, closed: true },
    { old: null, new: side('tag', 'v1', B) },
    { old: side('tag', 'v2', A), new: side('tag', 'v2', B) },
    { old: side('tag', 'v3', A), new: null },
    { old: side('named_branch', 'hg', A), new: side('named_branch', 'hg', B) },
    { old: side('branch', 'same', B), new: side('branch', 'same', B) },
  );
  expect(pushesOf(bitbucket, CLOUD, body)).toMatchObject([
    { ref: { kind: 'branch', name: 'main' }, before: A, after: B, forced: true },
    { ref: { kind: 'branch', name: 'next' }, before: null, after: B },
    { ref: { kind: 'branch', name: 'gone' }, before: A, after: null },
    { ref: { kind: 'tag', name: 'v1' }, before: null, after: B },
    { ref: { kind: 'tag', name: 'v2' }, before: A, after: B },
    { ref: { kind: 'tag', name: 'v3' }, before: A, after: null },
  ]);
  expect(translate(bitbucket, CLOUD, body).detail).toBe(
    'branch main was forced to b2b2b2b; branch next was created at b2b2b2b; branch gone was deleted; 3 more.',
  );
});

it('cloud: more refs than are taken', () => {
  const refs = Array.from({ length: PUSHES_PER_DELIVERY_MAX + 5 }, (_, index) => ({
    old: null,
    new: side('tag', `v${index}`, B),
  }));
  expect(pushesOf(bitbucket, CLOUD, cloudWith(...refs))).toHaveLength(PUSHES_PER_DELIVERY_MAX);
  expect(translate(bitbucket, CLOUD, cloudWith(...refs)).detail).toContain('5 beyond the first 100 are left out');
});

it('server: a push to a branch', () => {
  expect(pushesOf(bitbucketServer, SERVER, server)).toEqual([
    {
      source: 'git',
      repository: 'bitbucket.contoso.com/platform/fleet',
      ref: { kind: 'branch', name: 'main' },
      before: A,
      after: B,
      at: Date.parse('2026-03-01T09:37:57Z'),
      by: 'ada',
    },
  ]);
});

it('server: several refs in one push', () => {
  const body = serverWith(
    {},
    { ref: { id: 'refs/heads/next' }, fromHash: ZEROS },
    { ref: { id: 'refs/heads/gone' }, toHash: ZEROS },
    { ref: { id: 'refs/tags/v1' }, fromHash: ZEROS },
    { ref: { id: 'refs/tags/v2' } },
    { ref: { id: 'refs/tags/v3' }, toHash: ZEROS },
    { ref: { id: 'refs/pull-requests/1/from' } },
  );
  expect(pushesOf(bitbucketServer, SERVER, body)).toMatchObject([
    { ref: { kind: 'branch', name: 'main' }, before: A, after: B },
    { ref: { kind: 'branch', name: 'next' }, before: null, after: B },
    { ref: { kind: 'branch', name: 'gone' }, before: A, after: null },
    { ref: { kind: 'tag', name: 'v1' }, before: null, after: B },
    { ref: { kind: 'tag', name: 'v2' }, before: A, after: B },
    { ref: { kind: 'tag', name: 'v3' }, before: A, after: null },
  ]);
});

it('tests, empty pushes and other events', () => {
  expect(translate(bitbucketServer, { 'x-event-key': 'diagnostics:ping' }, { test: true })).toMatchObject({
    code: 'Ping',
  });
  expect(translate(bitbucketServer, { 'x-event-key': 'pr:opened' }, {})).toMatchObject({ code: 'UnknownEvent' });
  expect(translate(bitbucket, { 'x-event-key': 'pullrequest:created' }, {})).toMatchObject({ code: 'UnknownEvent' });
  expect(translate(bitbucket, CLOUD, cloudWith())).toMatchObject({ code: 'EmptyPush' });
  expect(translate(bitbucketServer, SERVER, serverWith())).toMatchObject({ code: 'EmptyPush' });
  expect(translate(bitbucket, CLOUD, cloudWith({ old: null, new: null }))).toMatchObject({ code: 'NothingMoved' });
});

it.each<[string, unknown]>([
  ['push', { ...cloud, push: undefined }],
  ['push.changes[0].new', cloudWith({ old: null })],
  ['push.changes[1].new.target.hash', cloudWith(moved, { old: null, new: side('branch', 'x', 'b2b2b2b') })],
  ['repository.links', { ...cloud, repository: { full_name: 'Contoso/fleet' } }],
  ['', null],
])('cloud: the wrong shape: %s', (field, body) => {
  expect(refusedField(() => translate(bitbucket, CLOUD, body))).toBe(field);
});

it.each<[string, unknown]>([
  ['date', { ...server, date: 'yesterday' }],
  ['changes[0].toHash', serverWith({ toHash: 'main' })],
  ['changes[0].ref.id', serverWith({ ref: {} })],
  ['repository.links', { ...server, repository: { slug: 'fleet', project: { key: 'PLATFORM' } } }],
  ['repository.links.clone', { ...server, repository: { links: { clone: [] } } }],
])('server: the wrong shape: %s', (field, body) => {
  expect(refusedField(() => translate(bitbucketServer, SERVER, body))).toBe(field);
});

it('neither without the header that says what happened', () => {
  expect(refusedField(() => translate(bitbucket, {}, cloud))).toBe('x-event-key');
  expect(refusedField(() => translate(bitbucketServer, {}, server))).toBe('x-event-key');
});
