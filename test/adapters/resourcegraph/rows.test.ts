import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import { arc, collect, GROUP, rows, setUp, SUB } from './set-up.ts';

const EXTENSION = 'microsoft.kubernetesconfiguration/extensions';
const FLUX_V1 = 'microsoft.kubernetesconfiguration/sourcecontrolconfigurations';

async function clustersOf(row: Record<string, unknown>): Promise<Cluster[]> {
  const { graph } = await setUp(() => rows([{ name: 'c', ...row }]));
  return collect(graph.clusters([SUB]));
}

describe('clusters', () => {
  test('keep their id and tags; what is missing is left out', async () => {
    const { graph } = await setUp(() =>
      rows([
        {
          id: arc('A'),
          name: 'A',
          location: 'westeurope',
          tags: { ring: 'canary', count: 3, nothing: null },
          kubernetesVersion: '1.31.8',
          connectivity: 'connected',
          provisioningState: 'Succeeded',
          lastConnectivityTime: '2026-01-02T03:04:05.123Z',
          distribution: 'k3s',
          identityType: 'SystemAssigned',
          childType: EXTENSION,
          childState: 'succeeded',
          childVersion: '1.21.0',
        },
        {
          id: arc('b'),
          name: 'b',
          location: null,
          tags: null,
          kubernetesVersion: '',
          connectivity: 7,
          lastConnectivityTime: 'yesterday',
          distribution: '',
          childType: null,
        },
      ]),
    );
    const common = { type: 'connectedClusters', subscriptionId: SUB, resourceGroup: 'RG' };
    expect(await collect(graph.clusters([SUB]))).toEqual([
      {
        ...{ ...common, id: arc('A'), name: 'A', location: 'westeurope' },
        tags: { ring: 'canary', count: '3', nothing: '' },
        ...{ kubernetesVersion: '1.31.8', offline: false, connectivity: 'connected', provisioningState: 'Succeeded' },
        ...{ lastConnectedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 123), distribution: 'k3s' },
        ...{ fluxV1: false, extension: 'Succeeded', extensionVersion: '1.21.0' },
      },
      {
        ...{ ...common, id: arc('b'), name: 'b', location: '', tags: {} },
        ...{ offline: true, connectivity: 'Unknown', fluxV1: false, extension: 'Missing' },
      },
    ]);
  });

  test('with several resources are one cluster, also over the border of a page; of two Flux extensions the first counts', async () => {
    const one = { id: arc('a'), name: 'a' };
    const extension = { ...one, childType: EXTENSION, childState: 'Succeeded', childVersion: '1.21.0' };
    const second = { ...extension, id: arc('A'), childState: 'Failed', childVersion: '1.20.0' };
    const legacy = { ...one, childType: FLUX_V1, childState: 'Succeeded' };
    const { graph } = await setUp(({ options }) =>
      options['$skipToken'] === undefined
        ? rows([extension], 'n')
        : rows([second, legacy, legacy, { ...legacy, id: arc('b'), name: 'b' }, { id: arc('c'), name: 'c' }]),
    );
    const found = await collect(graph.clusters([SUB]));
    expect(
      found.map(({ name, extension, extensionVersion, fluxV1 }) => [name, extension, extensionVersion, fluxV1]),
    ).toEqual([
      ['a', 'Succeeded', '1.21.0', true],
      ['b', 'Missing', undefined, true],
      ['c', 'Missing', undefined, false],
    ]);
  });

  test('with Flux v1 before their extension have both', async () => {
    const one = { id: arc('a'), name: 'a' };
    const { graph } = await setUp(() =>
      rows([
        { ...one, childType: FLUX_V1.toUpperCase() },
        { ...one, childType: EXTENSION, childState: 'Failed', childVersion: '1.20.0' },
      ]),
    );
    expect(await collect(graph.clusters([SUB]))).toMatchObject([
      { fluxV1: true, extension: 'Failed', extensionVersion: '1.20.0' },
    ]);
  });

  test.each([
    ['Microsoft.ContainerService/managedClusters', 'UserAssigned', 'UserAssigned'],
    ['Microsoft.ContainerService/managedClusters', 'None', undefined],
    ['Microsoft.ContainerService/managedClusters', '', undefined],
    ['Microsoft.Kubernetes/connectedClusters', 'SystemAssigned', undefined],
  ])('%s with identity %j', async (type, identityType, expected) => {
    const [cluster] = await clustersOf({ id: `${GROUP}/${type}/c`, identityType });
    expect(cluster?.identityType).toBe(expected);
  });

  test.each([
    ['Microsoft.Kubernetes/connectedClusters', { connectivity: 'Connected' }, false, 'Connected'],
    ['Microsoft.Kubernetes/connectedClusters', { connectivity: 'Expired' }, true, 'Expired'],
    ['Microsoft.Kubernetes/connectedClusters', { connectivity: 'Connecting' }, true, 'Connecting'],
    ['microsoft.containerservice/MANAGEDCLUSTERS', { power: 'Running' }, false, 'Running'],
    ['Microsoft.ContainerService/managedClusters', { power: 'Stopped' }, true, 'Stopped'],
    ['Microsoft.ContainerService/managedClusters', {}, false, 'Unknown'],
    ['Microsoft.HybridContainerService/provisionedClusters', { connectivity: 'Offline' }, true, 'Offline'],
    ['Microsoft.HybridContainerService/provisionedClusters', {}, false, 'Unknown'],
  ])('%s with %j', async (type, row, offline, connectivity) => {
    const [cluster] = await clustersOf({ id: `${GROUP}/${type}/c`, ...row });
    expect(cluster).toMatchObject({ offline, connectivity });
  });

  test.each([
    ['Succeeded', 'Succeeded'],
    ['Failed', 'Failed'],
    ['Canceled', 'Failed'],
    ['Creating', 'Busy'],
    ['Updating', 'Busy'],
    ['Deleting', 'Busy'],
    ['Hibernating', 'Unknown'],
    ['', 'Unknown'],
    [null, 'Unknown'],
  ])('with an extension that is %j', async (childState, extension) => {
    const [cluster] = await clustersOf({ id: arc('c'), childType: EXTENSION, childState });
    expect(cluster).toMatchObject({ extension });
  });

  test('of other types are left out', async () => {
    expect(await clustersOf({ id: `${GROUP}/Microsoft.ResourceConnector/appliances/c` })).toEqual([]);
  });
});

describe('configurations', () => {
  const query = { name: 'apps', subscriptions: [SUB] };

  test.each([
    ['2026-01-02T03:04:05.1234567Z', Date.UTC(2026, 0, 2, 3, 4, 5, 123)],
    ['2026-01-02T03:04:05+02:00', Date.UTC(2026, 0, 2, 1, 4, 5)],
    ['2026-01-02T03:04:05', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
  ])('reported at %j', async (statusUpdatedAt, at) => {
    const { graph } = await setUp(() => rows([{ clusterKey: arc('c').toLowerCase(), statusUpdatedAt }]));
    expect(await collect(graph.configurations(query))).toEqual([
      {
        clusterId: arc('c').toLowerCase(),
        provisioningState: undefined,
        complianceState: undefined,
        sourceSyncedCommitId: undefined,
        statusUpdatedAt: at,
        errorMessage: undefined,
      },
    ]);
  });
});

describe('extensions', () => {
  test.each([
    [{ errorInfo: { code: 'X', message: 'helm failed' } }, 'helm failed'],
    [{ errorInfo: { Code: 'X', Message: 'helm failed' } }, 'helm failed'],
    [{ errorInfo: null, statuses: [{ message: null }, { Message: 'no CRD', Time: null }] }, 'no CRD'],
    [{ errorInfo: 'odd', statuses: 'odd' }, ''],
  ])('that failed say why: %j', async (row, detail) => {
    const { graph } = await setUp(() =>
      rows([{ clusterKey: arc('c').toLowerCase(), extensionState: 'Failed', ...row }]),
    );
    expect(await collect(graph.extensions([arc('c')]))).toEqual([
      { clusterId: arc('c').toLowerCase(), state: 'Failed', detail },
    ]);
  });

  test('come with their properties as ARM spells them; names of settings stay as they are', async () => {
    const Properties = {
      ExtensionType: 'microsoft.flux',
      Version: null,
      Scope: { Cluster: { ReleaseNamespace: 'flux-system' } },
      ConfigurationSettings: { 'Multi.Tenancy': 'x', lower: 'y' },
      Statuses: [{ Code: 'InstallationFailed', Message: 'M' }],
      CurrentVersion: '1.21.0',
    };
    const { graph, asked } = await setUp(() =>
      rows([{ clusterKey: arc('c').toLowerCase(), extensionState: 'Succeeded', properties: Properties }]),
    );
    const [found] = await collect(graph.extensions([arc('c')], { withProperties: true }));
    expect(found?.properties).toEqual({
      extensionType: 'microsoft.flux',
      version: null,
      scope: { cluster: { releaseNamespace: 'flux-system' } },
      configurationSettings: { 'Multi.Tenancy': 'x', lower: 'y' },
      statuses: [{ code: 'InstallationFailed', message: 'M' }],
      currentVersion: '1.21.0',
    });
    expect(asked[0]!.query).toMatch(/, properties\n/);
  });
});
