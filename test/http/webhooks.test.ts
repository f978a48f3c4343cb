import { describe, expect, it } from 'vitest';
import * as webhooks from '../../src/http/webhooks.ts';
import { A, app, B, BODY, delivery, FORMER, OTHER, push, sign } from './webhook-app.ts';

describe('POST /api/webhooks/{provider}/{hook?}', () => {
  it('takes a signed push, puts it in line and shows what it came to', async () => {
    const { post, list, queued, process } = await app();
    const { status, json } = await post(delivery());
    expect({ status, json }).toMatchObject({ status: 202, json: { outcome: 'Accepted', code: 'Pushed' } });
    expect(queued()).toBe(1);
    await process();
    expect(await list()).toMatchObject([
      {
        id: json['id'],
        provider: 'github',
        hook: 'main',
        outcome: 'Accepted',
        pushes: [{ repository: 'github.com/contoso/fleet', before: A, after: B, by: 'alice' }],
        processedAt: expect.any(String) as string,
        results: [],
      },
    ]);
  });

  it('finds the hook that has the name of its provider when none is named', async () => {
    const { post, putHook } = await app();
    await putHook('github', { provider: 'github', secret: 'env:HOOK' });
    expect((await post({ ...delivery(), params: { provider: 'github' } })).status).toBe(202);
  });

  it('answers a ping, and puts nothing in line', async () => {
    const { post, queued, list } = await app();
    const body = JSON.stringify({ zen: 'Keep it logically awesome.', hook_id: 1 });
    expect((await post(delivery(body, { 'x-github-event': 'ping' }))).status).toBe(200);
    expect(queued()).toBe(0);
    expect(await list()).toMatchObject([{ outcome: 'Ignored' }]);
  });

  it('takes a delivery once, however often it comes', async () => {
    const { post, queued, process, list } = await app();
    const sent = delivery();
    const first = await post(sent);
    await process();
    const again = await post(sent);
    expect([first.status, again.status, again.json['id'], again.json['code']]).toEqual([
      202,
      200,
      first.json['id'],
      'AlreadyReceived',
    ]);
    expect(queued()).toBe(0);
    expect(await list()).toHaveLength(1);
  });

  it('sends a claimed delivery on again when the queue did not take it the first time', async () => {
    const { bench, post, queued, process, list } = await app();
    const sent = delivery();
    const sendRevisions = bench.bus.sendRevisions.bind(bench.bus);
    bench.bus.sendRevisions = () => Promise.reject(new Error('the process died'));
    expect((await post(sent)).status).toBe(500);
    bench.bus.sendRevisions = sendRevisions;
    expect((await post(sent)).status).toBe(200);
    expect(queued()).toBe(1);
    await process();
    expect(await list()).toMatchObject([{ outcome: 'Accepted', processedAt: expect.any(String) as string }]);
  });

  it('refuses another body under a known id', async () => {
    const { post, list } = await app();
    await post(delivery(BODY, { 'x-github-delivery': 'same' }));
    const other = JSON.stringify({ ...push, after: 'c'.repeat(40) });
    expect((await post(delivery(other, { 'x-github-delivery': 'same' }))).json).toMatchObject({
      status: 409,
      code: 'DeliveryIdReused',
    });
    expect((await list('/api/webhooks/deliveries?outcome=rejected'))[0]).toMatchObject({ code: 'DeliveryIdReused' });
  });

  it('takes the former secret while it is named, and not after', async () => {
    const { post, putHook } = await app();
    await putHook('main', { provider: 'github', secret: 'env:HOOK', previousSecret: 'env:FORMER' });
    const old = () => delivery(BODY, { 'x-hub-signature-256': sign(BODY, FORMER) });
    expect((await post(old())).status).toBe(202);
    await putHook('main', { provider: 'github', secret: 'env:HOOK' });
    expect((await post(old())).status).toBe(401);
  });

  it('speaks only for the repositories of its hook', async () => {
    const { post, putHook, queued } = await app();
    await putHook('main', { provider: 'github', secret: 'env:HOOK', repositories: ['github.com/fabrikam/*'] });
    expect((await post(delivery())).json).toMatchObject({ outcome: 'Ignored', code: 'RepositoryNotAllowed' });
    await putHook('main', { provider: 'github', secret: 'env:HOOK', repositories: ['github.com/Contoso/*'] });
    expect((await post(delivery())).status).toBe(202);
    expect(queued()).toBe(1);
  });

  it('asks a hook that sends too much to wait, and no other', async () => {
    const { post, putHook } = await app();
    await putHook('main', { provider: 'github', secret: 'env:HOOK', deliveriesPerMinute: 2 });
    await putHook('calm', { provider: 'github', secret: 'env:OTHER' });
    expect([(await post(delivery())).status, (await post(delivery())).status]).toEqual([202, 202]);
    const third = await post(delivery());
    expect([third.status, third.headers]).toMatchObject([429, { 'retry-after': '60' }]);
    const calm = delivery(BODY, { 'x-hub-signature-256': sign(BODY, OTHER) }, 'calm');
    expect((await post(calm)).status).toBe(202);
  });

  it('answers 503 when the secret cannot be read now', async () => {
    const { bench, post } = await app();
    bench.secrets.fault = { kind: 'unavailable', code: 'VaultUnavailable', detail: 'the vault does not answer' };
    expect((await post(delivery())).status).toBe(503);
  });
});

describe('POST /api/webhooks/deliveries/{id}/redeliver', () => {
  it('lets an accepted one be looked at again, and refuses others', async () => {
    const { at, post, process, queued } = await app();
    const accepted = (await post(delivery())).json['id'] as string;
    await process();
    const redeliver = (id: string) => at(webhooks.postRedeliver, { params: { id } });
    expect(await redeliver(accepted)).toMatchObject({ status: 202, json: { redeliveries: 1, results: [] } });
    expect(queued()).toBe(1);
    await process();
    const shown = await at(webhooks.getDelivery, { method: 'GET', params: { id: accepted } });
    expect(shown.json).toMatchObject({ redeliveries: 1, processedAt: expect.any(String) as string });

    await post(delivery(BODY, { 'x-hub-signature-256': undefined }));
    const [rejected] = (await at(webhooks.getDeliveries, { method: 'GET' })).json['items'] as { id: string }[];
    expect((await redeliver(rejected!.id)).json).toMatchObject({ status: 409, code: 'NotRedeliverable' });
    expect((await redeliver('01J00000000000000000000000')).status).toBe(404);
    expect((await redeliver('no id')).status).toBe(404);
  });
});
