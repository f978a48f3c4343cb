import { describe, expect, test } from 'vitest';
import { faultOf, found, REFERENCE, setUp, VALUE, VAULT, vaultError, VERSION } from './set-up.ts';

const MINUTE = 60_000;

describe('vaults', () => {
  test('that the setting does not name are not read', async () => {
    const { secrets, fixture } = await setUp();
    const fault = faultOf(await secrets.read('https://kv-other.vault.azure.net/secrets/git-token'));
    expect(fault).toMatchObject({ kind: 'refused', code: 'VaultNotAllowed' });
    expect(fault.detail).toContain('kv-other.vault.azure.net');
    expect(fault.detail).toContain('FLOTILLA_KEY_VAULTS');
    expect(fixture.requests).toEqual([]);
  });

  test('are compared without case', async () => {
    const { secrets } = await setUp();
    expect(await secrets.read(REFERENCE.replace('kv-flotilla', 'KV-Flotilla'))).toMatchObject({ ok: true });
  });
});

test('what is no reference is refused and not shown: it may be the secret', async () => {
  const { secrets } = await setUp();
  for (const text of [
    VALUE,
    '',
    'env:',
    `https://${VAULT}/keys/${VALUE}`,
    `https://${VAULT}/secrets/${VALUE}/latest`,
  ]) {
    const result = await secrets.read(text);
    expect(faultOf(result)).toMatchObject({ kind: 'refused', code: 'InvalidSecretReference' });
    expect(JSON.stringify(result)).not.toContain(VALUE);
  }
});

describe('values', () => {
  test.each([
    ['the longest', 'x'.repeat(25 * 1024), undefined],
    ['a longer one', 'x'.repeat(25 * 1024 + 1), 'SecretTooLong'],
    ['one that is longer in bytes', 'é'.repeat(12 * 1024 + 513), 'SecretTooLong'],
    ['none', '', 'SecretEmpty'],
  ])('%s', async (_name, value, code) => {
    const environment = { values: { TOKEN: value }, settings: [] };
    const { secrets } = await setUp(() => found(value), { environment });
    for (const reference of [REFERENCE, 'env:TOKEN']) {
      const result = await secrets.read(reference);
      const expected = {
        ok: false,
        fault: { kind: 'refused', code, detail: expect.stringContaining(reference) as string },
      };
      expect(result).toEqual(code === undefined ? { ok: true, value } : expected);
      expect(code !== undefined && JSON.stringify(result).includes('xxx')).toBe(false);
    }
  });
});

describe('values of a vault', () => {
  test('cost one read for reads at the same time and in the next five minutes', async () => {
    const { secrets, reads, clock } = await setUp();
    const results = await Promise.all(Array.from({ length: 50 }, () => secrets.read(REFERENCE)));
    clock.advance(5 * MINUTE - 1);
    results.push(await secrets.read(REFERENCE.replace('git-token', 'GIT-Token')));
    expect(results).toEqual(Array.from({ length: 51 }, () => ({ ok: true, value: VALUE })));
    expect(reads()).toHaveLength(1);
  });

  test('are read anew after that: a rotated secret is seen', async () => {
    let value = 'old';
    const { secrets, clock } = await setUp(() => found(value));
    await secrets.read(REFERENCE);
    value = 'new';
    clock.advance(5 * MINUTE);
    expect(await secrets.read(REFERENCE)).toEqual({ ok: true, value: 'new' });
  });

  test('are kept for each version and name', async () => {
    const { secrets } = await setUp(({ url }) => found(new URL(url, 'https://x').pathname));
    const references = [REFERENCE, `${REFERENCE}/${VERSION}`, REFERENCE.replace('git-token', 'other')];
    for (let round = 0; round < 2; round++) {
      const results = await Promise.all(references.map((reference) => secrets.read(reference)));
      expect(results.map((result) => result.ok && result.value)).toEqual([
        '/secrets/git-token/',
        `/secrets/git-token/${VERSION}`,
        '/secrets/other/',
      ]);
    }
  });

  test('are read again at once after a fault', async () => {
    let answer: ReturnType<typeof found> = { status: 404, body: vaultError('SecretNotFound', 'no') };
    const { secrets, reads } = await setUp(() => answer);
    const faults = await Promise.all([secrets.read(REFERENCE), secrets.read(REFERENCE)]);
    expect(faults.map((result) => faultOf(result).code)).toEqual(['SecretNotFound', 'SecretNotFound']);
    expect(reads()).toHaveLength(1);
    answer = found();
    expect(await secrets.read(REFERENCE)).toEqual({ ok: true, value: VALUE });
  });
});

describe('the environment', () => {
  const environment = { values: { GIT_TOKEN: VALUE, Tables: 'connection string' }, settings: ['Tables'] };

  test('of the local cloud gives its variables, as they are now', async () => {
    const values: Record<string, string> = { GIT_TOKEN: 'old' };
    const { secrets } = await setUp(undefined, { environment: { values, settings: [] } });
    await secrets.read('env:GIT_TOKEN');
    values['GIT_TOKEN'] = 'new';
    expect(await secrets.read('env:GIT_TOKEN')).toEqual({ ok: true, value: 'new' });
  });

  test.each(['env:Tables', 'env:TABLES'])('never gives the application`s own setting: %s', async (reference) => {
    const { secrets } = await setUp(undefined, { environment });
    const result = await secrets.read(reference);
    expect(faultOf(result)).toMatchObject({ kind: 'refused', code: 'SettingIsNoSecret' });
  });

  test('may lack a variable', async () => {
    const { secrets } = await setUp(undefined, { environment });
    expect(faultOf(await secrets.read('env:OTHER'))).toEqual({
      kind: 'refused',
      code: 'SecretNotFound',
      detail: 'The environment of the local cloud has no OTHER. Set it and start again.',
    });
  });

  test('is closed in Azure', async () => {
    const { secrets } = await setUp();
    expect(faultOf(await secrets.read('env:PATH'))).toMatchObject({
      kind: 'refused',
      code: 'EnvironmentSecretsNotAllowed',
    });
  });
});
