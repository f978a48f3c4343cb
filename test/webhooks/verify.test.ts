import { verify as verifyByOctokit } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProviderName } from '../../src/contracts/webhook.ts';
import { PROVIDERS } from '../../src/webhooks/registry.ts';
import { deliveryOf, hmacHex, SECRET } from './deliveries.ts';

const BODY = Buffer.from('{"ref":"refs/heads/main","umlaut":"ä"}');
const HEX = hmacHex(SECRET, BODY);

const IN_HEX: readonly (readonly [ProviderName, string, string])[] = [
  ['github', 'x-hub-signature-256', 'sha256='],
  ['bitbucket', 'x-hub-signature', 'sha256='],
  ['bitbucket-server', 'x-hub-signature', 'sha256='],
  ['gitea', 'x-gitea-signature', ''],
  ['flux', 'x-signature', 'sha256='],
  ['generic', 'x-signature-256', 'sha256='],
];

describe.each(IN_HEX)('%s: signature in %s', (name, header, prefix) => {
  const verify = (value: string | undefined, body: Uint8Array = BODY, secret = SECRET): boolean =>
    PROVIDERS[name].verify(deliveryOf(value === undefined ? {} : { [header]: value }, body), secret);

  it('good over the bytes, whatever they are', () => {
    expect(verify(prefix + HEX)).toBe(true);
    const odd = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00]);
    expect(verify(prefix + hmacHex(SECRET, odd), odd)).toBe(true);
    const empty = new Uint8Array();
    expect(verify(prefix + hmacHex(SECRET, empty), empty)).toBe(true);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['the prefix alone', prefix],
    ['one nibble flipped', prefix + HEX.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['63 digits', prefix + HEX.slice(1)],
    ['65 digits', `${prefix}${HEX}0`],
    ['no hex digits', prefix + 'zz' + HEX.slice(2)],
    ['upper case', prefix + HEX.toUpperCase()],
    ['another prefix', `sha1=${HEX}`],
    ['a blank behind', `${prefix}${HEX} `],
    ['sent twice', `${prefix}${HEX}, ${prefix}${HEX}`],
    ['base64', prefix + Buffer.from(HEX, 'hex').toString('base64')],
    ['of another secret', prefix + hmacHex(`${SECRET}.`, BODY)],
  ])('refused: %s', (_case, value) => {
    expect(verify(value)).toBe(false);
  });

  it('refused: one byte of the body flipped', () => {
    const flipped = Buffer.from(BODY);
    flipped[3] = flipped[3]! ^ 1;
    expect(verify(prefix + HEX, flipped)).toBe(false);
  });

  it('refused: a secret that is empty, and the empty signature that goes with it', () => {
    expect(verify(prefix + hmacHex('', BODY), BODY, '')).toBe(false);
    expect(verify(prefix, BODY, '')).toBe(false);
    expect(verify('', BODY, '')).toBe(false);
  });

  it('judged by its own header alone', () => {
    const others = ['x-hub-signature-256', 'x-hub-signature', 'x-gitea-signature', 'x-signature', 'x-signature-256'];
    for (const other of others.filter((candidate) => candidate !== header)) {
      const delivery = deliveryOf({ [other]: `sha256=${HEX}` }, BODY);
      expect(PROVIDERS[name].verify(delivery, SECRET)).toBe(false);
    }
  });
});

describe('github', () => {
  it("agrees with GitHub's vector", () => {
    const secret = "It's a Secret to Everybody";
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const delivery = deliveryOf({ 'x-hub-signature-256': signature }, 'Hello, World!');
    expect(PROVIDERS.github.verify(delivery, secret)).toBe(true);
  });

  it('agrees with the library of GitHub', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const property = fc.asyncProperty(text, text, fc.boolean(), async (secret, body, isGood) => {
      const signature = `sha256=${hmacHex(isGood ? secret : `${secret}!`, Buffer.from(body))}`;
      const ours = PROVIDERS.github.verify(deliveryOf({ 'x-hub-signature-256': signature }, body), secret);
      expect(ours).toBe(await verifyByOctokit(secret, body, signature));
      expect(ours).toBe(isGood);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

const SENT: readonly (readonly [ProviderName, string, string])[] = [
  ['gitlab', 'x-gitlab-token', SECRET],
  ['acr', 'authorization', `Bearer ${SECRET}`],
  ['oci', 'authorization', `Bearer ${SECRET}`],
  ['azure-devops', 'authorization', `Basic ${Buffer.from(SECRET).toString('base64')}`],
];

describe.each(SENT)('%s: the secret in %s', (name, header, proof) => {
  const verify = (headers: Readonly<Record<string, string>>, secret = SECRET): boolean =>
    PROVIDERS[name].verify(deliveryOf(headers, BODY), secret);

  it('good', () => {
    expect(verify({ [header]: proof })).toBe(true);
  });

  it.each([
    ['a blank behind', `${proof} `],
    ['longer by one', `${proof}x`],
    ['shorter by one', proof.slice(0, -1)],
    ['another scheme', proof.replace(/^(Basic|Bearer) /, 'Digest ').replace(/^a /, 'b ')],
    ['the case of the scheme', proof.replace(/^[aB]/, (first) => (first === 'a' ? 'A' : 'b'))],
    ['sent twice', `${proof}, ${proof}`],
    ['empty', ''],
  ])('refused: %s', (_case, value) => {
    expect(verify({ [header]: value })).toBe(false);
  });

  it('refused: missing, in another header, and a secret that is empty', () => {
    expect(verify({})).toBe(false);
    expect(verify({ 'x-hub-signature-256': `sha256=${HEX}`, 'x-token': proof })).toBe(false);
    for (const value of ['', 'Bearer ', 'Basic ']) expect(verify({ [header]: value }, '')).toBe(false);
  });
});

it('azure-devops: user and password are one secret', () => {
  const verify = (credentials: string): boolean => {
    const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    return PROVIDERS['azure-devops'].verify(
      deliveryOf({ authorization }, BODY),
      'flotilla:correct horse battery staple',
    );
  };
  expect(verify('flotilla:correct horse battery staple')).toBe(true);
  expect(verify('admin:correct horse battery staple')).toBe(false);
  expect(verify('flotilla:wrong')).toBe(false);
});

it.each(ProviderName.options)('%s: verify and deliveryId never throw, and nothing made up is believed', (name) => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(HEX, 'v1,', 'whsec_', 'sha256='));
  const property = fc.property(fc.option(text), fc.uint8Array(), text, fc.double(), (value, body, secret, now) => {
    const delivery = { header: () => value ?? undefined, body, now };
    const isToken = name === 'gitlab' && value === secret && secret !== '' && !secret.startsWith('whsec_');
    expect(PROVIDERS[name].verify(delivery, secret)).toBe(isToken);
    const id = PROVIDERS[name].deliveryId(delivery);
    if (id !== undefined) expect(id).toMatch(/^[!-~]{1,128}$/);
  });
  fc.assert(property, { numRuns: 300 });
});

const ID = '0b6f2f0e-2b0c-4f2e-9d5a-000000000001';

it.each<[ProviderName, Readonly<Record<string, string>>, string | undefined]>([
  ['github', { 'x-github-delivery': ID }, ID],
  ['gitlab', { 'idempotency-key': ID }, ID],
  ['gitlab', { 'webhook-id': ID, 'idempotency-key': 'other' }, ID],
  ['bitbucket', { 'x-request-uuid': ID }, ID],
  ['bitbucket-server', { 'x-request-id': ID }, ID],
  ['gitea', { 'x-gitea-delivery': ID, 'x-github-delivery': 'other' }, ID],
  ['gitea', { 'x-github-delivery': 'other' }, undefined],
  ['generic', { 'webhook-id': ID }, ID],
  ['generic', { 'webhook-id': ID, 'x-signature-256': `sha256=${HEX}` }, undefined],
  ['azure-devops', { 'x-request-id': ID }, undefined],
  ['acr', {}, undefined],
  ['oci', {}, undefined],
  ['flux', {}, undefined],
  ['github', { 'x-github-delivery': '' }, undefined],
  ['github', { 'x-github-delivery': 'x'.repeat(129) }, undefined],
  ['github', { 'x-github-delivery': 'with blank' }, undefined],
  ['github', { 'x-github-delivery': 'line\nbreak' }, undefined],
])('id of a delivery of %s %j: %s', (name, headers, id) => {
  expect(PROVIDERS[name].deliveryId(deliveryOf(headers))).toBe(id);
});
