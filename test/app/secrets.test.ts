import { describe, expect, it } from 'vitest';
import { rawConfiguration } from '../core/clusters.ts';
import { Bench, idOf, MINUTE } from './support.ts';

const C0 = idOf('c0');

describe('secrets', () => {
  const KEY = 'https://kv-shop.vault.azure.net/secrets/deploy-key';
  const withKey = rawConfiguration({
    gitRepository: {
      url: 'https://git.example/shop',
      httpsUser: 'flux',
      repositoryRef: { branch: 'main', commit: 'a'.repeat(40) },
    },
    configurationProtectedSettings: { httpsKey: KEY },
  });
  const change = { configurations: [withKey] };

  async function applied() {
    const bench = new Bench([{}]);
    bench.secrets.values.set(KEY, 'first-value');
    await bench.run((await bench.submit({ change })).id);
    return bench;
  }

  it('are put into the body at the last moment, and into nothing that is stored', async () => {
    const bench = await applied();
    const encoded = Buffer.from('first-value').toString('base64');
    expect(bench.writes[0]?.body).toMatchObject({
      properties: { configurationProtectedSettings: { httpsKey: encoded } },
    });
    expect(await bench.deps.sentSecrets.read(C0, 'shop')).toMatchObject({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
  });

  it('[apply.rotatesSecrets] that have not changed are not sent again; a rotated one is', async () => {
    const bench = await applied();
    bench.writes.length = 0;
    const again = await bench.submit({ change });
    await bench.run(again.id);
    expect([bench.writes.length, (await bench.results(again.id))[0]]).toEqual([0, 'Unchanged AsDesired']);
    bench.secrets.values.set(KEY, 'second-value');
    const rotated = await bench.submit({ change });
    await bench.run(rotated.id);
    expect([bench.writes.length, (await bench.results(rotated.id))[0]]).toEqual([1, 'Succeeded Compliant']);
  });

  it('are sent again when somebody else has written the configuration since', async () => {
    const bench = await applied();
    bench.clock.advance(5 * MINUTE);
    const there = bench.azure.cluster(C0)?.configurations.get('shop')?.properties ?? {};
    bench.azure.configurations.put(C0, 'shop', there);
    bench.clock.advance(5 * MINUTE);
    bench.writes.length = 0;
    await bench.run((await bench.submit({ change })).id);
    expect(bench.writes).toHaveLength(1);
  });

  it('are not all that Azure hides: trusted keys are told apart by the same hash', async () => {
    const source = (key: string) => ({
      name: 'shop',
      sourceKind: 'OCIRepository',
      ociRepository: {
        url: 'oci://registry.example/shop',
        repositoryRef: { digest: `sha256:${'a'.repeat(64)}` },
        verify: { provider: 'cosign', verificationConfig: { 'cosign.pub': key } },
      },
      kustomizations: { apps: {} },
    });
    const bench = new Bench([{}]);
    const writes = [];
    for (const key of ['first', 'first', 'second']) {
      bench.writes.length = 0;
      await bench.run((await bench.submit({ change: { configurations: [source(key)] } })).id);
      writes.push(bench.writes.length);
    }
    expect(writes).toEqual([1, 0, 1]);
  });

  it('that cannot be read refuse the plan, with the field and the reference', async () => {
    const bench = new Bench([{}]);
    await expect(bench.submit({ change })).rejects.toMatchObject({
      status: 400,
      problems: [{ field: 'change.configurations[0].configurationProtectedSettings.httpsKey' }],
    });
  });

  it('that Azure repeats in an error are taken out of it', async () => {
    const bench = new Bench([{}]);
    bench.secrets.values.set(KEY, 'first-value');
    const encoded = Buffer.from('first-value').toString('base64');
    bench.arm.putConfiguration = async () => ({
      ok: false,
      fault: { kind: 'refused', code: 'ValidationFailed', detail: `bad value ${encoded}, that is first-value` },
    });
    const { id } = await bench.submit({ change });
    await bench.run(id);
    const [row] = await bench.deps.store.results(id, { from: 0, to: 0 });
    expect(row?.value.outcome.detail).toBe('bad value [secret], that is [secret]');
  });

  it('[apply.keepsSecrets] [trap.upsert] that the plan does not name stay on a cluster whose source is the same', async () => {
    const bench = await applied();
    bench.writes.length = 0;
    const { configurationProtectedSettings: _key, ...silent } = withKey;
    const gitRepository = {
      url: 'https://git.example/shop',
      repositoryRef: { branch: 'main', commit: 'b'.repeat(40) },
    };
    await bench.run((await bench.submit({ change: { configurations: [{ ...silent, gitRepository }] } })).id);
    expect(bench.writes.map(({ verb }) => verb)).toEqual(['patch']);
  });

  it.each([
    ['a text', 'not a key', false],
    ['a public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0', false],
    ['an encrypted key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nabc\n-----END ENCRYPTED PRIVATE KEY-----\n', false],
    ['a key that was cut off', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc', false],
    ['a key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n', true],
    ['a key in base64', btoa('-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n'), true],
  ])('behind sshPrivateKey have to be a private key: %s', async (_what, value, isTaken) => {
    const bench = new Bench([{}]);
    bench.secrets.values.set(KEY, value);
    const gitRepository = { url: 'ssh://git@git.example/shop', repositoryRef: { branch: 'main' } };
    const ssh = rawConfiguration({ gitRepository, configurationProtectedSettings: { sshPrivateKey: KEY } });
    const submitted = bench.submit({ change: { configurations: [ssh] } });
    if (isTaken) expect((await submitted).status).toBe('Planning');
    else await expect(submitted).rejects.toMatchObject({ status: 400, code: 'InvalidPrivateKey' });
  });
});
