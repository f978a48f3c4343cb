import { describe, expect, it } from 'vitest';
import type { SourceControlConfiguration } from '../../../../local/azure/fleet/cluster.ts';
import { bench, configurationPath, extensionPath, gitBody, healthy, textLike, type Bench } from '../support.ts';
import { ask, rows } from './support.ts';

const FLUX = `kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/fluxconfigurations'`;
const EXTENSIONS = `kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/extensions'`;
const BY_ID = 'resources | project id, name | order by id asc';

describe('paging', () => {
  it('gives 100 rows by default, 1000 at most', async () => {
    const at = await bench({ fleet: { clusters: 150 } });
    expect((await ask(at, BY_ID)).body).toMatchObject({ count: 100, totalRecords: 150, resultTruncated: 'false' });
    expect((await ask(at, BY_ID, { $top: 1001 })).status).toBe(400);
    expect((await ask(at, BY_ID, { $top: 120, $skip: 100 })).body.count).toBe(50);
  });

  it('pages through everything with $skipToken, in order, although rows change meanwhile', async () => {
    const at = await bench({ fleet: { clusters: 150 }, lagMs: 0 });
    const ids: unknown[] = [];
    let token: string | undefined;
    do {
      const { body } = await ask(at, BY_ID, { $top: 40, ...(token && { $skipToken: token }) });
      ids.push(...body.data.map(({ id }) => id));
      token = body.$skipToken;
      await at.admin('PATCH', `/admin/clusters/${at.azure.fleet.clusters[0]!.name}`, { state: 'deleted' });
    } while (token !== undefined);
    expect(ids).toHaveLength(150);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(150);
  });

  it('evaluates again when the first page is long ago', async () => {
    const at = await bench({ fleet: { clusters: 150 } });
    const first = (await ask(at, BY_ID, { $top: 100 })).body;
    at.clock.advance(11 * 60_000);
    const second = (await ask(at, BY_ID, { $top: 100, $skipToken: first.$skipToken })).body;
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(150);
  });

  it.each([
    ['a query that does not show id', 'resources | project name'],
    ['a query that limits itself', 'resources | take 140'],
  ])('refuses a token to %s and tells that rows are missing', async (_, query) => {
    const at = await bench({ fleet: { clusters: 150 } });
    const { body } = await ask(at, query);
    expect(body).toMatchObject({ count: 100, resultTruncated: 'true' });
    expect(body.$skipToken).toBeUndefined();
  });

  it('refuses the token of another query', async () => {
    const at = await bench({ fleet: { clusters: 150 } });
    const { $skipToken } = (await ask(at, BY_ID)).body;
    expect((await ask(at, `${BY_ID} | where true`, { $skipToken })).status).toBe(400);
  });

  it('can answer as a table', async () => {
    const at = await bench();
    const { data } = (await ask(at, 'resources | take 1 | project id, tags', { resultFormat: 'table' })).body;
    expect(data).toMatchObject({
      columns: [
        { name: 'id', type: 'string' },
        { name: 'tags', type: 'object' },
      ],
    });
  });
});

describe('scope', () => {
  it('restricts to the given subscriptions and refuses unknown ones alone', async () => {
    const at = await bench();
    const [first] = at.azure.fleet.subscriptions;
    const { body } = await ask(
      at,
      'resources | project id, subscriptionId',
      {},
      { subscriptions: [first!.id.toUpperCase()] },
    );
    expect(new Set(body.data.map(({ subscriptionId }) => subscriptionId))).toEqual(new Set([first!.id]));
    const none = await ask(at, 'resources', {}, { subscriptions: ['00000000-0000-0000-0000-000000000000'] });
    expect([none.status, none.body.error.details[0]!.code]).toEqual([400, 'NoValidSubscriptionsInQueryRequest']);
  });

  it('has subscriptions and resource groups in resourcecontainers', async () => {
    const at = await bench();
    const names = await rows(
      at,
      `resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project name`,
    );
    expect(names.map(({ name }) => name)).toEqual(at.azure.fleet.subscriptions.map(({ displayName }) => displayName));
    const groups = await rows(at, `resourcecontainers | where type endswith '/resourcegroups' | project id`);
    expect(groups.length).toBeGreaterThan(3);
  });
});

describe('quota', () => {
  it('is 15 queries in 5 seconds, moving, with its headers', async () => {
    const at = await bench();
    for (let count = 0; count < 15; count++) {
      const { status, headers } = await ask(at, BY_ID);
      expect([status, headers.get('x-ms-user-quota-remaining')]).toEqual([200, String(14 - count)]);
      at.clock.advance(100);
    }
    const refused = await ask(at, BY_ID);
    expect(refused.status).toBe(429);
    expect([refused.headers.get('retry-after'), refused.headers.get('x-ms-user-quota-resets-after')]).toEqual([
      '4',
      '00:00:04',
    ]);
    expect(at.azure.metrics).toMatchObject({ graphThrottled: 1, throttled: 0 });
    at.clock.advance(3500);
    expect((await ask(at, BY_ID)).status).toBe(200);
    expect((await ask(at, BY_ID)).status).toBe(429);
  });
});

describe('rows', () => {
  it('show the state as it was lagMs ago', async () => {
    const at = await bench({ lagMs: 5000 });
    const each = healthy(at.azure);
    await at.call('PUT', configurationPath(each), gitBody());
    const state = async (): Promise<unknown> =>
      (await rows(at, `${FLUX} | project s = properties.provisioningState`))[0]?.['s'];
    expect(await state()).toBeUndefined();
    at.clock.advance(4999);
    expect(await state()).toBeUndefined();
    at.clock.advance(1);
    expect(await state()).toBe('Creating');
    at.clock.advance(20_000);
    expect(await state()).toBe('Succeeded');
    await at.call('DELETE', `${configurationPath(each)}?forceDelete=true`);
    expect(await state()).toBe('Succeeded');
    at.clock.advance(5000);
    expect(await state()).toBeUndefined();
  });

  it('of configurations are camelCase and carry the evidence; their ids have a casing of their own', async () => {
    const at = await bench({ lagMs: 0 });
    const each = healthy(at.azure, true, 'Microsoft.ContainerService');
    await at.call('PUT', configurationPath(each), gitBody());
    at.clock.advance(60_000);
    const [row] = await rows(
      at,
      `${FLUX} | project id, resourceGroup, complianceState = properties.complianceState,
      commit = properties.sourceSyncedCommitId, at = todatetime(properties.statusUpdatedAt)`,
    );
    expect(row).toMatchObject({ complianceState: 'Compliant', resourceGroup: each.resourceGroup.toLowerCase() });
    expect(row!['id']).toContain('/ManagedClusters/');
    expect(row!['commit']).toMatch(/^main@sha1:a{40}$/);
  });

  it('of extensions are PascalCase on most clusters and camelCase on some', async () => {
    const at = await bench({ fleet: { extensionShare: 1 } });
    const found = await rows(
      at,
      `kubernetesconfigurationresources | project id, p = properties.ExtensionType, c = properties.extensionType`,
    );
    expect(found).toHaveLength(48);
    expect(found.every(({ id }) => String(id).includes('/Microsoft.KubernetesConfiguration/Extensions/'))).toBe(true);
    const pascal = found.filter(({ p, c }) => p === 'microsoft.flux' && c === null).length;
    const camel = found.filter(({ p, c }) => p === null && c === 'microsoft.flux').length;
    expect(pascal + camel).toBe(48);
    expect(pascal).toBeGreaterThan(camel);
    expect(camel).toBeGreaterThan(0);
  });

  it('of clusters tell connectivity and power', async () => {
    const at: Bench = await bench({ lagMs: 0, fleet: { stoppedClusters: 2 } });
    const stopped = await rows(at, `resources | where properties.powerState.code == 'Stopped' | project name`);
    const offline = await rows(at, `resources | where properties.connectivityStatus == 'Offline' | project name`);
    expect([stopped.length, offline.length]).toEqual([2, 1]);
  });

  it('of extensions spell every level alike, but leave the names of settings alone', async () => {
    const at = await bench({ fleet: { clusters: 48, extensionShare: 1 }, lagMs: 0 });
    const pascal = (await rows(at, `${EXTENSIONS} | where isnotnull(properties.ExtensionType) | project id`))[0]!;
    const each = at.azure.fleet.clusters.find(({ name }) => String(pascal['id']).includes(`/${name}/`))!;
    const settings = { 'multiTenancy.enforce': 'false' };
    await at.call('PUT', extensionPath(each), {
      properties: { extensionType: 'microsoft.flux', configurationSettings: settings },
    });
    at.clock.advance(300_000);
    const [row] = await rows(at, `${EXTENSIONS} | where id =~ '${String(pascal['id'])}' | project properties`);
    expect(row!['properties']).toMatchObject({
      ExtensionType: 'microsoft.flux',
      CurrentVersion: textLike(/^1\./),
      Scope: { Cluster: { ReleaseNamespace: 'flux-system' } },
      ConfigurationSettings: settings,
    });
  });

  it('of Arc clusters tell when they were last heard of, which goes on while they answer', async () => {
    const at = await bench({ lagMs: 5000 });
    const each = healthy(at.azure);
    const shown = async (): Promise<unknown> => {
      const query = `resources | where name == '${each.name}' | project t = properties.lastConnectivityTime, d = properties.distribution`;
      return (await rows(at, query))[0];
    };
    const heardAt = (ms: number): unknown => ({ t: new Date(ms).toISOString(), d: each.distribution });
    at.clock.advance(3_600_000);
    expect(await shown()).toEqual(heardAt(at.clock.now() - 5000));
    const lostAt = at.clock.now();
    await at.admin('PATCH', `/admin/clusters/${each.name}`, { state: 'offline' });
    at.clock.advance(3_600_000);
    expect(await shown()).toEqual(heardAt(lostAt));
  });

  it('of AKS clusters tell their identity; a service principal has none', async () => {
    const at = await bench({ lagMs: 0 });
    const each = healthy(at.azure, true, 'Microsoft.ContainerService');
    const shown = async (): Promise<unknown> =>
      (await rows(at, `resources | where name == '${each.name}' | project i = tostring(identity.type)`))[0]!['i'];
    expect(await shown()).toBe('SystemAssigned');
    each.identityType = undefined;
    at.azure.fleet.observer!.clusterChanged(each);
    expect(await shown()).toBe('');
  });

  it('of Flux v1 configurations go with them', async () => {
    const at = await bench({ lagMs: 5000, fleet: { fluxV1Clusters: 2 } });
    const legacy = at.azure.fleet.clusters.filter((each) => each.sourceControlConfigurations.size > 0);
    const type = 'microsoft.kubernetesconfiguration/sourcecontrolconfigurations';
    const found = async (): Promise<unknown[]> =>
      rows(at, `kubernetesconfigurationresources | where type =~ '${type}' | project id, p = properties.operatorType`);
    expect(await found()).toHaveLength(2);
    const [first, second] = legacy;
    const [{ name }] = [...first!.sourceControlConfigurations.values()] as [SourceControlConfiguration];
    const path = `${first!.id}/providers/Microsoft.KubernetesConfiguration/sourceControlConfigurations/${name}`;
    expect((await at.call('DELETE', `${path}`)).status).toBe(200);
    expect(await found()).toHaveLength(2);
    at.clock.advance(5000);
    expect(await found()).toEqual([{ id: textLike(new RegExp(`/${second!.name}/`)), p: 'Flux' }]);
    await at.admin('PATCH', `/admin/clusters/${second!.name}`, { state: 'deleted' });
    at.clock.advance(5000);
    expect(await found()).toEqual([]);
  });
});
