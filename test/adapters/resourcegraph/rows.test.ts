import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import { arc, collect, GROUP, rows, setUp, SUB } from './set-up.ts';

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
          extensionId: 'x',
          extensionState: 'succeeded',
          extensionVersion: '1.21.0',
        },
        {
          id: arc('b'),
          name: 'b',
          location: null,
          tags: null,
          kubernetesVersion: '',
          connectivity: 7,
          extensionId: null,
        },
      ]),
    );
    const common = { type: 'connectedClusters', subscriptionId: SUB, resourceGroup: 'RG' };
    expect(await collect(graph.clusters([SUB]))).toEqual([
      {
        ...{ ...common, id: arc('A'), name: 'A', location: 'westeurope' },
        tags: { ring: 'canary', count: '3', nothing: '' },
        ...{ kubernetesVersion: '1.31.8', offline: false, connectivity: 'connected', provisioningState: 'Succeeded' },
        ...{ extension: 'Succeeded', extensionVersion: '1.21.0' },
      },
      {
        ...{ ...common, id: arc('b'), name: 'b', location: '', tags: {} },
        ...{ offline: true, connectivity: 'Unknown', extension: 'Missing' },
      },
    ]);
  });

  test('with two Flux extensions are one cluster, also over the border of a page', async () => {
    const twice = { id: arc('a'), name: 'a', extensionId: 'x', extensionState: 'Succeeded' };
    const again = { ...twice, id: arc('A'), extensionId: 'y', extensionState: 'Failed' };
    const { graph } = await setUp(({ options }) =>
      options['$skipToken'] === undefined ? rows([twice], 'n') : rows([again, { id: arc('b'), name: 'b' }]),
    );
    const found = await collect(graph.clusters([SUB]));
    expect(found.map(({ name, extension }) => [name, extension])).toEqual([
      ['a', 'Succeeded'],
      ['b', 'Missing'],
    ]);
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
  ])('with an extension that is %j', async (extensionState, extension) => {
    const [cluster] = await clustersOf({ id: arc('c'), extensionId: 'x', extensionState });
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
});
