import { logger } from '@azure/keyvault-secrets';
import { describe, expect, onTestFinished, test } from 'vitest';
import { found, REFERENCE, setUp, TENANT, TOKEN, VALUE, VERSION } from './set-up.ts';

describe('Key Vault', () => {
  test('gives a secret to a token of the tenant that the vault names', async () => {
    const { secrets, fixture, asked } = await setUp();
    expect(await secrets.read(REFERENCE)).toEqual({ ok: true, value: VALUE });
    expect(asked).toEqual([{ scope: ['https://vault.azure.net/.default'], tenantId: TENANT }]);
    expect(
      fixture.requests.map(({ method, url, headers }) => [method, decodeURIComponent(url), headers.authorization]),
    ).toEqual([
      ['GET', '/secrets/git-token/?api-version=7.4', undefined],
      ['GET', '/secrets/git-token/?api-version=7.4', `Bearer ${TOKEN}`],
    ]);
  });

  test('is asked without a detour once it is known', async () => {
    const { secrets, fixture } = await setUp();
    await secrets.read(REFERENCE);
    await secrets.read(REFERENCE.replace('git-token', 'other'));
    expect(fixture.requests).toHaveLength(3);
  });

  test('gives a pinned version', async () => {
    const { secrets, reads } = await setUp();
    await secrets.read(`${REFERENCE}/${VERSION}`);
    expect(reads().map(({ url }) => decodeURIComponent(url))).toEqual([
      `/secrets/git-token/${VERSION}?api-version=7.4`,
    ]);
  });

  test('of a sovereign cloud gets a token of that cloud', async () => {
    const vaults = ['kv-flotilla.vault.azure.cn'];
    const { secrets, asked } = await setUp(undefined, { cloud: 'vault.azure.cn', vaults });
    expect(await secrets.read('https://kv-flotilla.vault.azure.cn/secrets/git-token')).toMatchObject({ ok: true });
    expect(asked.map(({ scope }) => scope)).toEqual([['https://vault.azure.cn/.default']]);
  });

  test('that asks for a token for somebody else gets none', async () => {
    const { secrets, asked, reads } = await setUp(undefined, { cloud: 'vault.example.com' });
    expect(await secrets.read(REFERENCE)).toMatchObject({ fault: { kind: 'unavailable', code: 'UnreadableAnswer' } });
    expect([asked, reads()]).toEqual([[], []]);
  });

  test('never makes the SDK log a value or a token', async () => {
    const lines: string[] = [];
    const { log, enabled } = logger.info;
    onTestFinished(() => void Object.assign(logger.info, { log, enabled }));
    Object.assign(logger.info, { enabled: true, log: (...args: unknown[]) => lines.push(JSON.stringify(args)) });
    const { secrets } = await setUp();
    await secrets.read(REFERENCE);
    expect(lines.join('\n')).toContain('git-token');
    expect(lines.filter((line) => line.includes(VALUE) || line.includes(TOKEN))).toEqual([]);
  });

  test.each([
    ['no longer', { exp: Date.UTC(2026, 0, 1) / 1000 }, 'SecretExpired', '2026-01-01T00:00:00.000Z'],
    ['not yet', { nbf: Date.UTC(2026, 0, 2) / 1000 }, 'SecretNotYetValid', '2026-01-02T00:00:00.000Z'],
  ])('gives secrets that are %s valid, and they are refused', async (_name, attributes, code, date) => {
    const { secrets } = await setUp(() => found(VALUE, attributes));
    const result = await secrets.read(REFERENCE);
    expect(result).toMatchObject({ fault: { kind: 'refused', code, detail: expect.stringContaining(date) as string } });
    expect(JSON.stringify(result)).not.toContain(VALUE);
  });

  test('gives secrets that are valid now', async () => {
    const day = (n: number) => Date.UTC(2026, 0, n) / 1000;
    const { secrets } = await setUp(() => found(VALUE, { nbf: day(1), exp: day(2) }));
    expect(await secrets.read(REFERENCE)).toEqual({ ok: true, value: VALUE });
  });
});
