import { afterEach, describe, expect, it, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { MemorySecrets } from '../../../src/adapters/memory/secrets.ts';
import { createNotifier, type NotifierOptions } from '../../../src/adapters/notifications/notifier.ts';
import { receiverProblem } from '../../../src/adapters/notifications/receiver-url.ts';
import type { Notification } from '../../../src/contracts/notification.ts';
import { startHttpFixture, type Answer, type HttpFixture } from '../http-fixture.ts';

const KEY = `whsec_${Buffer.from('a key for tests, 24 bytes').toString('base64')}`;
const BRAKE: Notification = {
  id: 'keep-shop.brake.1700000000000',
  type: 'flotilla.brake.on',
  at: Date.parse('2031-01-02T03:04:05Z'),
  subject: 'policies/keep-shop',
  code: 'MassDrift',
  detail: '8 of 12 clusters drift.',
};

const open: HttpFixture[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fixture) => fixture.close()));
});

async function receiver(answer: Answer = { status: 200 }): Promise<HttpFixture> {
  const fixture = await startHttpFixture(() => answer);
  open.push(fixture);
  return fixture;
}

function notifier(changes: Partial<NotifierOptions> & Pick<NotifierOptions, 'receiver'>) {
  // Receivers hold the time of a signature against their own.
  const clock = { now: () => Date.now() };
  const common = { secrets: new MemorySecrets(), clock, apiUrl: 'https://flotilla.example/api', isLocalCloud: true };
  return createNotifier({ ...common, ...changes });
}

describe('a notification', () => {
  it('is one POST of one CloudEvent 1.0 in structured mode', async () => {
    const { endpoint, requests } = await receiver();
    expect(await notifier({ receiver: `${endpoint}/hooks/7?token=x` }).notify(BRAKE)).toEqual({ ok: true });
    const [{ method, url, headers, body } = { body: '' }] = requests;
    expect([method, url]).toEqual(['POST', '/hooks/7?token=x']);
    expect(headers).toMatchObject({ 'content-type': 'application/cloudevents+json; charset=utf-8' });
    expect(headers).not.toHaveProperty('webhook-signature');
    expect(JSON.parse(body)).toEqual({
      specversion: '1.0',
      id: 'keep-shop.brake.1700000000000',
      source: 'https://flotilla.example/api',
      type: 'flotilla.brake.on',
      time: '2031-01-02T03:04:05.000Z',
      subject: 'policies/keep-shop',
      datacontenttype: 'application/json',
      data: {
        code: 'MassDrift',
        detail: '8 of 12 clusters drift.',
        links: { about: 'https://flotilla.example/api/policies/keep-shop' },
      },
    });
  });

  it('about a message of a queue has nothing to link to', async () => {
    const { endpoint, requests } = await receiver();
    await notifier({ receiver: endpoint }).notify({ ...BRAKE, subject: 'queues/requests' });
    expect((JSON.parse(requests[0]?.body ?? '') as { data: object }).data).not.toHaveProperty('links');
  });

  it('is signed as Standard Webhooks says, each try at its own time, with one id', async () => {
    const { endpoint, requests } = await receiver();
    const secrets = new MemorySecrets({ 'env:KEY': KEY });
    await notifier({ receiver: endpoint, secrets, signingKey: 'env:KEY' }).notify(BRAKE);
    const { headers, body } = requests[0]!;
    expect(headers['webhook-id']).toBe(BRAKE.id);
    const sent = headers as Record<string, string>;
    expect(new Webhook(KEY).verify(body, sent)).toMatchObject({ type: 'flotilla.brake.on' });
    expect(() => new Webhook(KEY).verify(body.replace('8 of 12', '0 of 12'), sent)).toThrow();
  });

  it('goes where a secret says, also after the secret was changed', async () => {
    const first = await receiver();
    const second = await receiver();
    const secrets = new MemorySecrets({ 'env:URL': first.endpoint });
    const told = notifier({ receiver: 'env:URL', secrets });
    await told.notify(BRAKE);
    secrets.values.set('env:URL', second.endpoint);
    await told.notify(BRAKE);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });
});

describe('a try that fails', () => {
  const address = /127\.0\.0\.1|elsewhere|secret-path/;
  test.each([
    ['404', { status: 404, body: 'secret of the receiver' }, 'Http404'],
    ['503', { status: 503 }, 'Http503'],
    ['a connection that ends', { byHand: (response) => response.destroy() }, 'ReceiverUnreachable'],
    ['a redirect', { status: 307, headers: { location: 'https://elsewhere.example/' } }, 'Http307'],
  ] satisfies [string, Answer, string][])('by %s says so, once, without address or answer', async (_, answer, code) => {
    const { endpoint, requests } = await receiver(answer);
    const result = await notifier({ receiver: `${endpoint}/secret-path` }).notify(BRAKE);
    expect(result).toMatchObject({ ok: false, code });
    expect(JSON.stringify(result)).not.toMatch(address);
    expect(JSON.stringify(result)).not.toContain('secret of the receiver');
    expect(requests).toHaveLength(1);
  });

  it('does not follow a redirect, not even to itself', async () => {
    const target = await receiver();
    const { endpoint } = await receiver({ status: 302, headers: { location: target.endpoint } });
    expect(await notifier({ receiver: endpoint }).notify(BRAKE)).toMatchObject({ code: 'Http302' });
    expect(target.requests).toEqual([]);
  });

  it('because nobody answers is given up', async () => {
    const { endpoint } = await receiver({ byHand: () => undefined });
    expect(await notifier({ receiver: endpoint, requestTimeoutMs: 50 }).notify(BRAKE)).toEqual({
      ok: false,
      code: 'ReceiverTimedOut',
      detail: 'The receiver did not answer within 50 ms.',
    });
  });

  it('because nobody listens says why', async () => {
    const gone = await receiver();
    await gone.close();
    expect(await notifier({ receiver: gone.endpoint }).notify(BRAKE)).toEqual({
      ok: false,
      code: 'ReceiverUnreachable',
      detail: 'The receiver cannot be reached (ECONNREFUSED).',
    });
  });

  it('does not read an answer that never ends', async () => {
    const { endpoint } = await receiver({
      byHand: (response) => {
        response.writeHead(200);
        const write = (): void => {
          while (response.write('x'.repeat(65_536)));
          response.once('drain', write);
        };
        write();
      },
    });
    expect(await notifier({ receiver: endpoint }).notify(BRAKE)).toEqual({ ok: true });
  });

  it.each([
    ['the address is not there', { receiver: 'env:GONE' }, 'SecretNotFound'],
    ['the address is none', { receiver: 'env:NONE' }, 'ReceiverNotAllowed'],
    ['the address is plain http elsewhere', { receiver: 'env:PLAIN' }, 'ReceiverNotAllowed'],
    ['the key is not there', { receiver: 'https://127.0.0.1:1', signingKey: 'env:GONE' }, 'SecretNotFound'],
    ['the key is no key', { receiver: 'https://127.0.0.1:1', signingKey: 'env:NONE' }, 'InvalidSigningKey'],
  ])('because %s shows no secret', async (_, options, code) => {
    const secrets = new MemorySecrets({ 'env:NONE': 'not-a-%-thing', 'env:PLAIN': 'http://elsewhere.example/hook' });
    const result = await notifier({ secrets, ...options }).notify(BRAKE);
    expect(result).toMatchObject({ ok: false, code });
    expect(JSON.stringify(result)).not.toMatch(/not-a-|elsewhere/);
  });
});

test.each([
  ['https://hooks.example/x', false, undefined],
  ['http://127.0.0.1:8080/x', true, undefined],
  ['http://localhost/x', true, undefined],
  ['http://[::1]:8080/x', true, undefined],
  ['http://127.0.0.1:8080/x', false, 'is not https://'],
  ['http://169.254.169.254/metadata', true, 'is not https://'],
  ['http://127.0.0.1.example.com/', true, 'is not https://'],
  ['file:///etc/passwd', true, 'is not https://'],
  ['https://user:word@hooks.example/', false, 'has a user name or password in it; use a signing key'],
  ['hooks.example', true, 'is no URL'],
])('the receiver %s (local cloud: %s): %s', (address, isLocal, problem) => {
  expect(receiverProblem(address, isLocal)).toBe(problem);
});
