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
