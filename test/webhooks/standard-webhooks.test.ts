import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { PROVIDERS } from '../../src/webhooks/registry.ts';
import { deliveryOf, hmacHex, NOW } from './deliveries.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;
const BODY = '{"object_kind":"push"}';
const SECONDS = Math.floor(NOW / 1000);
const GOOD = signatureOf(SECRET, SECONDS);

/** Signed by the library of Standard Webhooks. */
function signatureOf(secret: string, seconds: number, body = BODY, id = 'msg_1'): string {
  return new Webhook(secret).sign(id, new Date(seconds * 1000), body);
}

function verify(headers: Readonly<Record<string, string>>, secret = SECRET, body: string | Uint8Array = BODY): boolean {
  const sent = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(SECONDS), 'webhook-signature': GOOD, ...headers };
  const proofs = [PROVIDERS.gitlab, PROVIDERS.generic].map((provider) =>
    provider.verify(deliveryOf(sent, body), secret),
  );
  expect(proofs[0]).toBe(proofs[1]);
  return proofs[0]!;
}

describe('Standard Webhooks, for gitlab and generic alike', () => {
  it("takes what its library signs, and agrees with the specification's vector", () => {
    expect(verify({})).toBe(true);
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const vector = deliveryOf(headers, '{"test": 2432232314}', 1_614_265_330_000);
    expect(PROVIDERS.generic.verify(vector, secret)).toBe(true);
  });

  it('signs bytes: what is no text is signed as well', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    const digest = Buffer.from(hmacBytes(bytes), 'hex').toString('base64');
    expect(verify({ 'webhook-signature': `v1,${digest}` }, SECRET, bytes)).toBe(true);
  });

  it.each([
    ['several, one of them good', `v1,bad ${GOOD}`, true],
    ['good among other versions', `v1a,xyz ${GOOD}`, true],
    ['another version', GOOD.replace('v1,', 'v2,'), false],
    ['without a version', GOOD.replace('v1,', ''), false],
    ['none', '', false],
    ['more than anybody sends before it', `${'v1,bad '.repeat(10)}${GOOD}`, false],
    ['sent twice', `${GOOD}, ${GOOD}`, false],
    ['of another body', signatureOf(SECRET, SECONDS, '{}'), false],
    ['of another id', signatureOf(SECRET, SECONDS, BODY, 'msg_2'), false],
    ['of another secret', signatureOf(`whsec_${Buffer.alloc(32, 8).toString('base64')}`, SECONDS), false],
  ])('signature: %s', (_case, signature, isGood) => {
    expect(verify({ 'webhook-signature': signature })).toBe(isGood);
  });

  it.each([
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
  ])('a time stamp %i s off', (offset, isGood) => {
    const seconds = SECONDS + offset;
    const headers = { 'webhook-timestamp': String(seconds), 'webhook-signature': signatureOf(SECRET, seconds) };
    expect(verify(headers)).toBe(isGood);
    vi.useFakeTimers({ now: NOW });
    try {
      const byLibrary = () => new Webhook(SECRET).verify(BODY, { 'webhook-id': 'msg_1', ...headers });
      if (isGood) expect(byLibrary).not.toThrow();
      else expect(byLibrary).toThrow(/too (old|new)/);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['NaN', '', '1e9', `${SECONDS}.5`, ` ${SECONDS}`, `-${SECONDS}`, `${SECONDS}abc`, '9'.repeat(20)])(
    'a time stamp %j, though it is signed',
    (timestamp) => {
      const digest = Buffer.from(hmacBytes(Buffer.from(BODY), timestamp), 'hex').toString('base64');
      expect(verify({ 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` })).toBe(false);
    },
  );

  it.each(['whsec_', 'whsec_!!!!', `whsec_${Buffer.alloc(8).toString('base64')}`, `${SECRET}!`])(
    'a secret that is no key proves nothing: %s',
    (secret) => {
      const key = Buffer.from(secret.slice(6), 'base64');
      const signature = key.length === 0 ? GOOD : signatureOf(`whsec_${key.toString('base64')}`, SECONDS);
      expect(verify({ 'webhook-signature': signature }, secret)).toBe(false);
    },
  );

  it('a signing secret takes nothing weaker', () => {
    const headers = { 'x-gitlab-token': SECRET, 'x-signature-256': `sha256=${hmacHex(SECRET, Buffer.from(BODY))}` };
    expect(verify({ ...headers, 'webhook-signature': '' })).toBe(false);
  });

  it('any other secret takes no signature of this kind', () => {
    const plain = KEY.toString('base64');
    expect(verify({ 'webhook-signature': signatureOf(plain, SECONDS) }, plain)).toBe(false);
  });
});

function hmacBytes(body: Uint8Array, timestamp = String(SECONDS)): string {
  return hmacHex(KEY as unknown as string, Buffer.concat([Buffer.from(`msg_1.${timestamp}.`), body]));
}
