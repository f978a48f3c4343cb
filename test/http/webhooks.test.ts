import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { processDelivery } from '../../src/app/webhooks/process-delivery.ts';
import { DELIVERY_BYTES_MAX, REJECTIONS_RECORDED_PER_MINUTE } from '../../src/contracts/limits.ts';
import { RevisionMessage } from '../../src/contracts/messages.ts';
import { REVISIONS_QUEUE } from '../../src/contracts/queues.ts';
import { route } from '../../src/http/route.ts';
import * as webhooks from '../../src/http/webhooks.ts';
import { Bench } from '../app/support.ts';
import { call, edgeOf, type Sent } from './support.ts';

const SECRET = "It's a Secret to Everybody, and long enough";
const FORMER = 'the former secret, which is as long as needed';
const OTHER = 'the secret of another hook, long enough as well';
const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

const push = {
  ref: 'refs/heads/main',
  before: A,
  after: B,
  created: false,
  deleted: false,
  forced: false,
  repository: {
    id: 1,
    full_name: 'Contoso/Fleet',
    html_url: 'https://github.com/Contoso/Fleet',
    clone_url: 'https://github.com/Contoso/Fleet.git',
    pushed_at: 1_790_000_000,
  },
  pusher: { name: 'alice' },
  commits: [{ id: B, added: ['clusters/prod/app.yaml'], removed: [], modified: [] }],
  head_commit: { id: B, timestamp: '2026-11-22T10:00:00Z' },
};
const BODY = JSON.stringify(push);

const sign = (body: string | Buffer, secret = SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

let deliveries = 0;
/** A signed delivery of GitHub; `more` replaces headers, undefined leaves one out. */
function delivery(body: string | Buffer = BODY, more: Record<string, string | undefined> = {}, hook = 'main'): Sent {
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': `delivery-${++deliveries}`,
    'x-hub-signature-256': sign(body),
    ...more,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { body, headers: Object.fromEntries(given), params: { provider: 'github', hook } };
}

async function app() {
  const bench = new Bench([]);
  bench.secrets.values.set('env:HOOK', SECRET).set('env:FORMER', FORMER).set('env:OTHER', OTHER);
  const edge = edgeOf(bench.deps);
  const at = (handle: Parameters<typeof route>[1], sent: Sent) =>
    call(
      route(() => edge, handle),
      sent,
    );
  const putHook = (name: string, hook: object) =>
    at(webhooks.putOneHook, {
      method: 'PUT',
      body: JSON.stringify(hook),
      headers: { 'content-type': 'application/json' },
      params: { name },
    });
  const post = (sent: Sent) => at(webhooks.postDelivery, sent);
  const list = async (path = '/api/webhooks/deliveries') =>
    (await at(webhooks.getDeliveries, { method: 'GET', path })).json['items'] as Record<string, unknown>[];
  const queued = () => bench.bus.queues.get(REVISIONS_QUEUE)!.size;
  const process = async () => {
    const queue = bench.bus.queues.get(REVISIONS_QUEUE)!;
    for (let message = queue.receive(bench.clock.now()); message; message = queue.receive(bench.clock.now())) {
      const parsed = RevisionMessage.parse(JSON.parse(message.body));
      if (parsed.kind === 'delivery') await processDelivery(bench.deps, parsed);
      queue.complete(message, bench.clock.now());
    }
  };
  await putHook('main', { provider: 'github', secret: 'env:HOOK' });
  return { bench, at, putHook, post, list, queued, process };
}

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
    const { sendRevisions } = bench.bus;
    bench.bus.sendRevisions = () => Promise.reject(new Error('the process died'));
    expect((await post(sent)).status).toBe(500);
    bench.bus.sendRevisions = sendRevisions.bind(bench.bus);
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

const unicode = Buffer.concat([Buffer.from('{"ref":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const polluted = `{"__proto__":{"polluted":true},${BODY.slice(1)}`;
const large = JSON.stringify({ ...push, filler: 'x'.repeat(DELIVERY_BYTES_MAX) });

const REFUSED: [string, number, string, () => Sent][] = [
  ['no signature', 401, 'InvalidSignature', () => delivery(BODY, { 'x-hub-signature-256': undefined })],
  ['an empty signature', 401, 'InvalidSignature', () => delivery(BODY, { 'x-hub-signature-256': '' })],
  ['the prefix only', 401, 'InvalidSignature', () => delivery(BODY, { 'x-hub-signature-256': 'sha256=' })],
  ['another body', 401, 'InvalidSignature', () => ({ ...delivery(), body: BODY.replace('main', 'mail') })],
  [
    'another nibble',
    401,
    'InvalidSignature',
    () => delivery(BODY, { 'x-hub-signature-256': `${sign(BODY).slice(0, -1)}x` }),
  ],
  ['63 digits', 401, 'InvalidSignature', () => delivery(BODY, { 'x-hub-signature-256': sign(BODY).slice(0, -1) })],
  ['65 digits', 401, 'InvalidSignature', () => delivery(BODY, { 'x-hub-signature-256': `${sign(BODY)}0` })],
  ['upper case', 401, 'InvalidSignature', () => delivery(BODY, { 'x-hub-signature-256': sign(BODY).toUpperCase() })],
  [
    'two signatures',
    401,
    'InvalidSignature',
    () => delivery(BODY, { 'x-hub-signature-256': `${sign(BODY)}, ${sign(BODY)}` }),
  ],
  [
    'another hook’s secret',
    401,
    'InvalidSignature',
    () => delivery(BODY, { 'x-hub-signature-256': sign(BODY, OTHER) }),
  ],
  [
    'SHA-1 only',
    401,
    'InvalidSignature',
    () => delivery(BODY, { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=00' }),
  ],
  ['an unsigned empty body', 401, 'InvalidSignature', () => delivery('', { 'x-hub-signature-256': undefined })],
  ['an empty body', 400, 'InvalidJson', () => delivery('')],
  ['no JSON', 400, 'InvalidJson', () => delivery('{"ref":')],
  ['invalid UTF-8', 400, 'InvalidEncoding', () => delivery(unicode)],
  ['deep JSON', 400, 'BodyTooDeep', () => delivery(deep)],
  ['a key that aims at the prototype', 400, 'InvalidJson', () => delivery(polluted)],
  ['another shape', 400, 'InvalidDelivery', () => delivery(JSON.stringify({ ...push, after: 7 }))],
  ['an endless id', 400, 'InvalidDelivery', () => delivery(BODY, { 'x-github-delivery': 'x'.repeat(129) })],
  [
    'a form',
    415,
    'UnsupportedContentType',
    () => delivery(BODY, { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  ['plain text', 415, 'UnsupportedContentType', () => delivery(BODY, { 'content-type': 'text/plain' })],
  ['no content type', 415, 'UnsupportedContentType', () => delivery(BODY, { 'content-type': undefined })],
  ['a compressed body', 415, 'UnsupportedContentEncoding', () => delivery(BODY, { 'content-encoding': 'gzip' })],
  [
    'a length over the cap',
    413,
    'BodyTooLarge',
    () => delivery(BODY, { 'content-length': String(DELIVERY_BYTES_MAX + 1) }),
  ],
  ['a body over the cap', 413, 'BodyTooLarge', () => delivery(large)],
  ['an unknown provider', 404, 'UnknownProvider', () => ({ ...delivery(), params: { provider: 'sourceforge' } })],
  ['an unknown hook', 404, 'HookNotFound', () => delivery(BODY, {}, 'nobody')],
  [
    'a hook of another provider',
    404,
    'HookNotFound',
    () => ({ ...delivery(), params: { provider: 'gitea', hook: 'main' } }),
  ],
  ['a path as hook', 404, 'HookNotFound', () => delivery(BODY, {}, '../main')],
  ['a GET', 405, 'MethodNotAllowed', () => ({ ...delivery(), method: 'GET', body: undefined }) as unknown as Sent],
];

describe('a delivery that is refused', () => {
  it.each(REFUSED)('for %s: %i %s, changes nothing and leaves a record', async (_what, status, code, sent) => {
    const { post, list, queued, bench } = await app();
    const answer = await post(sent());
    expect(answer.json).toMatchObject({ status, code });
    expect(Buffer.byteLength(answer.body as string)).toBeLessThan(500);
    expect(answer.body as string).not.toContain(SECRET);
    expect(queued()).toBe(0);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    if (status !== 405) expect(await list()).toMatchObject([{ outcome: 'Rejected', code, pushes: [], results: [] }]);
    expect(await bench.deps.definitions.list()).toEqual([]);
  });

  it('is not written down any more once there are too many of them, and counted', async () => {
    const { post, list, bench } = await app();
    const forged = () => post(delivery(BODY, { 'x-hub-signature-256': sign(BODY, OTHER) }));
    for (let n = 0; n < REJECTIONS_RECORDED_PER_MINUTE + 7; n++) expect((await forged()).status).toBe(401);
    expect(await list()).toHaveLength(REJECTIONS_RECORDED_PER_MINUTE);
    bench.clock.advance(60_000);
    await forged();
    expect((await list())[0]).toMatchObject({ rejectedBeforeWithoutRecord: 7 });
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
