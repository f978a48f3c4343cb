import { DefaultAzureCredential } from '@azure/identity';
import { describe, expect, it, vi } from 'vitest';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';

vi.mock('@azure/identity', () => {
  const getToken = () => Promise.resolve(null);
  return {
    DefaultAzureCredential: vi.fn(function credential() {
      return { getToken };
    }),
  };
});

const BASE = {
  FLOTILLA_HASH_KEY: '0123456789abcdef0123456789abcdef',
  FLOTILLA_SUBSCRIPTIONS: '11111111-1111-1111-1111-111111111111',
};
const HOSTS = {
  public: {
    FLOTILLA_ARM_ENDPOINT: 'https://management.azure.com/',
    FLOTILLA_AUTH_AUTHORITY: 'https://login.microsoftonline.com/',
    FLOTILLA_KEY_VAULTS: 'kv-flotilla.vault.azure.net',
    FLOTILLA_NOTIFY_KEY: 'https://kv-flotilla.vault.azure.net/secrets/key',
    ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.windows.net',
    Tables__endpoint: 'https://flotilla.table.core.windows.net/',
  },
  usgovernment: {
    FLOTILLA_ARM_ENDPOINT: 'https://management.usgovcloudapi.net',
    FLOTILLA_AUTH_AUTHORITY: 'https://login.microsoftonline.us/',
    FLOTILLA_KEY_VAULTS: 'kv-flotilla.vault.usgovcloudapi.net',
    FLOTILLA_NOTIFY_KEY: 'https://kv-flotilla.vault.usgovcloudapi.net/secrets/key',
    ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.usgovcloudapi.net',
    Tables__endpoint: 'https://flotilla.table.core.usgovcloudapi.net',
  },
  china: {
    FLOTILLA_ARM_ENDPOINT: 'https://management.chinacloudapi.cn/',
    FLOTILLA_AUTH_AUTHORITY: 'https://login.partner.microsoftonline.cn',
    FLOTILLA_KEY_VAULTS: 'kv-flotilla.vault.azure.cn',
    FLOTILLA_NOTIFY_KEY: 'https://kv-flotilla.vault.azure.cn/secrets/key',
    ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.chinacloudapi.cn',
    Tables__endpoint: 'https://flotilla.table.core.chinacloudapi.cn',
  },
};
const CLOUDS = Object.keys(HOSTS) as (keyof typeof HOSTS)[];
type Name = keyof (typeof HOSTS)['public'];
const NAMES = Object.keys(HOSTS.public) as Name[];

/** Settings of an installation in a cloud; `FLOTILLA_CLOUD` included, and overrides of what has a default. */
function settings(cloud: keyof typeof HOSTS, changes: Record<string, string> = {}): Record<string, string> {
  const notify = { FLOTILLA_NOTIFY_URL: 'https://hooks.example/' };
  return { ...BASE, ...HOSTS[cloud], ...notify, FLOTILLA_CLOUD: cloud, ...changes };
}

function message(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe.each(CLOUDS)('in the cloud %s', (cloud) => {
  it('its own hosts are taken, and are where it has them unless a setting says otherwise', () => {
    expect(message(settings(cloud))).toBe('accepted');
    const { FLOTILLA_ARM_ENDPOINT: arm, FLOTILLA_AUTH_AUTHORITY: authority, ...rest } = settings(cloud);
    const config = readConfig(rest);
    expect(new URL(config.FLOTILLA_ARM_ENDPOINT).host).toBe(new URL(arm!).host);
    // In China tokens are issued under another name than that of the sign-in.
    const signIn = cloud === 'china' ? 'login.chinacloudapi.cn' : new URL(authority!).host;
    expect(new URL(config.FLOTILLA_AUTH_AUTHORITY).host).toBe(signIn);
  });

  it('the credential asks its sign-in, whoever vouches for callers', () => {
    const AZURE_CLIENT_ID = '33333333-3333-3333-3333-333333333333';
    compose(readConfig(settings(cloud, { AZURE_CLIENT_ID, FLOTILLA_AUTH_AUTHORITY: 'https://login.contoso.example' })));
    const host = { public: 'com', usgovernment: 'us', china: undefined }[cloud];
    expect(DefaultAzureCredential).toHaveBeenLastCalledWith({
      managedIdentityClientId: AZURE_CLIENT_ID,
      authorityHost: host === undefined ? 'https://login.chinacloudapi.cn' : `https://login.microsoftonline.${host}`,
    });
  });

  describe.each(CLOUDS.filter((other) => other !== cloud))('nothing of %s', (other) => {
    it.each(NAMES)('is taken for %s', (name) => {
      const said = message(settings(cloud, { [name]: HOSTS[other][name] }));
      expect(said).toBe(`Settings are wrong: ${name} leads into the cloud ${other}, but FLOTILLA_CLOUD is ${cloud}.`);
    });

    it('is taken, and one message names it all, beside what else is wrong', () => {
      const said = message({ ...settings(other), FLOTILLA_CLOUD: cloud, FLOTILLA_HASH_KEY: 'short' });
      for (const name of NAMES) expect(said).toContain(`${name} leads into the cloud ${other}`);
      expect(said).toContain('FLOTILLA_HASH_KEY must have');
    });
  });
});

describe('a cloud', () => {
  it('that there is not is refused', () => {
    expect(message(settings('public', { FLOTILLA_CLOUD: 'moon' }))).toBe(
      'Settings are wrong: FLOTILLA_CLOUD must be public, usgovernment or china.',
    );
  });

  it('is the public one when nothing is said', () => {
    const { FLOTILLA_CLOUD: _none, ...rest } = settings('public');
    expect(readConfig(rest).FLOTILLA_CLOUD).toBe('public');
  });

  it('is told by the end of a host, not by what stands somewhere in it', () => {
    const vault = { FLOTILLA_KEY_VAULTS: 'kv-flotilla.vault.azure.net, kv-azure-cn.vault.azure.net' };
    expect(message(settings('public', vault))).toBe('accepted');
  });
});
