import { describe, expect, test } from 'vitest';
import { createSecrets } from '../../../src/adapters/keyvault/secrets.ts';
import { ManualClock } from '../../../local/clock.ts';
import type { Answer } from '../http-fixture.ts';
import { faultOf, found, REFERENCE, setUp, TOKEN, VALUE, VAULT, vaultError, type Setup } from './set-up.ts';

async function faultFor(answer: Answer, requestTimeoutMs = 20_000) {
  const setup = await setUp(() => answer, { requestTimeoutMs });
  return { fault: faultOf(await setup.secrets.read(REFERENCE)), ...setup };
}

/** What nobody may send on: the value, the token. */
function leaks({ fault }: { fault: unknown }): boolean {
  const text = JSON.stringify(fault);
  return text.includes(VALUE) || text.includes(TOKEN);
}

describe('somebody has to act', () => {
  test.each([
    [404, vaultError('SecretNotFound', 'not in this vault'), 'SecretNotFound', 'does not exist'],
    [403, vaultError('Forbidden', 'disabled', 'SecretDisabled'), 'SecretDisabled', 'is disabled'],
    [403, vaultError('Forbidden', 'who are you', 'ForbiddenByRbac'), 'SecretForbidden', '403 (ForbiddenByRbac)'],
    [403, vaultError('Forbidden', 'whence', 'ForbiddenByFirewall'), 'SecretForbidden', '403 (ForbiddenByFirewall)'],
    [403, '<html>proxy</html>', 'SecretForbidden', 'answered 403 for'],
    [401, vaultError('Unauthorized', 'AKV10032'), 'SecretForbidden', 'Key Vault Secrets User'],
    [400, vaultError('BadParameter', 'api-version'), 'VaultRefused', '400 (BadParameter)'],
  ])('%i %j is refused as %s', async (status, body, code, words) => {
    const headers = { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' };
    const { fault } = await faultFor({ status, headers, body });
    expect(fault).toEqual({ kind: 'refused', code, detail: expect.stringContaining(words) as string });
    expect(fault.detail).toContain(REFERENCE);
  });
});

describe('tried again', () => {
  const error = vaultError('Throttled', 'slow down');

  test.each([
    [429, { 'retry-after': '17' }, error, 'VaultThrottled', 17_000],
    [429, {}, error, 'VaultThrottled', undefined],
    [503, { 'retry-after': '3' }, undefined, 'VaultUnavailable', 3000],
    [500, {}, vaultError('InternalError', 'oops'), 'VaultUnavailable', undefined],
    [408, {}, undefined, 'VaultUnavailable', undefined],
    [502, { 'content-type': 'text/html' }, '<html>Bad gateway</html>', 'VaultUnavailable', undefined],
  ])('%i with %j, by us and not by the SDK', async (status, headers, body, code, retryAfterMs) => {
    const { fault, reads } = await faultFor({ status, headers, body });
    expect(fault).toMatchObject({ kind: 'unavailable', code });
    expect(fault.kind === 'unavailable' && fault.retryAfterMs).toBe(retryAfterMs);
    expect(reads()).toHaveLength(1);
  });

  test('redirects are not followed', async () => {
    const { fault, reads } = await faultFor({ status: 307, headers: { location: '/elsewhere' } });
    expect([fault.code, reads().length]).toEqual(['VaultUnavailable', 1]);
  });

  test.each([
    ['a 404 that is not the vault`s', { status: 404, headers: { 'content-type': 'text/html' }, body: 'no such page' }],
    ['half a secret', { status: 200, body: `{"value":"${VALUE}","id":` }],
    ['a secret without an id', { status: 200, body: { value: VALUE } }],
    ['text', { status: 200, headers: { 'content-type': 'text/plain' }, body: VALUE }],
    ['a list', { status: 200, body: [VALUE] }],
    ['nothing', { status: 200 }],
    ['an error that breaks off', { status: 404, body: `{"error":{"code":"${VALUE}` }],
  ])('%s is no answer, and is not quoted', async (_name, answer) => {
    const { fault } = await faultFor(answer);
    expect(fault).toMatchObject({ kind: 'unavailable', code: 'UnreadableAnswer' });
    expect(leaks({ fault })).toBe(false);
  });

  test('messages of the vault are not quoted', async () => {
    const said = await faultFor({ status: 403, body: vaultError(`Forbidden ${VALUE}`, VALUE) });
    const inner = await faultFor({ status: 503, body: vaultError('Busy', VALUE, `no code: ${VALUE}`) });
    expect([leaks(said), leaks(inner), inner.fault.detail.includes('(Busy)')]).toEqual([false, false, true]);
  });
});

describe('no answer', () => {
  test('a silent vault is given up at the deadline', async () => {
    const { fault } = await faultFor({ byHand: () => undefined }, 100);
    expect(fault).toEqual({
      kind: 'unavailable',
      code: 'VaultTimedOut',
      detail: `${VAULT} did not answer within 100 ms.`,
    });
  });

  test('so is one whose answer never ends', async () => {
    const { fault } = await faultFor(
      { byHand: (response) => void response.writeHead(200).write(`{"value":"${VALUE}`) },
      200,
    );
    expect(fault).toMatchObject({ kind: 'unavailable', code: 'VaultTimedOut' });
  });

  test('an answer that breaks off', async () => {
    const byHand: Extract<Answer, { byHand: unknown }>['byHand'] = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write(`{"value":"${VALUE}`, () => response.destroy());
    };
    const said = await faultFor({ byHand });
    expect(said.fault).toMatchObject({ kind: 'unavailable', code: 'BrokenAnswer' });
    expect(leaks(said)).toBe(false);
  });

  test('nobody listens', async () => {
    const { secrets, fixture } = await setUp();
    await fixture.close();
    expect(faultOf(await secrets.read(REFERENCE))).toMatchObject({ kind: 'unavailable', code: 'ECONNREFUSED' });
  });

  test('after which the next read works', async () => {
    let answer: Answer = { byHand: (response) => response.destroy() };
    const { secrets } = await setUp(() => answer);
    expect(await secrets.read(REFERENCE)).toMatchObject({ fault: { kind: 'unavailable' } });
    answer = found();
    expect(await secrets.read(REFERENCE)).toEqual({ ok: true, value: VALUE });
  });

  test('no token: the vault is not asked with one', async () => {
    const credential = { getToken: () => Promise.reject(new Error('identity endpoint is away')) };
    const { secrets, reads }: Setup = await setUp(undefined, { credential });
    expect(faultOf(await secrets.read(REFERENCE))).toEqual({
      kind: 'unavailable',
      code: 'TokenUnavailable',
      detail: 'identity endpoint is away',
    });
    expect(reads()).toEqual([]);
  });
});

test('plain http is no way to a vault', async () => {
  const credential = { getToken: () => Promise.reject(new Error('never asked')) };
  const secrets = createSecrets({ credential, clock: new ManualClock(), vaults: [VAULT] });
  const result = await secrets.read(REFERENCE.replace('https:', 'http:'));
  expect(faultOf(result)).toMatchObject({ kind: 'refused', code: 'InvalidSecretReference' });
});
