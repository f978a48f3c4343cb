import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig, Settings } from '../src/config.ts';

const GOOD = {
  FLOTILLA_HASH_KEY: '0123456789abcdef0123456789abcdef',
  FLOTILLA_SUBSCRIPTIONS: '11111111-1111-1111-1111-111111111111, 22222222-2222-2222-2222-22222222222A',
  ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.windows.net',
  Tables__endpoint: 'https://flotilla.table.core.windows.net',
};

const PUBLIC_GIT_HOSTS = [
  'github.com',
  'gitlab.com',
  'bitbucket.org',
  'dev.azure.com',
  '*.visualstudio.com',
  'codeberg.org',
  'gitea.com',
];

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
      FLOTILLA_CLOUD: 'public',
      FLOTILLA_ARM_ENDPOINT: 'https://management.azure.com',
      FLOTILLA_GIT_HOSTS: PUBLIC_GIT_HOSTS,
      FLOTILLA_AUTH: 'on',
      FLOTILLA_AUTH_AUTHORITY: 'https://login.microsoftonline.com',
      FLOTILLA_AUTH_EASY_AUTH: 'ignored',
      OTEL_TRACES_SAMPLER_ARG: 1,
    });
  });

  it('reads the hosts of Git that may be asked, which take the place of the public ones', () => {
    const config = readConfig({ ...GOOD, FLOTILLA_GIT_HOSTS: 'Git.Contoso.com:8443, *.corp.contoso.com' });
    expect(config.FLOTILLA_GIT_HOSTS).toEqual(['git.contoso.com:8443', '*.corp.contoso.com']);
  });

  it('reads the local cloud`s clock', () => {
    const config = readConfig({ ...GOOD, FLOTILLA_CLOCK: '20@1700000000000' });
    expect(config.FLOTILLA_CLOCK).toEqual({ speed: 20, originMs: 1_700_000_000_000 });
  });

  it('reads the vaults that may be read, and versions of the API by kind of source', () => {
    const config = readConfig({
      ...GOOD,
      FLOTILLA_KEY_VAULTS: 'KV-one.vault.azure.net, kv-two.vault.azure.net',
      FLOTILLA_FLUX_API_VERSIONS: 'OCIRepository=2025-04-01, GitRepository=2024-11-01-preview',
    });
    expect(config.FLOTILLA_KEY_VAULTS).toEqual(['kv-one.vault.azure.net', 'kv-two.vault.azure.net']);
    expect(config.FLOTILLA_FLUX_API_VERSIONS).toEqual({
      OCIRepository: '2025-04-01',
      GitRepository: '2024-11-01-preview',
    });
  });

  it.each([
    'https://hooks.example/flotilla?token=x',
    'https://kv-one.vault.azure.net/secrets/receiver',
    'env:RECEIVER',
  ])('takes %s for a receiver', (receiver) => {
    const settings = {
      FLOTILLA_NOTIFY_URL: receiver,
      FLOTILLA_NOTIFY_KEY: 'https://kv-one.vault.azure.net/secrets/key',
    };
    expect(readConfig({ ...GOOD, ...settings })).toMatchObject(settings);
  });

  it('takes a receiver without https beside the local cloud only', () => {
    const receiver = { FLOTILLA_NOTIFY_URL: 'http://127.0.0.1:9000/' };
    expect(message({ ...receiver, FLOTILLA_ARM_ENDPOINT: 'http://127.0.0.1:8000' })).toBe('accepted');
    expect(message(receiver)).toContain('FLOTILLA_NOTIFY_URL must be https:// outside the local cloud');
  });

  it('takes an empty setting for one that is not set, and leaves alone what is not ours', () => {
    expect(readConfig({ ...GOOD, FLOTILLA_API_KEYS: '', FLOTILLA_CLOCK: '', PATH: '/bin' })).toEqual(readConfig(GOOD));
  });

  it('names every bad setting in one message, and never a value', () => {
    const secret = 'hunter2-value';
    const said = message({
      FLOTILLA_SUBSCRIPTIONS: secret,
      FLOTILLA_CLOUD: secret,
      FLOTILLA_ARM_ENDPOINT: `ftp://${secret}`,
      FLOTILLA_HASH_KEY: secret,
      FLOTILLA_KEY_VAULTS: secret,
      FLOTILLA_FLUX_API_VERSIONS: secret,
      FLOTILLA_NOTIFY_URL: secret,
      FLOTILLA_NOTIFY_KEY: secret,
      FLOTILLA_AUTH: secret,
      FLOTILLA_AUTH_TENANTS: secret,
      FLOTILLA_AUTH_AUDIENCES: `${secret} two`,
      FLOTILLA_AUTH_AUTHORITY: secret,
      FLOTILLA_AUTH_EASY_AUTH: secret,
      FLOTILLA_API_KEYS: `ci=Operator=${secret}`,
      FLOTILLA_GRANTS: secret,
      FLOTILLA_GIT_HOSTS: `https://${secret}`,
      FLOTILLA_PUBLIC_URL: secret,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${secret}`,
      OTEL_EXPORTER_OTLP_HEADERS: secret,
      OTEL_TRACES_SAMPLER_ARG: secret,
      APPLICATIONINSIGHTS_CONNECTION_STRING: secret,
      FLOTILLA_CLOCK: secret,
      Tables__endpoint: `http://${secret}`,
      AZURE_CLIENT_ID: secret,
    });
    for (const key of [
      'FLOTILLA_SUBSCRIPTIONS',
      'FLOTILLA_CLOUD must be public, usgovernment or china',
      'FLOTILLA_ARM_ENDPOINT',
      'FLOTILLA_HASH_KEY must have at least 32 characters',
      'FLOTILLA_KEY_VAULTS',
      'FLOTILLA_FLUX_API_VERSIONS',
      'FLOTILLA_NOTIFY_URL must be a https:// URL, or a reference',
      'FLOTILLA_NOTIFY_KEY must be a reference to a secret, never the key',
      'FLOTILLA_AUTH must be on or off',
      'FLOTILLA_AUTH_TENANTS.0 must be tenant ids',
      'FLOTILLA_AUTH_AUDIENCES',
      'FLOTILLA_AUTH_AUTHORITY',
      'FLOTILLA_AUTH_EASY_AUTH',
      'FLOTILLA_API_KEYS.0 must be NAME=ROLE=SHA256',
      'FLOTILLA_GRANTS must be JSON',
      'FLOTILLA_GIT_HOSTS',
      'FLOTILLA_PUBLIC_URL',
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL',
      'OTEL_EXPORTER_OTLP_HEADERS must be NAME=VALUE',
      'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1',
      'APPLICATIONINSIGHTS_CONNECTION_STRING must be a connection string',
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
    [{ FLOTILLA_HASH_KEY: '' }, 'FLOTILLA_HASH_KEY is not set'],
    [{ FLOTILLA_HASH_KEY: 'k'.repeat(31) }, 'FLOTILLA_HASH_KEY must have at least 32 characters'],
    [
      { FLOTILLA_HASH_KEY: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/s)' },
      'FLOTILLA_HASH_KEY is an unresolved Key Vault reference',
    ],
    [{ FLOTILLA_KEY_VAULTS: 'https://kv-one.vault.azure.net' }, 'must be host names of key vaults'],
    [{ FLOTILLA_KEY_VAULTS: 'kv-one.vault.azure.net.example.com' }, 'must be host names of key vaults'],
    [{ FLOTILLA_GIT_HOSTS: 'https://git.contoso.com' }, 'must be host names'],
    [{ FLOTILLA_GIT_HOSTS: 'git.contoso.com/fleet' }, 'must be host names'],
    [{ FLOTILLA_GIT_HOSTS: '*' }, 'must be host names'],
    [{ FLOTILLA_GIT_HOSTS: '*.com' }, 'must be host names'],
    [{ FLOTILLA_FLUX_API_VERSIONS: 'HelmRepository=2025-04-01' }, 'must be KIND=API-VERSION'],
    [{ FLOTILLA_FLUX_API_VERSIONS: 'Bucket=2025' }, 'must be KIND=API-VERSION'],
    [{ ServiceBus__fullyQualifiedNamespace: undefined }, 'ServiceBus__fullyQualifiedNamespace (or ServiceBus'],
    [{ Tables__endpoint: '' }, 'Tables__endpoint (or Tables'],
    [
      { Tables: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/s)' },
      'Tables is an unresolved Key Vault reference',
    ],
    [{ FLOTILLA_SUBSCRIPTIONS: ',' }, 'FLOTILLA_SUBSCRIPTIONS'],
    [{ FLOTILLA_NOTIFY_KEY: 'env:KEY' }, 'FLOTILLA_NOTIFY_URL is not set, though FLOTILLA_NOTIFY_KEY is'],
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
