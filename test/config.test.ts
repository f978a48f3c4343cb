import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig, Settings } from '../src/config.ts';

const GOOD = {
  FLOTILLA_SUBSCRIPTIONS: '11111111-1111-1111-1111-111111111111, 22222222-2222-2222-2222-22222222222A',
  ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.windows.net',
  Tables__endpoint: 'https://flotilla.table.core.windows.net',
};

function message(changes: Record<string, string | undefined>): string {
  try {
    readConfig({ ...GOOD, ...changes });
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('the configuration', () => {
  it('is typed, with the public cloud by default', () => {
    expect(readConfig(GOOD)).toEqual({
      ...GOOD,
      FLOTILLA_SUBSCRIPTIONS: ['11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-22222222222a'],
      FLOTILLA_ARM_ENDPOINT: 'https://management.azure.com',
    });
  });

  it('reads names of keys, and the local cloud`s clock', () => {
    const config = readConfig({
      ...GOOD,
      FLOTILLA_KEY_NAMES: 'ci=0123456789ab, ops=ba9876543210',
      FLOTILLA_CLOCK: '20@1700000000000',
    });
    expect(config.FLOTILLA_KEY_NAMES).toEqual(
      new Map([
        ['0123456789ab', 'ci'],
        ['ba9876543210', 'ops'],
      ]),
    );
    expect(config.FLOTILLA_CLOCK).toEqual({ speed: 20, originMs: 1_700_000_000_000 });
  });

  it('takes an empty setting for one that is not set, and leaves alone what is not ours', () => {
    expect(readConfig({ ...GOOD, FLOTILLA_KEY_NAMES: '', FLOTILLA_CLOCK: '', PATH: '/bin' })).toEqual(readConfig(GOOD));
  });

  it('names every bad setting in one message, and never a value', () => {
    const secret = 'hunter2-value';
    const said = message({
      FLOTILLA_SUBSCRIPTIONS: secret,
      FLOTILLA_ARM_ENDPOINT: `ftp://${secret}`,
      FLOTILLA_KEY_NAMES: `ci=${secret}`,
      FLOTILLA_CLOCK: secret,
      Tables__endpoint: `http://${secret}`,
      AZURE_CLIENT_ID: secret,
    });
    for (const key of [
      'FLOTILLA_SUBSCRIPTIONS',
      'FLOTILLA_ARM_ENDPOINT',
      'FLOTILLA_KEY_NAMES',
      'FLOTILLA_CLOCK',
      'Tables__endpoint',
      'AZURE_CLIENT_ID',
    ]) {
      expect(said).toContain(key);
    }
    expect(said).not.toContain(secret);
  });

  it.each([
    [{ FLOTILLA_SUBSCRIPTIONS: undefined }, 'FLOTILLA_SUBSCRIPTIONS is not set'],
    [{ ServiceBus__fullyQualifiedNamespace: undefined }, 'ServiceBus__fullyQualifiedNamespace (or ServiceBus'],
    [{ Tables__endpoint: '' }, 'Tables__endpoint (or Tables'],
    [
      { Tables: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/s)' },
      'Tables is an unresolved Key Vault reference',
    ],
    [{ FLOTILLA_SUBSCRIPTIONS: ',' }, 'FLOTILLA_SUBSCRIPTIONS'],
  ])('without a usable value: %j', (changes, expected) => {
    expect(message(changes)).toContain(expected);
  });

  it('names several missing settings at once', () => {
    const said = message({ Tables__endpoint: undefined, ServiceBus__fullyQualifiedNamespace: undefined });
    expect([said.includes('Tables__endpoint'), said.includes('ServiceBus__fullyQualifiedNamespace')]).toEqual([
      true,
      true,
    ]);
  });
});

describe('local.settings.sample.json', () => {
  const { Values } = JSON.parse(readFileSync(new URL('../local.settings.sample.json', import.meta.url), 'utf8')) as {
    Values: Record<string, string>;
  };

  it('has exactly the settings that are read, and the two of the platform', () => {
    const known = [...Object.keys(Settings.shape), 'FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];
    expect(Object.keys(Values).sort()).toEqual(known.sort());
  });

  it('is a configuration that works', () => {
    expect(() => readConfig(Values)).not.toThrow();
  });
});
