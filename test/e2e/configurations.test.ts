import { describe, expect, test } from 'vitest';
import { sharedCloud } from './support/cloud.ts';
import { example, rollOut } from './support/examples.ts';

const shared = sharedCloud({
  speed: 60,
  fleet: { clusters: 4, subscriptions: 1, brokenClusters: 0, offlineClusters: 0 },
});

interface Shown {
  readonly cluster: { readonly name: string };
  readonly conditionsIncluded: boolean;
  readonly items: readonly { readonly name: string; readonly objects: readonly object[] }[];
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly ready?: { readonly status: string };
  }[];
}

describe('what is on a cluster', () => {
  test('is shown over HTTP, as Azure and its agents tell it', async () => {
    await rollOut(shared.api, await example('oci'));
    const [cluster] = shared.cloud.azure.fleet.clusters;
    if (cluster === undefined) throw new Error('the fleet has clusters');
    const { subscriptionId, resourceGroup, type, name } = cluster;
    const path = `/clusters/${subscriptionId}/${resourceGroup.toUpperCase()}/${type.segment}/${name}/configurations`;
    const list = await shared.api.call<Shown>('GET', path);
    expect(list).toMatchObject({ status: 200, body: { cluster: { name }, conditionsIncluded: false } });
    expect(list.body.items.map((item) => item.name)).toEqual(['podinfo']);
    expect(list.body.items[0]?.objects.some((object) => 'conditions' in object)).toBe(false);
    const one = await shared.api.call<Shown>('GET', `${path}/podinfo`);
    expect(one).toMatchObject({
      status: 200,
      body: {
        sourceKind: 'OCIRepository',
        source: { url: 'oci://ghcr.io/stefanprodan/manifests/podinfo' },
        complianceState: 'Compliant',
        sourceSyncedRevision: { digest: 'sha256:55396be14f18fa2b977c1f22becef26a94d1d9a7ccb1e19d12f9cac52d757a84' },
      },
    });
    const sources = await shared.api.call<Shown>('GET', `${path}/podinfo?kind=ocirepository`);
    expect(sources.body.objects).toMatchObject([{ kind: 'OCIRepository', name: 'podinfo', ready: { status: 'True' } }]);
    expect((await shared.api.call('GET', `${path}/none`)).status).toBe(404);
  });
});
