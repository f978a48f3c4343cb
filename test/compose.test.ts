import { afterEach, describe, expect, it, vi } from 'vitest';
import { compose } from '../src/compose.ts';
import { readConfig } from '../src/config.ts';

const AZURE = {
  FLOTILLA_SUBSCRIPTIONS: '11111111-1111-1111-1111-111111111111',
  FLOTILLA_HASH_KEY: 'a key for tests, long enough for it',
  ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.windows.net',
  Tables__endpoint: 'https://flotilla.table.core.windows.net',
};
const LOCAL = { ...AZURE, FLOTILLA_ARM_ENDPOINT: 'http://127.0.0.1:1' };

const { secrets: inAzure } = compose(readConfig(AZURE)).deps;
const { secrets: inLocalCloud } = compose(readConfig(LOCAL)).deps;

afterEach(() => void vi.unstubAllEnvs());

describe('secrets of the composed application', () => {
  it('come from the environment in the local cloud only', async () => {
    vi.stubEnv('GIT_TOKEN', 'value');
    expect(await inLocalCloud.read('env:GIT_TOKEN')).toEqual({ ok: true, value: 'value' });
    expect(await inAzure.read('env:GIT_TOKEN')).toMatchObject({ fault: { code: 'EnvironmentSecretsNotAllowed' } });
  });

  it.each(Object.keys(AZURE))('are never the setting %s', async (name) => {
    vi.stubEnv(name, 'value');
    expect(await inLocalCloud.read(`env:${name}`)).toMatchObject({ fault: { code: 'SettingIsNoSecret' } });
  });

  it('come from no vault unless the setting names it', async () => {
    const reference = 'https://kv-other.vault.azure.net/secrets/git-token';
    const { secrets } = compose(readConfig({ ...AZURE, FLOTILLA_KEY_VAULTS: 'kv-flotilla.vault.azure.net' })).deps;
    for (const each of [secrets, inAzure, inLocalCloud]) {
      expect(await each.read(reference)).toMatchObject({ fault: { kind: 'refused', code: 'VaultNotAllowed' } });
    }
  });
});

describe('whoever is to hear of what happens', () => {
  const vault = 'https://kv-notify.vault.azure.net/secrets';
  const told = { id: 'x', type: 'flotilla.brake.on', at: 1, subject: 'policies/x', code: 'X', detail: '' } as const;

  it('is nobody unless the settings say so', () => {
    expect(compose(readConfig(AZURE)).deps.notifier).toBeUndefined();
    expect(compose(readConfig({ ...AZURE, FLOTILLA_NOTIFY_URL: 'https://hooks.example' })).deps.notifier).toBeDefined();
  });

  it('has vaults of its own, which rollouts may not read', async () => {
    const settings = { FLOTILLA_NOTIFY_URL: `${vault}/receiver`, FLOTILLA_NOTIFY_KEY: `${vault}/key` };
    const { secrets } = compose(readConfig({ ...AZURE, ...settings })).deps;
    expect(await secrets.read(`${vault}/key`)).toMatchObject({ fault: { code: 'VaultNotAllowed' } });
  });

  it('is read from the environment in the local cloud only', async () => {
    vi.stubEnv('RECEIVER', 'ftp://nowhere');
    const settings = { FLOTILLA_NOTIFY_URL: 'env:RECEIVER' };
    const local = compose(readConfig({ ...LOCAL, ...settings })).deps.notifier;
    const azure = compose(readConfig({ ...AZURE, ...settings })).deps.notifier;
    expect(await local?.notify(told)).toMatchObject({ code: 'ReceiverNotAllowed' });
    expect(await azure?.notify(told)).toMatchObject({ code: 'EnvironmentSecretsNotAllowed' });
  });
});

it('the hash key is the installation`s own', () => {
  const other = { ...AZURE, FLOTILLA_HASH_KEY: 'another key for tests, long enough' };
  const [one, two] = [AZURE, other].map((settings) => compose(readConfig(settings)).deps.digest.keyed('secret'));
  expect(one).not.toBe(two);
});

describe('links to this installation', () => {
  it.each([
    [{}, undefined],
    [{ WEBSITE_HOSTNAME: 'flotilla.azurewebsites.net' }, 'https://flotilla.azurewebsites.net'],
    [{ WEBSITE_HOSTNAME: 'localhost:7071' }, 'http://localhost:7071'],
    [
      { WEBSITE_HOSTNAME: 'flotilla.azurewebsites.net', FLOTILLA_PUBLIC_URL: 'https://rollouts.contoso.com/' },
      'https://rollouts.contoso.com',
    ],
  ])('%j', (settings, expected) => {
    expect(compose(readConfig({ ...AZURE, ...settings })).deps.publicUrl).toBe(expected);
  });
});

describe('Git hosts', () => {
  const query = { kind: 'branch', prefix: 'main' } as const;

  it('are spoken to in plain http in the local cloud only', async () => {
    const url = 'http://127.0.0.1:1/contoso/fleet';
    const ask = (settings: typeof AZURE) => compose(readConfig(settings)).deps.gitRemote.refs({ ...query, url });
    expect(await ask(LOCAL)).toMatchObject({ fault: { kind: 'unavailable' } });
    expect(await ask(AZURE)).toMatchObject({ fault: { kind: 'refused', code: 'UnsupportedRepository' } });
  });

  it('are those of the settings', async () => {
    const { gitRemote } = compose(readConfig({ ...AZURE, FLOTILLA_GIT_HOSTS: 'git.contoso.com' })).deps;
    const url = 'https://github.com/contoso/fleet';
    expect(await gitRemote.refs({ ...query, url })).toMatchObject({ fault: { code: 'HostNotAllowed' } });
  });
});
