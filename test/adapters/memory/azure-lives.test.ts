import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { MemoryArm } from '../../../src/adapters/memory/arm.ts';
import { AzureWorld } from '../../../src/adapters/memory/azure-world.ts';

const SUBSCRIPTION = '00000000-0000-4000-a000-000000000001';
const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/edge-1`;
const PROPERTIES = {
  sourceKind: 'GitRepository',
  gitRepository: { url: 'https://git.example/fleet', repositoryRef: { branch: 'main' } },
  kustomizations: { apps: { path: './apps' } },
};
const BODY = { properties: PROPERTIES };
const HOUR = 3_600_000;

let clock: ManualClock;
let world: AzureWorld;
let arm: MemoryArm;

beforeEach(() => {
  clock = new ManualClock();
  world = new AzureWorld(clock);
  arm = new MemoryArm(world);
});

async function look(): Promise<Record<string, unknown> | undefined> {
  const answer = await arm.getConfiguration(ID, 'app');
  return answer.ok ? (answer.value?.['properties'] as Record<string, unknown>) : undefined;
}

function extensionState(): string | undefined {
  return world.cluster(ID)?.extension?.provisioningState;
}

describe('a simulated configuration', () => {
  it('that was removed and made again hears nothing of what its predecessor was told', async () => {
    world.add({ id: ID, agent: { outcome: 'fails' } });
    await arm.putConfiguration(ID, 'app', BODY);
    clock.advance(10_000);
    expect((await look())?.['provisioningState']).toBe('Succeeded');
    await arm.deleteConfiguration(ID, 'app', true);
    world.behave(ID, { outcome: 'silent' });
    await arm.putConfiguration(ID, 'app', BODY);
    clock.advance(HOUR);
    expect(await look()).toMatchObject({ provisioningState: 'Succeeded', complianceState: 'Pending' });
  });

  it('that was removed by force frees the cluster for the next write', async () => {
    world.add({ id: ID, agent: { outcome: 'stuck' } });
    await arm.putConfiguration(ID, 'app', BODY);
    expect(await arm.putConfiguration(ID, 'other', BODY)).toMatchObject({ fault: { kind: 'conflict' } });
    await arm.deleteConfiguration(ID, 'app', true);
    expect((await arm.putConfiguration(ID, 'other', BODY)).ok).toBe(true);
  });

  it('that was removed by force and written again is not ended by the first write', async () => {
    world.add({ id: ID });
    await arm.putConfiguration(ID, 'app', BODY);
    clock.advance(5000);
    await arm.deleteConfiguration(ID, 'app', true);
    await arm.putConfiguration(ID, 'app', BODY);
    clock.advance(5000);
    expect((await look())?.['provisioningState']).toBe('Creating');
    clock.advance(5000);
    expect((await look())?.['provisioningState']).toBe('Succeeded');
  });

  it('is never gone from a cluster that is stuck', async () => {
    world.add({ id: ID, agent: { outcome: 'stuck' }, configurations: { app: PROPERTIES } });
    expect((await arm.deleteConfiguration(ID, 'app', false)).ok).toBe(true);
    clock.advance(24 * HOUR);
    expect((await look())?.['provisioningState']).toBe('Deleting');
  });

  it('is not removed from under a lock, not even by force', async () => {
    world.add({ id: ID, deniesWrites: true, configurations: { app: PROPERTIES } });
    const refused = { ok: false, fault: { kind: 'refused', code: 'RequestDisallowedByPolicy' } };
    expect(await arm.deleteConfiguration(ID, 'app', true)).toMatchObject(refused);
    expect(await arm.deleteExtension(ID, 'flux', true)).toMatchObject(refused);
    expect(await look()).toBeDefined();
  });

  it.for([
    ['refuses', 'Failed', 'The agent refused the configuration.'],
    ['fails', 'Succeeded', ''],
  ] as const)(
    'that the agent %s is provisioned as %s and says why only then',
    async ([outcome, state, errorMessage]) => {
      world.add({ id: ID, agent: { outcome } });
      await arm.putConfiguration(ID, 'app', BODY);
      clock.advance(HOUR);
      expect(await look()).toMatchObject({ provisioningState: state, errorMessage });
    },
  );

  it('that begins suspended has no objects and no revision', async () => {
    world.add({ id: ID });
    await arm.putConfiguration(ID, 'app', { properties: { ...PROPERTIES, suspend: true } });
    clock.advance(HOUR);
    const found = await look();
    expect(found).toMatchObject({ complianceState: 'Suspended', statuses: [] });
    expect(found).not.toHaveProperty('sourceSyncedCommitId');
  });

  it('that follows a branch comes to a new revision with every write', async () => {
    world.add({ id: ID, configurations: { app: PROPERTIES } });
    const before = (await look())?.['sourceSyncedCommitId'];
    await arm.putConfiguration(ID, 'app', BODY);
    clock.advance(HOUR);
    const after = (await look())?.['sourceSyncedCommitId'];
    expect(after).toMatch(/^main@sha1:[0-9a-f]{40}$/);
    expect(after).not.toBe(before);
  });

  it('keeps its secrets where a look into the world finds them, and nobody else', async () => {
    world.add({ id: ID });
    await arm.putConfiguration(ID, 'app', {
      properties: { ...PROPERTIES, configurationProtectedSettings: { httpsKey: 'c2VjcmV0' } },
    });
    const kept = world.cluster(ID)?.configurations.get('app')?.properties;
    expect(kept?.['configurationProtectedSettings']).toEqual({ httpsKey: 'c2VjcmV0' });
    expect(JSON.stringify(await look())).not.toContain('c2VjcmV0');
  });
});

describe('a simulated extension', () => {
  it('that failed is repaired by a write once the cluster can install it again', async () => {
    world.add({ id: ID, agent: { install: 'fails' }, hasExtension: false });
    await arm.putExtension(ID, 'flux', {});
    clock.advance(60_000);
    expect(extensionState()).toBe('Failed');
    await arm.putExtension(ID, 'flux', {});
    clock.advance(60_000);
    expect(extensionState()).toBe('Failed');
    world.behave(ID, { install: 'succeeds' });
    await arm.putExtension(ID, 'flux', {});
    expect(extensionState()).toBe('Updating');
    clock.advance(60_000);
    expect(extensionState()).toBe('Succeeded');
    expect(world.cluster(ID)?.extension?.failure).toBeUndefined();
  });

  it('may be there in any state, version and name', async () => {
    const properties = { version: '1.20.4', configurationSettings: { 'multiTenancy.enforce': 'false' } };
    const seed = { name: 'gitops', provisioningState: 'Failed', currentVersion: '1.20.4', properties };
    world.add({ id: ID, extension: seed });
    expect(await arm.findFluxExtension(ID)).toMatchObject({
      value: {
        name: 'gitops',
        resource: {
          properties: { ...properties, provisioningState: 'Failed', autoUpgradeMinorVersion: false },
        },
      },
    });
    const second = { ok: false, fault: { kind: 'refused', code: 'ValidationFailed' } };
    expect(await arm.putExtension(ID, 'flux', {})).toMatchObject(second);
  });

  it('that is removed leaves its configurations behind, where new ones wait for it', async () => {
    world.add({ id: ID, configurations: { app: PROPERTIES } });
    await arm.deleteExtension(ID, 'flux', false);
    clock.advance(10_000);
    expect(extensionState()).toBeUndefined();
    await arm.putConfiguration(ID, 'app', BODY);
    clock.advance(HOUR);
    expect(await look()).toMatchObject({ provisioningState: 'Updating', complianceState: 'Compliant' });
  });

  it('that was removed by force and written again is not ended by the first write', async () => {
    world.add({ id: ID, hasExtension: false });
    await arm.putExtension(ID, 'flux', {});
    clock.advance(30_000);
    await arm.deleteExtension(ID, 'flux', true);
    await arm.putExtension(ID, 'flux', {});
    clock.advance(30_000);
    expect(extensionState()).toBe('Creating');
    clock.advance(30_000);
    expect(extensionState()).toBe('Succeeded');
  });
});

describe('a simulated subscription', () => {
  it('creates nothing while the provider is not registered', async () => {
    world.add({ id: ID });
    const namespace = 'Microsoft.KubernetesConfiguration';
    world.providers.set(SUBSCRIPTION, namespace, { state: 'NotRegistered', locations: {} });
    const refused = { ok: false, fault: { kind: 'refused', code: 'MissingSubscriptionRegistration' } };
    expect(await arm.putConfiguration(ID, 'app', BODY)).toMatchObject(refused);
    expect(await arm.putExtension(ID, 'flux', {})).toMatchObject(refused);
    expect(await arm.getProvider(SUBSCRIPTION.toUpperCase(), namespace.toLowerCase())).toEqual({
      ok: true,
      value: { state: 'NotRegistered', locations: {} },
    });
    world.providers.set(SUBSCRIPTION, namespace, { state: 'Registered', locations: {} });
    expect((await arm.putConfiguration(ID, 'app', BODY)).ok).toBe(true);
  });

  it('meters every call on it in one bucket, that of its provider too', async () => {
    world.add({ id: ID });
    const none = { capacity: 1, refillPerSecond: 0.001 };
    arm = new MemoryArm(world, { writes: none, reads: none });
    expect((await arm.getProvider(SUBSCRIPTION, 'Microsoft.Kubernetes')).ok).toBe(true);
    expect(await arm.listConfigurations(ID)).toMatchObject({ fault: { kind: 'throttled' } });
    expect((await arm.deleteFluxV1(ID, 'old')).ok).toBe(true);
    expect(await arm.patchExtension(ID, 'flux', {})).toMatchObject({ fault: { kind: 'throttled' } });
  });
});
