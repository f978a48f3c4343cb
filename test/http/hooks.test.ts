import { describe, expect, it } from 'vitest';
import * as webhooks from '../../src/http/webhooks.ts';
import { app, SECRET } from './webhook-app.ts';

describe('/api/hooks', () => {
  it('makes, shows, replaces and deletes hooks, references only', async () => {
    const { at, putHook } = await app();
    const made = await putHook('cd', { provider: 'gitlab', secret: 'env:OTHER' });
    expect(made).toMatchObject({
      status: 201,
      json: { name: 'cd', path: '/api/webhooks/gitlab/cd', secret: 'env:OTHER' },
    });
    expect((await putHook('cd', { provider: 'gitlab', secret: 'env:HOOK' })).status).toBe(200);
    const { json } = await at(webhooks.getHooks, { method: 'GET' });
    expect((json['items'] as { name: string }[]).map(({ name }) => name)).toEqual(['cd', 'main']);
    expect(JSON.stringify(json)).not.toContain(SECRET);
    const handler = (name: string) => at(webhooks.getOneHook, { method: 'GET', params: { name } });
    expect((await handler('cd')).status ?? 200).toBe(200);
    expect((await handler('nobody')).json).toMatchObject({ status: 404, code: 'HookNotFound' });
  });

  it.each([
    ['a literal secret', { provider: 'github', secret: SECRET }, 'InvalidHook'],
    ['an unknown provider', { provider: 'sourceforge', secret: 'env:HOOK' }, 'InvalidHook'],
    [
      'a mapping that is not needed',
      { provider: 'github', secret: 'env:HOOK', mapping: { repository: '/r', ref: '/f', after: '/a' } },
      'InvalidHook',
    ],
    ['no mapping where one is needed', { provider: 'generic', secret: 'env:HOOK' }, 'InvalidHook'],
    ['a secret that is not there', { provider: 'github', secret: 'env:NONE' }, 'SecretUnreadable'],
    ['a short secret', { provider: 'github', secret: 'env:SHORT' }, 'WeakSecret'],
  ])('refuses %s', async (_what, hook, code) => {
    const { bench, putHook } = await app();
    bench.secrets.values.set('env:SHORT', 'x'.repeat(31));
    expect((await putHook('bad', hook)).json).toMatchObject({ status: 400, code });
    expect(await bench.deps.hooks.read('bad')).toBeUndefined();
  });
});
