import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, parseClusterId } from '../../src/contracts/cluster-id.ts';
import type { FoundConfiguration } from '../../src/ports/graph.ts';
import { COMMIT, configurationBody, CONVERGED_MS, OCI_BODY, type AzureWorld, type OpenWorld } from './azure-world.ts';
import { collect } from './compliance-rows.ts';

/** What a sweep reads of Resource Graph. */
export function allConfigurationsSuite(open: OpenWorld): void {
  describe('Graph, all configurations', () => {
    let world: AzureWorld;
    let subscriptions: string[];
    const label = ({ clusterId, name }: FoundConfiguration): string => `${clusterKey(clusterId)} ${name}`;

    async function all(scope = subscriptions): Promise<FoundConfiguration[]> {
      return collect(world.graph.allConfigurations(scope));
    }

    beforeEach(async () => {
      world = await open();
      const { arm, clusters, letTimePass } = world;
      subscriptions = [parseClusterId(clusters.ready)!.subscriptionId];
      await arm.putConfiguration(clusters.ready, 'apps', configurationBody());
      letTimePass(CONVERGED_MS);
      await arm.putConfiguration(clusters.ready, 'oci', OCI_BODY);
      await arm.putConfiguration(clusters.other, 'apps', configurationBody('./other'));
      letTimePass(CONVERGED_MS);
    });

    afterEach(() => world.close());

    it('of every cluster and name are found once, in any casing of the subscription', async () => {
      const { ready, other } = world.clusters;
      const expected = [`${clusterKey(ready)} apps`, `${clusterKey(ready)} oci`, `${clusterKey(other)} apps`].sort();
      expect((await all()).map(label).sort()).toEqual(expected);
      expect((await all(subscriptions.map((id) => id.toUpperCase()))).map(label).sort()).toEqual(expected);
      expect(await all([])).toEqual([]);
    });

    it('come with what was asked for and what is reported, and without what was deployed', async () => {
      const found = new Map((await all()).map((each) => [label(each), each.properties]));
      const { ready, other } = world.clusters;
      expect(found.get(`${clusterKey(other)} apps`)).toMatchObject({
        ...{ scope: 'cluster', namespace: 'apps', sourceKind: 'GitRepository', suspend: false },
        gitRepository: { repositoryRef: { commit: COMMIT }, timeoutInSeconds: 600 },
        kustomizations: { apps: { path: './other', prune: true } },
        ...{ provisioningState: 'Succeeded', complianceState: 'Compliant' },
        statusUpdatedAt: expect.stringMatching(/^\d{4}-/) as unknown,
      });
      const { url, repositoryRef } = OCI_BODY.properties.ociRepository;
      expect(found.get(`${clusterKey(ready)} oci`)).toMatchObject({ ociRepository: { url, repositoryRef } });
      for (const properties of found.values()) {
        expect(properties).not.toHaveProperty('statuses');
        expect(Object.values(properties)).not.toContain(null);
      }
    });

    it('tell when they were last written', async () => {
      const before = new Map((await all()).map((each) => [label(each), each.modifiedAt!]));
      const { arm, clusters, letTimePass } = world;
      const [apps, oci] = [`${clusterKey(clusters.ready)} apps`, `${clusterKey(clusters.ready)} oci`];
      expect(before.get(oci)).toBe(before.get(apps)! + CONVERGED_MS);
      await arm.putConfiguration(clusters.ready, 'apps', configurationBody('./elsewhere'));
      letTimePass(CONVERGED_MS);
      const after = new Map((await all()).map((each) => [label(each), each.modifiedAt!]));
      expect(after.get(apps)).toBe(before.get(apps)! + 2 * CONVERGED_MS);
      expect(after.get(oci)).toBe(before.get(oci));
    });

    it('that were deleted are gone', async () => {
      const { arm, clusters, letTimePass } = world;
      await arm.deleteConfiguration(clusters.ready, 'apps', false);
      letTimePass(CONVERGED_MS);
      expect((await all()).map(label)).not.toContain(`${clusterKey(clusters.ready)} apps`);
    });
  });
}
