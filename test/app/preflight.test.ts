import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { MemoryArm } from '../../src/adapters/memory/arm.ts';
import { AzureWorld } from '../../src/adapters/memory/azure-world.ts';
import { createMemoryStores } from '../../src/adapters/memory/stores.ts';
import { readsOf, reserve } from '../../src/app/budgets.ts';
import type { Deps } from '../../src/app/deps.ts';
import { runPreflight, type PresentConfigurations } from '../../src/app/preflight.ts';
import { clusterKey } from '../../src/contracts/cluster-id.ts';
import type { Cluster } from '../../src/contracts/cluster.ts';
import { PREFLIGHT_CLUSTERS_LISTED_MAX, PREFLIGHT_LEASES_READ_MAX } from '../../src/contracts/limits.ts';
import type { RolloutRequest } from '../../src/contracts/rollout-request.ts';
import { ARM_READS } from '../../src/core/throttle/budget.ts';
import type { Arm, ArmResult } from '../../src/ports/arm.ts';
import { cluster, rawConfiguration, request, SUBSCRIPTION_A, SUBSCRIPTION_B } from '../core/clusters.ts';

const FLUX = 'Microsoft.KubernetesConfiguration';
const NONE: PresentConfigurations = new Map();
const REMOVE_EXTENSION = { change: { extension: { action: 'remove' } } };

let clock: ManualClock;
let azure: AzureWorld;
let calls: string[];
let deps: Deps;
/** Answers of ARM that a test gives itself. */
let arm: Partial<Arm>;

beforeEach(() => {
  clock = new ManualClock();
  azure = new AzureWorld(clock);
  calls = [];
  arm = {};
  const real = new MemoryArm(azure);
  const { leases, budgets } = createMemoryStores();
  const watched: Partial<Arm> = {
    getProvider: (subscriptionId, namespace) => {
      calls.push(`${subscriptionId} ${namespace}`);
      return (arm.getProvider ?? real.getProvider.bind(real))(subscriptionId, namespace);
    },
    listConfigurations: (clusterId) => {
      calls.push(clusterId);
      return (arm.listConfigurations ?? real.listConfigurations.bind(real))(clusterId);
    },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  deps = { clock, leases, budgets, log, arm: watched } as Partial<Deps> as Deps;
});

function many(count: number, changes: Partial<Cluster> = {}): Cluster[] {
  return Array.from({ length: count }, (_, n) => cluster(`c${n}`, changes));
}

/** The configuration `shop` as the request wants it, on these clusters. */
function shopOn(clusters: readonly Cluster[]): PresentConfigurations {
  const properties = { namespace: 'shop', scope: 'cluster' };
  return new Map([['shop', new Map(clusters.map(({ id }) => [clusterKey(id), properties]))]]);
}

/** Code, and the cluster by its name; `-` for the plan as a whole. */
async function find(
  asked: RolloutRequest,
  clusters: readonly Cluster[],
  present: PresentConfigurations,
  fleet?: readonly Cluster[],
): Promise<string[]> {
  const findings = await runPreflight(deps, asked, clusters, present, fleet);
  return findings.map(({ severity, code, clusterId }) => `${severity} ${code} ${clusterId?.split('/').at(-1) ?? '-'}`);
}

function fails(fault: Extract<ArmResult<never>, { ok: false }>['fault']): Promise<ArmResult<never>> {
  return Promise.resolve({ ok: false, fault });
}

describe('resource providers', () => {
  it('are read once for each subscription and kind of cluster, whatever the number of clusters', async () => {
    const clusters = [
      ...many(30),
      ...many(30, { type: 'managedClusters', identityType: 'SystemAssigned' }),
      ...many(30, { subscriptionId: SUBSCRIPTION_B }),
    ];
    expect(await find(request(), clusters, NONE)).toEqual([]);
    expect(calls.sort()).toEqual([
      `${SUBSCRIPTION_A} Microsoft.ContainerService`,
      `${SUBSCRIPTION_A} Microsoft.Kubernetes`,
      `${SUBSCRIPTION_A} ${FLUX}`,
      `${SUBSCRIPTION_B} Microsoft.Kubernetes`,
      `${SUBSCRIPTION_B} ${FLUX}`,
    ]);
  });

  it('that are not registered block the clusters of their subscription alone', async () => {
    azure.providers.set(SUBSCRIPTION_B, FLUX, { state: 'NotRegistered', locations: {} });
    const clusters = [cluster('a'), cluster('b', { subscriptionId: SUBSCRIPTION_B })];
    expect(await find(request(), clusters, NONE)).toEqual(['block ProviderNotRegistered b']);
  });

  it('that name regions are heeded', async () => {
    azure.providers.set(SUBSCRIPTION_A, FLUX, { state: 'Registered', locations: { extensions: ['eastus'] } });
    expect(await find(request(), many(1), NONE)).toEqual(['warn RegionNotSupported c0']);
  });

  it('that cannot be read are a warning with the reason', async () => {
    arm.getProvider = () => fails({ kind: 'refused', code: 'AuthorizationFailed', detail: 'You may not read this.' });
    const findings = await runPreflight(deps, request(), many(1), NONE);
    expect(findings).toMatchObject([
      { code: 'ProviderUnknown', severity: 'warn', detail: expect.stringContaining('You may not read this.') as never },
      { code: 'ProviderUnknown', severity: 'warn' },
    ]);
  });

  it('are not read when the quota has no room now', async () => {
    const clusters = [cluster('a'), cluster('b', { subscriptionId: SUBSCRIPTION_B })];
    await reserve(deps, readsOf(cluster('a').id), ARM_READS.capacity, 0);
    expect(await find(request(), clusters, NONE)).toEqual(['warn ProviderUnknown a', 'warn ProviderUnknown a']);
    expect(calls.filter((call) => call.startsWith(SUBSCRIPTION_A))).toEqual([]);
  });

  it('that answer 429 hold everybody back from that subscription', async () => {
    arm.getProvider = () => fails({ kind: 'throttled', retryAfterMs: 60_000 });
    await runPreflight(deps, request(), many(1), NONE);
    expect(await reserve(deps, readsOf(cluster('c0').id), 1, 30_000)).toEqual([]);
  });
});

describe('configurations that exist', () => {
  async function writtenByFlotilla({ id }: Cluster): Promise<void> {
    const holder = { holder: undefined, newestHolder: 'r1', epoch: 1, acquiredAt: 0, expiresAt: 0 };
    await deps.leases.write({ clusterId: id, subject: 'shop', ...holder }, undefined);
  }

  it('are somebody else`s where Flotilla never held the lease', async () => {
    const [mine, other, absent] = [cluster('mine'), cluster('other'), cluster('absent')];
    await writtenByFlotilla(mine);
    expect(await find(request(), [mine, other, absent], shopOn([mine, other]))).toEqual([
      'warn TakesOverConfiguration other',
    ]);
  });

  it('of other clusters and other names are not asked about', async () => {
    const elsewhere = cluster('elsewhere');
    const present = new Map([...shopOn([elsewhere]), ['other', new Map([[clusterKey(cluster('c').id), {}]])]]);
    const read: string[] = [];
    deps = { ...deps, leases: { ...deps.leases, read: async (_, subject) => void read.push(subject) } };
    expect(await find(request(), [cluster('c')], present)).toEqual([]);
    expect(read).toEqual([]);
  });

  it('beyond the bound are not looked up, and the plan says how many', async () => {
    const clusters = many(PREFLIGHT_LEASES_READ_MAX + 3);
    let reads = 0;
    deps = { ...deps, leases: { ...deps.leases, read: async () => void (reads += 1) } };
    const findings = await runPreflight(deps, request(), clusters, shopOn(clusters));
    expect(reads).toBe(PREFLIGHT_LEASES_READ_MAX);
    expect(findings.filter(({ code }) => code === 'TakesOverConfiguration')).toHaveLength(PREFLIGHT_LEASES_READ_MAX);
    expect(findings[0]).toMatchObject({ code: 'OwnershipUnchecked', severity: 'warn' });
    expect(findings[0]?.detail).toContain('; 3 more');
    expect(findings[0]?.clusterId).toBeUndefined();
  });

  it('with another namespace block, or are replaced', async () => {
    const there = new Map([['shop', new Map([[clusterKey(cluster('c').id), { namespace: 'other' }]])]]);
    await writtenByFlotilla(cluster('c'));
    expect(await find(request(), [cluster('c')], there)).toEqual(['block ImmutableField c']);
    const replacing = request({ change: { configurations: [rawConfiguration({ replace: true })] } });
    expect(await find(replacing, [cluster('c')], there)).toEqual(['warn ReplacesConfiguration c']);
  });
});

describe('removal of the extension', () => {
  const properties = { namespace: 'infra' };

  it('is blocked where the cluster has configurations that the plan leaves', async () => {
    const [bare, full] = [cluster('bare'), cluster('full')];
    azure.add({ id: bare.id });
    azure.add({ id: full.id, configurations: { infra: properties, shop: properties } });
    expect(await find(request(REMOVE_EXTENSION), [bare, full], NONE)).toEqual(['block ConfigurationsExist full']);
    const configurations = ['infra', 'shop'].map((name) => ({ action: 'remove', name }));
    const both = request({ change: { ...REMOVE_EXTENSION.change, configurations } });
    expect(await find(both, [bare, full], NONE)).toEqual([]);
  });

  it('asks nothing where the plan takes it, or where there is no extension', async () => {
    const extension = { action: 'remove', evenWithConfigurations: true };
    expect(await find(request({ change: { extension } }), many(2), NONE)).toEqual([]);
    expect(await find(request(REMOVE_EXTENSION), many(2, { extension: 'Missing' }), NONE)).toEqual([]);
    expect(calls.filter((call) => call.startsWith('/'))).toEqual([]);
  });

  it('looks at a bounded number of clusters, and the plan says how many it left', async () => {
    const clusters = many(PREFLIGHT_CLUSTERS_LISTED_MAX + 5);
    clusters.forEach(({ id }) => azure.add({ id }));
    const findings = await runPreflight(deps, request(REMOVE_EXTENSION), clusters, NONE);
    expect(calls.filter((call) => call.startsWith('/'))).toHaveLength(PREFLIGHT_CLUSTERS_LISTED_MAX);
    expect(findings).toMatchObject([{ code: 'ConfigurationsUnchecked', severity: 'warn' }]);
    expect(findings[0]?.detail).toContain('for 5 clusters');
  });

  it('stops asking a subscription that answers 429', async () => {
    arm.listConfigurations = () => fails({ kind: 'throttled', retryAfterMs: 1000 });
    const findings = await runPreflight(deps, request(REMOVE_EXTENSION), many(PREFLIGHT_CLUSTERS_LISTED_MAX), NONE);
    // Those that were under way already were asked.
    expect(calls.filter((call) => call.startsWith('/')).length).toBeLessThanOrEqual(16);
    expect(findings.map(({ code }) => code)).toContain('ConfigurationsUnchecked');
  });
});

it('the newest extension is looked for in the whole fleet', async () => {
  const old = cluster('old', { extensionVersion: '1.24.0' });
  expect(await find(request(), [old], NONE)).toEqual([]);
  const fleet = [old, cluster('new', { extensionVersion: '1.27.0' })];
  expect(await find(request(), [old], NONE, fleet)).toEqual(['warn ExtensionOutdated old']);
});
