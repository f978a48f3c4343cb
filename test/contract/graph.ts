import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, parseClusterId } from '../../src/contracts/cluster-id.ts';
import type { Cluster } from '../../src/contracts/cluster.ts';
import type { ConfigurationQuery, ConfigurationStatus } from '../../src/ports/graph.ts';
import { valueOf } from './arm-answers.ts';
import {
  COMMIT,
  configurationBody,
  CONVERGED_MS,
  EXTENSION_BODY,
  OCI_BODY,
  type AzureWorld,
  type OpenWorld,
} from './azure-world.ts';
import { allConfigurationsSuite } from './graph-all-configurations.ts';

async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

function subscriptionOf(clusterId: string): string {
  return parseClusterId(clusterId)!.subscriptionId;
}

const NO_SUBSCRIPTION = '00000000-dead-beef-0000-000000000000';

/** The `Graph` port: what its docstrings promise, on any implementation. */
export function graphSuite(open: OpenWorld): void {
  describe('Graph', () => {
    let world: AzureWorld;
    let subscriptions: string[];
    beforeEach(async () => {
      world = await open();
      const { ready, bare, offline } = world.clusters;
      subscriptions = [...new Set([ready, bare, offline].map(subscriptionOf))];
    });
    afterEach(() => world.close());

    describe('clusters', () => {
      it('are those of the subscriptions, each once, with extension and reachability', async () => {
        const { graph, clusters } = world;
        const found = await collect(graph.clusters(subscriptions));
        const byKey = new Map(found.map((cluster) => [clusterKey(cluster.id), cluster]));
        expect(byKey.size).toBe(found.length);
        const { name, resourceGroup, type } = parseClusterId(clusters.ready)!;
        expect(byKey.get(clusterKey(clusters.ready))).toMatchObject({
          ...{ name, resourceGroup, type, subscriptionId: subscriptionOf(clusters.ready) },
          offline: false,
          extension: 'Succeeded',
        });
        expect(byKey.get(clusterKey(clusters.bare))).toMatchObject({ offline: false, extension: 'Missing' });
        expect(byKey.get(clusterKey(clusters.offline))).toMatchObject({ offline: true, connectivity: 'Offline' });
        expect(byKey.has(clusterKey(clusters.absent))).toBe(false);
      });

      async function clusterOf(id: string): Promise<Cluster> {
        const found = await collect(world.graph.clusters([subscriptionOf(id)]));
        return found.find((cluster) => clusterKey(cluster.id) === clusterKey(id))!;
      }

      it('of Arc tell what runs there and when they were last heard of', async () => {
        const { clusters, letTimePass } = world;
        const [reachable, offline] = [await clusterOf(clusters.legacy), await clusterOf(clusters.offline)];
        expect(reachable.distribution).toBe('k3s');
        expect(reachable.lastConnectedAt).toBeGreaterThan(offline.lastConnectedAt!);
        letTimePass(CONVERGED_MS);
        expect((await clusterOf(clusters.legacy)).lastConnectedAt).toBe(reachable.lastConnectedAt! + CONVERGED_MS);
        expect((await clusterOf(clusters.offline)).lastConnectedAt).toBe(offline.lastConnectedAt);
      });

      it('of AKS tell their managed identity; those of a service principal and others have none', async () => {
        const { graph, clusters } = world;
        expect(await clusterOf(clusters.servicePrincipal)).not.toHaveProperty('identityType');
        const found = await collect(graph.clusters(subscriptions));
        const others = found.filter(({ id }) => clusterKey(id) !== clusterKey(clusters.servicePrincipal));
        const types = (isAks: boolean) =>
          new Set(others.filter(({ type }) => (type === 'managedClusters') === isAks).map((each) => each.identityType));
        expect(types(true)).toEqual(new Set(['SystemAssigned']));
        expect(types(false)).toEqual(new Set([undefined]));
      });

      it('tell the state of the cluster and the version of its extension', async () => {
        const { clusters } = world;
        expect(await clusterOf(clusters.ready)).toMatchObject({ provisioningState: 'Succeeded' });
        expect((await clusterOf(clusters.ready)).extensionVersion).toMatch(/^1\.\d+\.\d+$/);
        expect(await clusterOf(clusters.bare)).not.toHaveProperty('extensionVersion');
      });

      it('have Flux v1 until its last configuration is removed', async () => {
        const { arm, graph, clusters, letTimePass } = world;
        const legacy = async (): Promise<string[]> =>
          (await collect(graph.clusters(subscriptions))).filter(({ fluxV1 }) => fluxV1).map(({ id }) => clusterKey(id));
        expect(await legacy()).toEqual([clusterKey(clusters.legacy)]);
        expect((await clusterOf(clusters.legacy)).extension).toBe('Missing');
        for (const { name } of valueOf(await arm.listFluxV1(clusters.legacy))) {
          valueOf(await arm.deleteFluxV1(clusters.legacy, name));
        }
        letTimePass(CONVERGED_MS);
        expect(await legacy()).toEqual([]);
      });

      it('of no subscription are none', async () => {
        expect(await collect(world.graph.clusters([]))).toEqual([]);
      });
    });

    describe('configurations', () => {
      let plain: ConfigurationQuery;
      beforeEach(async () => {
        const { arm, clusters, letTimePass } = world;
        await arm.putConfiguration(clusters.ready, 'apps', configurationBody());
        await arm.putConfiguration(clusters.other, 'apps', configurationBody());
        await arm.putConfiguration(clusters.ready, 'infra', configurationBody());
        letTimePass(CONVERGED_MS);
        plain = { name: 'apps', subscriptions: [subscriptionOf(clusters.ready)] };
      });

      async function found(query: ConfigurationQuery): Promise<ConfigurationStatus[]> {
        return collect(world.graph.configurations(query));
      }

      async function keys(query: ConfigurationQuery): Promise<string[]> {
        return (await found(query)).map(({ clusterId }) => clusterKey(clusterId)).sort();
      }

      function both(): string[] {
        return [world.clusters.ready, world.clusters.other].map(clusterKey).sort();
      }

      it('of one name come with their status', async () => {
        const rows = await found(plain);
        expect(rows.map(({ clusterId }) => clusterKey(clusterId)).sort()).toEqual(both());
        for (const row of rows) {
          expect(row).toMatchObject({ provisioningState: 'Succeeded', complianceState: 'Compliant' });
          expect(row.sourceSyncedCommitId).toContain(COMMIT);
          expect(row.statusUpdatedAt).toBeGreaterThan(0);
          expect(row.properties).toBeUndefined();
        }
      });

      it('come with raw properties when asked for', async () => {
        const [row] = await found({ ...plain, withProperties: true });
        expect(row?.properties).toMatchObject({
          sourceKind: 'GitRepository',
          kustomizations: { apps: { path: './apps' } },
        });
      });

      it('of an OCI source show it', async () => {
        const { arm, clusters, letTimePass } = world;
        await arm.putConfiguration(clusters.ready, 'oci', OCI_BODY);
        letTimePass(CONVERGED_MS);
        const [row] = await found({ ...plain, name: 'oci', withProperties: true });
        const { url, repositoryRef } = OCI_BODY.properties.ociRepository;
        expect(row?.properties).toMatchObject({ sourceKind: 'OCIRepository', ociRepository: { url, repositoryRef } });
      });

      it('that were deleted are gone', async () => {
        const { arm, clusters, letTimePass } = world;
        await arm.deleteConfiguration(clusters.ready, 'apps', false);
        letTimePass(CONVERGED_MS);
        expect(await keys(plain)).toEqual([clusterKey(clusters.other)]);
      });

      it('are narrowed to clusters, whatever the casing of the ids', async () => {
        const { ready, bare, absent } = world.clusters;
        const clusterIds = [ready.toUpperCase(), bare, absent];
        expect(await keys({ ...plain, clusterIds })).toEqual([clusterKey(ready)]);
        expect(await keys({ ...plain, clusterIds: [] })).toEqual([]);
      });

      it('are narrowed to subscriptions', async () => {
        const { ready } = world.clusters;
        expect(await keys({ ...plain, subscriptions: [] })).toEqual([]);
        expect(await keys({ ...plain, subscriptions: [NO_SUBSCRIPTION], clusterIds: [ready] })).toEqual([]);
      });

      it('are narrowed to those that were reported on since', async () => {
        const at = (await found(plain)).map(({ statusUpdatedAt }) => statusUpdatedAt ?? 0);
        expect(await keys({ ...plain, reportedSince: Math.min(...at) })).toEqual(both());
        expect(await keys({ ...plain, reportedSince: Math.max(...at) + 1000 })).toEqual([]);
      });

      it('that are still on their way have no report', async () => {
        const { arm, clusters, letTimePass } = world;
        await arm.putConfiguration(clusters.offline, 'apps', configurationBody());
        letTimePass(CONVERGED_MS);
        const query = {
          name: 'apps',
          subscriptions: [subscriptionOf(clusters.offline)],
          clusterIds: [clusters.offline],
        };
        const [row, ...more] = await found(query);
        expect(more).toEqual([]);
        expect(clusterKey(row!.clusterId)).toBe(clusterKey(clusters.offline));
        expect(row).toMatchObject({ sourceSyncedCommitId: undefined, statusUpdatedAt: undefined });
      });
    });

    it('tells which clusters can be reached', async () => {
      const { graph, clusters } = world;
      const { ready, offline, absent } = clusters;
      const rows = await collect(graph.connectivity([ready.toUpperCase(), offline, absent]));
      const byKey = new Map(rows.map((row) => [clusterKey(row.clusterId), row]));
      expect(byKey.size).toBe(2);
      expect(byKey.get(clusterKey(ready))?.offline).toBe(false);
      expect(byKey.get(clusterKey(offline))).toMatchObject({ offline: true, connectivity: 'Offline' });
      expect(await collect(graph.connectivity([]))).toEqual([]);
    });

    it('tells the extensions of clusters that have one', async () => {
      const { graph, clusters } = world;
      const { ready, bare, absent } = clusters;
      const rows = await collect(graph.extensions([ready.toUpperCase(), bare, absent]));
      expect(rows.map((row) => ({ ...row, clusterId: clusterKey(row.clusterId) }))).toEqual([
        { clusterId: clusterKey(ready), state: 'Succeeded', detail: '' },
      ]);
      expect(await collect(graph.extensions([]))).toEqual([]);
    });

    it('tells the properties of extensions as ARM spells them, when asked for', async () => {
      const { arm, graph, clusters, letTimePass } = world;
      const { ready, other } = clusters;
      const configurationSettings = { 'multiTenancy.enforce': 'false', Upper: '1' };
      for (const id of [ready, other]) {
        await arm.putExtension(id, 'flux', { properties: { ...EXTENSION_BODY.properties, configurationSettings } });
      }
      letTimePass(CONVERGED_MS);
      const rows = await collect(graph.extensions([ready, other], { withProperties: true }));
      expect(rows).toHaveLength(2);
      for (const { properties } of rows) {
        expect(properties).toMatchObject({
          extensionType: 'microsoft.flux',
          provisioningState: 'Succeeded',
          autoUpgradeMinorVersion: true,
          releaseTrain: 'Stable',
          scope: { cluster: { releaseNamespace: 'flux-system' } },
        });
        expect(properties?.['configurationSettings']).toEqual(configurationSettings);
      }
    });
  });
  allConfigurationsSuite(open);
}
