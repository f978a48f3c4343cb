import { expect, it } from 'vitest';
import { azureDevOps } from '../../src/webhooks/azure-devops.ts';
import { A, B, pushesOf, refusedField, translate, ZEROS } from './deliveries.ts';
import fixture from './fixtures/azure-devops-push.json' with { type: 'json' };

function pushWith(resource: Readonly<Record<string, unknown>>): unknown {
  return { ...fixture, resource: { ...fixture.resource, ...resource } };
}

function update(name: string, oldObjectId: string, newObjectId: string): unknown {
  return { name, oldObjectId, newObjectId };
}

it('a push to a branch', () => {
  expect(pushesOf(azureDevOps, {}, fixture)).toEqual([
    {
      source: 'git',
      repository: 'dev.azure.com/contoso/platform team/fleet',
      ref: { kind: 'branch', name: 'main' },
      before: A,
      after: B,
      at: Date.parse('2026-03-01T09:00:42.831Z'),
      by: 'ada@contoso.com',
    },
  ]);
});

it('several refs in one push, whatever host the organisation is known by', () => {
  const body = pushWith({
    refUpdates: [
      update('refs/heads/next', ZEROS, B),
      update('refs/heads/gone', A, ZEROS),
      update('refs/tags/v1', ZEROS, B),
      update('refs/tags/v2', A, B),
      update('refs/tags/v3', A, ZEROS),
      update('refs/notes/commits', A, B),
      update('refs/heads/same', B, B),
    ],
    repository: { remoteUrl: 'https://contoso.visualstudio.com/Platform%20Team/_git/fleet' },
  });
  const repository = 'dev.azure.com/contoso/platform team/fleet';
  expect(pushesOf(azureDevOps, {}, body)).toMatchObject([
    { repository, ref: { kind: 'branch', name: 'next' }, before: null, after: B },
    { repository, ref: { kind: 'branch', name: 'gone' }, before: A, after: null },
    { repository, ref: { kind: 'tag', name: 'v1' }, before: null, after: B },
    { repository, ref: { kind: 'tag', name: 'v2' }, before: A, after: B },
    { repository, ref: { kind: 'tag', name: 'v3' }, before: A, after: null },
  ]);
});

it('empty pushes and other events', () => {
  expect(translate(azureDevOps, {}, pushWith({ refUpdates: [] }))).toMatchObject({ code: 'EmptyPush' });
  expect(translate(azureDevOps, {}, { eventType: 'git.pullrequest.merged' })).toMatchObject({ code: 'UnknownEvent' });
});

it('a service hook that leaves the resource out is told what to set', () => {
  const call = (): unknown => translate(azureDevOps, {}, pushWith({ refUpdates: undefined }));
  expect(call).toThrow('Resource details to send');
  expect(refusedField(call)).toBe('resource.refUpdates');
});

it.each<[string, unknown]>([
  ['eventType', {}],
  ['resource', { ...fixture, resource: undefined }],
  ['resource.refUpdates[0].newObjectId', pushWith({ refUpdates: [update('refs/heads/main', A, 'head')] })],
  ['resource.repository.remoteUrl', pushWith({ repository: {} })],
  ['resource.date', pushWith({ date: 7 })],
  ['', []],
])('the wrong shape: %s', (field, body) => {
  expect(refusedField(() => translate(azureDevOps, {}, body))).toBe(field);
});
