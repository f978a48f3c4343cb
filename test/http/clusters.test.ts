import { describe, expect, it } from 'vitest';
import { createMemoryStores } from '../../src/adapters/memory/stores.ts';
import { readsOf, reserve } from '../../src/app/budgets.ts';
import type { Deps } from '../../src/app/deps.ts';
import { ARM_READS } from '../../src/core/throttle/budget.ts';
import { getClusterConfiguration, getClusterConfigurations } from '../../src/http/clusters.ts';
import { route } from '../../src/http/route.ts';
import { armError, clock, setUp } from '../adapters/arm/set-up.ts';
import type { Answer, Recorded } from '../adapters/http-fixture.ts';
import { cluster } from '../core/clusters.ts';
import { call, edgeOf } from './support.ts';

const C1 = cluster('c1', { resourceGroup: 'rg-Fleet', extensionVersion: '1.24.1', fluxV1: false });
const ADDRESS = { subscriptionId: C1.subscriptionId, resourceGroup: 'rg-Fleet', type: 'connectedClusters', name: 'c1' };
const RESOURCE = {
  name: 'shop',
  properties: {
    sourceKind: 'OCIRepository',
    ociRepository: { url: 'oci://ghcr.io/org/shop', tlsConfig: { privateKey: '<redacted>' } },
    kustomizations: { apps: { path: './apps' } },
    complianceState: 'Compliant',
    statuses: [
      { kind: 'OCIRepository', namespace: 'ns', name: 'shop', complianceState: 'Compliant', statusConditions: null },
      {
        kind: 'Kustomization',
        namespace: 'ns',
        name: 'shop-apps',
        complianceState: 'Compliant',
        statusConditions: null,
      },
    ],
  },
};

/** The two routes over the real ARM adapter, which speaks to a server that answers by `rule`; the fleet is one cluster. */
async function edge(rule: (request: Recorded) => Answer) {
  const { arm, fixture } = await setUp(rule);
  const { budgets, inventory } = createMemoryStores();
  await inventory.write(clock.now(), [[C1]]);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps = { arm, budgets, inventory, clock, log } as unknown as Deps;
  const get = (handle: Parameters<typeof route>[2], params: Record<string, string>, query = '') =>
    call(
      route(() => edgeOf(deps), 'Reader', handle),
      { method: 'GET', path: `/api/clusters${query}`, params },
    );
  return {
    deps,
    requests: fixture.requests,
    one: (configuration: string, query?: string, address: Partial<typeof ADDRESS> = {}) =>
      get(getClusterConfiguration, { ...ADDRESS, ...address, configuration }, query),
    list: () => get(getClusterConfigurations, ADDRESS),
  };
}

const found = (): Answer => ({ status: 200, body: RESOURCE });

describe('[api.getConfiguration] GET …/configurations/{configuration}', () => {
  it('[api.extension] answers the configuration with the cluster it is on, and its extension', async () => {
    const { one, requests } = await edge(found);
    const { status, json } = await one('shop');
    expect([status, requests.length]).toEqual([200, 1]);
    expect(json).toMatchObject({
      name: 'shop',
      cluster: { id: C1.id, name: 'c1', extension: { state: 'Succeeded', version: '1.24.1' } },
      source: { url: 'oci://ghcr.io/org/shop' },
      secrets: ['tlsConfig.privateKey'],
      objects: [{ name: 'shop' }, { name: 'shop-apps' }],
    });
  });

  it('[api.clusterAddress] compares the cluster without case', async () => {
    const { one } = await edge(found);
    const address = { resourceGroup: 'RG-FLEET', type: 'connectedclusters', name: 'C1' };
    expect((await one('shop', '', address)).status).toBe(200);
  });

  it.each([
    ['?kind=ociRepository', ['shop']],
    ['?kind=Kustomization&namespace=ns&object=shop-apps', ['shop-apps']],
    ['?kind=HelmRelease', []],
    ['?object=none', []],
  ])('[api.deployedObjectFilter] shows the objects asked for: %s', async (query, names) => {
    const { one } = await edge(found);
    const objects = (await one('shop', query)).json['objects'] as { name: string }[];
    expect(objects.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['another name', { name: 'c2' }, 'ClusterNotFound'],
    ['another group', { resourceGroup: 'rg' }, 'ClusterNotFound'],
    ['another type', { type: 'managedClusters' }, 'ClusterNotFound'],
    ['a subscription that is none', { subscriptionId: 'x' }, 'ClusterNotFound'],
    ['a type that is none', { type: 'appliances' }, 'UnknownClusterType'],
  ])('[api.clusterAddress] is 404 for %s, and asks Azure nothing', async (_what, address, code) => {
    const { one, requests } = await edge(found);
    const answer = await one('shop', '', address);
    expect([answer.status, answer.json['code'], requests.length]).toEqual([404, code, 0]);
  });

  it.each(['.', '..', ''])('is 404 for the name %j, and asks Azure nothing', async (name) => {
    const { one, requests } = await edge(found);
    const answer = await one(name);
    expect([answer.status, answer.json['code'], requests.length]).toEqual([404, 'ConfigurationNotFound', 0]);
  });

  it('[trap.notFoundCode] tells a missing configuration from a missing cluster, which Azure answers alike', async () => {
    const missing = armError(404, 'ResourceNotFound', "The fluxConfigurations instance with name 'x' not found.");
    const withCluster = await edge(({ url }) =>
      url.includes('fluxConfigurations') ? missing : { status: 200, body: {} },
    );
    expect((await withCluster.one('x')).json).toMatchObject({ status: 404, code: 'ConfigurationNotFound' });
    const gone = armError(
      404,
      'ResourceNotFound',
      "The Resource 'Microsoft.Kubernetes/connectedClusters/c1' was not found.",
    );
    const without = await edge(() => gone);
    expect((await without.one('x')).json).toMatchObject({ status: 404, code: 'ClusterNotFound' });
  });

  it('[api.throttled] is 503 with Retry-After when ARM throttles, and nobody reads before', async () => {
    const { one, requests } = await edge(() => armError(429, 'TooManyRequests', 'slow', { 'retry-after': '17' }));
    expect(await one('shop')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '17' },
      json: { code: 'Unavailable' },
    });
    expect((await one('shop')).status).toBe(503);
    expect(requests).toHaveLength(1);
  });

  it('[api.throttled] is 503 when the subscription has no read left, and asks Azure nothing', async () => {
    const { deps, one, requests } = await edge(found);
    await reserve(deps, readsOf(C1.id), ARM_READS.capacity, 0);
    const answer = await one('shop');
    expect(answer.status).toBe(503);
    expect(Number(new Headers(answer.headers as Record<string, string>).get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(requests).toHaveLength(0);
  });

  it('is 502 with the words of Azure when it refuses', async () => {
    const { one } = await edge(() => armError(403, 'AuthorizationFailed', 'no right to read'));
    const { status, json } = await one('shop');
    expect([status, json['code']]).toEqual([502, 'AzureRefused']);
    expect(json['detail']).toMatch(/AuthorizationFailed.*no right to read/);
  });

  it('is 503 when Azure fails in passing', async () => {
    const { one } = await edge(() => armError(500, 'InternalServerError', 'oops'));
    expect((await one('shop')).status).toBe(503);
  });
});

describe('[api.listConfigurations] GET …/configurations', () => {
  it('[trap.listConditions] answers every page, and says that there are no conditions', async () => {
    const { list } = await edge(({ url, headers }) => {
      const next = new URL(url, `https://${headers.host ?? ''}`);
      if (next.searchParams.has('page')) return { status: 200, body: { value: [{ ...RESOURCE, name: 'second' }] } };
      next.searchParams.set('page', '2');
      return { status: 200, body: { value: [RESOURCE], nextLink: next.href } };
    });
    const { status, json } = await list();
    expect(status).toBe(200);
    expect(json).toMatchObject({
      conditionsIncluded: false,
      cluster: { name: 'c1' },
      items: [{ name: 'shop' }, { name: 'second' }],
    });
  });

  it('is empty for a cluster without any', async () => {
    const { list } = await edge(() => ({ status: 200, body: { value: [] } }));
    expect((await list()).json['items']).toEqual([]);
  });
});
