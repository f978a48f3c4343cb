import { describe, expect, it } from 'vitest';
import { DELIVERY_BYTES_MAX, REJECTIONS_RECORDED_PER_MINUTE } from '../../src/contracts/limits.ts';
import type { Sent } from './support.ts';
import { app, BODY, delivery, OTHER, push, SECRET, sign } from './webhook-app.ts';

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
  ['a GET', 405, 'MethodNotAllowed', () => ({ ...delivery(), method: 'GET', body: '' })],
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
