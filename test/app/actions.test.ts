import { describe, expect, it } from 'vitest';
import { advanceRollout } from '../../src/app/advance-rollout.ts';
import { desiredConfiguration } from '../../src/core/flux/desired.ts';
import type { ArmJson } from '../../src/ports/arm.ts';
import { configuration, rawConfiguration } from '../core/clusters.ts';
import { Bench, idOf, MINUTE } from './support.ts';

const C0 = idOf('c0');
const properties = desiredConfiguration(configuration(), {})['properties'] as ArmJson;
type Seed = ConstructorParameters<typeof Bench>[0][number];

/** Rolls a change out over one cluster; what was written, in order, and how it ended. */
async function rollOut(change: Record<string, unknown>, seed: Seed = {}, others: Record<string, unknown> = {}) {
  const bench = new Bench([seed]);
  const { id } = await bench.submit({ change, ...others });
  const rollout = await bench.run(id);
  const writes = bench.writes.map(({ verb, kind }) => `${verb} ${kind}`);
  return { bench, id, rollout, writes, verdict: (await bench.results(id))[0] };
}

describe('a change of several actions', () => {
  it('[action.order] goes through them in order, each once the one before is proven', async () => {
    const second = rawConfiguration({ name: 'tools', namespace: 'tools' });
    const change = { configurations: [rawConfiguration(), second] };
    const { bench, writes, verdict, rollout } = await rollOut(change, { hasExtension: false });
    expect(rollout.actions).toEqual(['ensure the extension', 'apply shop', 'apply tools']);
    expect(writes).toEqual(['put extension', 'put configuration', 'put configuration']);
    expect(verdict).toBe('Succeeded Compliant');
    const reported = bench.azure.cluster(C0)?.configurations.get('shop')?.report?.at ?? Infinity;
    expect(bench.azure.cluster(C0)?.configurations.get('tools')?.createdAt).toBeGreaterThan(reported);
  });

  it('is Succeeded when only an earlier action had anything to do', async () => {
    const tools = configuration({ name: 'tools', namespace: 'tools' });
    const change = { configurations: [rawConfiguration(), rawConfiguration({ name: 'tools', namespace: 'tools' })] };
    const seed = { configurations: { tools: desiredConfiguration(tools, {})['properties'] as ArmJson } };
    const { writes, verdict } = await rollOut(change, seed);
    expect(writes).toEqual(['put configuration']);
    expect(verdict).toBe('Succeeded Compliant');
  });

  it('is Unchanged, in one operation and without a write, when nothing is left to do', async () => {
    const { writes, verdict } = await rollOut(
      { configurations: [rawConfiguration()] },
      { configurations: { shop: properties } },
    );
    expect(writes).toEqual([]);
    expect(verdict).toBe('Unchanged AsDesired');
  });

  it('gives each lease back: another rollout of either configuration follows at once', async () => {
    const second = rawConfiguration({ name: 'tools', namespace: 'tools' });
    const { bench } = await rollOut({ configurations: [rawConfiguration(), second] });
    for (const name of ['shop', 'tools'])
      expect((await bench.deps.leases.read(C0, name))?.value.holder).toBeUndefined();
  });

  it('records what was there before the first write of each action', async () => {
    const second = rawConfiguration({ name: 'tools', namespace: 'tools' });
    const seed = { configurations: { tools: { ...properties, namespace: 'tools', suspend: true } } };
    const { bench, id } = await rollOut({ configurations: [rawConfiguration(), second] }, seed);
    expect((await bench.deps.store.original(id, 0, 1))?.resource).toBeNull();
    expect((await bench.deps.store.original(id, 0, 2))?.resource).toMatchObject({ properties: { suspend: true } });
  });
});

describe('removing a configuration', () => {
  const change = { configurations: [{ action: 'remove', name: 'shop' }] };

  it('[action.remove] is proven by its absence, and neither installs the extension nor needs evidence of an agent', async () => {
    const { bench, writes, verdict } = await rollOut(change, { configurations: { shop: properties } });
    expect(writes).toEqual(['delete configuration']);
    expect(verdict).toBe('Succeeded Removed');
    expect(bench.azure.cluster(C0)?.configurations.size).toBe(0);
  });

  it('is Unchanged where there is none', async () => {
    const { writes, verdict } = await rollOut(change);
    expect(writes).toEqual([]);
    expect(verdict).toBe('Unchanged AsDesired');
  });

  it('counts as a regression when somebody makes it again while the stage soaks', async () => {
    const bench = new Bench([{ configurations: { shop: properties } }]);
    const { id } = await bench.submit({ change, strategy: { stages: [{ name: 'all', soak: '10m' }] } });
    while ((await bench.rollout(id)).status !== 'Soaking') {
      await bench.deliver();
      bench.clock.advance(1000);
    }
    bench.azure.configurations.put(C0, 'shop', properties);
    const rollout = await bench.run(id, 30 * MINUTE);
    expect(rollout.stages[0]?.regressed).toBe(1);
  });
});

describe('replacing a configuration', () => {
  it('[configuration.replace] waits until the old one is gone, then creates the new one', async () => {
    const change = { configurations: [rawConfiguration({ replace: true })] };
    const seed = { configurations: { shop: { ...properties, namespace: 'other' } } };
    const { bench, writes, verdict } = await rollOut(change, seed);
    expect(writes).toEqual(['delete configuration', 'put configuration']);
    expect(verdict).toBe('Succeeded Compliant');
    expect(bench.azure.cluster(C0)?.configurations.get('shop')?.properties).toMatchObject({ namespace: 'shop' });
  });
});

describe('editing a configuration', () => {
  it('sends what changes and nothing else', async () => {
    const kustomizations = { apps: { path: './apps/prod' }, infra: null };
    const edit = {
      action: 'edit',
      name: 'shop',
      kustomizations: { ...kustomizations, apps: { path: './apps/prod', dependsOn: [] } },
    };
    const { bench, writes, verdict } = await rollOut(
      { configurations: [edit] },
      { configurations: { shop: properties } },
    );
    expect(writes).toEqual(['patch configuration']);
    expect(bench.writes[0]?.body).toMatchObject({
      properties: { kustomizations: { infra: null, apps: { path: './apps/prod' } } },
    });
    expect(verdict).toBe('Succeeded Compliant');
  });

  it('[trap.validate] that would leave a dependency without its target is Failed before anything is written', async () => {
    const edit = { action: 'edit', name: 'shop', kustomizations: { infra: null } };
    const { writes, verdict } = await rollOut({ configurations: [edit] }, { configurations: { shop: properties } });
    expect(writes).toEqual([]);
    expect(verdict).toBe('Failed InvalidEdit');
  });
});

describe('suspending and resuming', () => {
  it('[action.suspend] [action.resume] stands still, and goes on', async () => {
    const suspended = await rollOut(
      { configurations: [{ action: 'suspend', name: 'shop' }] },
      { configurations: { shop: properties } },
    );
    expect(suspended.writes).toEqual(['patch configuration']);
    expect(suspended.verdict).toBe('Succeeded Compliant');
    const seed = { configurations: { shop: { ...properties, suspend: true } } };
    const resumed = await rollOut({ configurations: [{ action: 'resume', name: 'shop' }] }, seed);
    expect(resumed.writes).toEqual(['patch configuration']);
    expect(resumed.verdict).toBe('Succeeded Compliant');
  });
});

describe('the extension', () => {
  it('[extension.update] is changed by a merge, and proven by the settings that it then has', async () => {
    const extension = { configurationSettings: { 'multiTenancy.enforce': false } };
    const { bench, writes, verdict } = await rollOut({ extension });
    expect(writes).toEqual(['patch extension']);
    expect(bench.writes[0]?.body).toMatchObject({
      properties: { configurationSettings: { 'multiTenancy.enforce': 'false' } },
    });
    expect(verdict).toBe('Succeeded ExtensionReady');
  });

  it('is pinned to a version, which ends its automatic upgrades', async () => {
    const { bench, verdict } = await rollOut({ extension: { version: '1.24.1' } });
    expect(bench.writes[0]?.body).toMatchObject({ properties: { version: '1.24.1', autoUpgradeMinorVersion: false } });
    expect(verdict).toBe('Succeeded ExtensionReady');
  });

  it.each([
    ['rewrite', ['put extension']],
    ['recreate', ['delete extension', 'put extension']],
  ])('[extension.repair] [trap.extensionState] that failed is repaired by %s', async (repair, expected) => {
    const { writes, verdict } = await rollOut(
      { extension: { repair } },
      { extension: { provisioningState: 'Failed' } },
    );
    expect(writes).toEqual(expected);
    expect(verdict).toBe('Succeeded ExtensionReady');
  });

  it('[extension.remove] [extension.evenWithConfigurations] is not removed from under configurations', async () => {
    const change = { extension: { action: 'remove' } };
    const bench = new Bench([{ configurations: { shop: properties } }]);
    await expect(bench.submit({ change })).rejects.toMatchObject({ code: 'ConfigurationsExist' });
    const even = await rollOut(
      { extension: { action: 'remove', evenWithConfigurations: true } },
      { configurations: { shop: properties } },
    );
    expect(even.writes).toEqual(['delete extension']);
    expect(even.verdict).toBe('Succeeded Removed');
  });
});

describe('migrating from Flux v1', () => {
  it('[action.removeFluxV1] removes every Flux v1 configuration, then installs the extension, then applies', async () => {
    const change = { fluxV1: 'remove', configurations: [rawConfiguration()] };
    const { writes, verdict } = await rollOut(change, { hasExtension: false, fluxV1: ['old-a', 'old-b'] });
    expect(writes).toEqual(['delete fluxV1', 'delete fluxV1', 'put extension', 'put configuration']);
    expect(verdict).toBe('Succeeded Compliant');
  });
});

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
});

describe('clusters that the preflight blocks', () => {
  const change = { configurations: [rawConfiguration()] };

  it('refuse the plan, or are left out as Skipped', async () => {
    const bench = new Bench([{ fluxV1: ['old'], hasExtension: false }, {}]);
    await expect(bench.submit({ change })).rejects.toMatchObject({ status: 400, code: 'FluxV1Present' });
    const { id } = await bench.submit({ change, target: { blocked: 'skip' } });
    const rollout = await bench.run(id);
    expect(await bench.results(id)).toEqual({ 0: 'Skipped FluxV1Present', 1: 'Succeeded Compliant' });
    expect(rollout.status).toBe('CompletedWithFailures');
    expect(bench.writes.every(({ clusterId }) => clusterId !== C0)).toBe(true);
    await advanceRollout(bench.deps, id);
  });
});
