import { describe, expect, it } from 'vitest';
import { bench, type Body, cluster, configurationPath, gitBody, healthy } from '../support.ts';

describe('clusters', () => {
  it('list by subscription and type, over nextLink', async () => {
    const { azure, call } = await bench({ fleet: { clusters: 1300, subscriptions: 1 } });
    const [subscription] = azure.fleet.subscriptions;
    const names: string[] = [];
    let path: string | null = `/subscriptions/${subscription!.id}/providers/Microsoft.ContainerService/managedClusters`;
    let pages = 0;
    for (; path !== null; pages++) {
      const { body }: { body: Body } = await call('GET', path);
      names.push(...body.value.map(({ name }) => name));
      const next: URL | null = body.nextLink === null ? null : new URL(body.nextLink);
      path = next === null ? null : `${next.pathname}${next.search}`;
    }
    const aks = azure.fleet.clusters.filter(({ type }) => type.segment === 'managedClusters');
    expect(pages).toBeGreaterThan(1);
    expect(names).toEqual(aks.map(({ name }) => name));
  });

  it('are found one by one, in all three types, and by resource group', async () => {
    const { azure, call } = await bench({ fleet: { hybridClusters: 1 } });
    for (const segment of ['connectedClusters', 'managedClusters', 'provisionedClusters']) {
      const each = cluster(azure, ({ type }) => type.segment === segment);
      const { body } = await call('GET', each.id);
      expect(body).toMatchObject({
        id: each.id,
        name: each.name,
        tags: each.tags,
        properties: { provisioningState: 'Succeeded' },
      });
      const group = await call('GET', each.id.replace(/\/[^/]+$/, ''));
      expect(group.body.value.map(({ id }) => id)).toContain(each.id);
    }
  });

  it('show a silent Arc cluster as Offline after 15 minutes, a stopped AKS cluster at once', async () => {
    const { azure, call, clock, admin } = await bench();
    const arc = healthy(azure, true, 'Microsoft.Kubernetes');
    const aks = healthy(azure, true, 'Microsoft.ContainerService');
    await admin('PATCH', `/admin/clusters/${arc.name}`, { state: 'offline' });
    await admin('PATCH', `/admin/clusters/${aks.name}`, { state: 'stopped' });
    expect((await call('GET', aks.id)).body.properties.powerState.code).toBe('Stopped');
    clock.advance(14 * 60_000);
    expect((await call('GET', arc.id)).body.properties.connectivityStatus).toBe('Connected');
    clock.advance(60_000);
    expect((await call('GET', arc.id)).body.properties.connectivityStatus).toBe('Offline');
  });

  it('of an unknown type are refused by the gateway', async () => {
    const { azure, call } = await bench();
    const { status, headers, body } = await call('GET', healthy(azure).id.replace(/Clusters/i, 'Gadgets'));
    expect([status, body.error.code, headers.get('x-ms-failure-cause')]).toEqual([
      404,
      'InvalidResourceType',
      'gateway',
    ]);
  });
});

describe('subscriptions', () => {
  it('list and read', async () => {
    const { azure, call } = await bench();
    const { value } = (await call('GET', '/subscriptions')).body;
    expect(value.map(({ subscriptionId }) => subscriptionId)).toEqual(azure.fleet.subscriptions.map(({ id }) => id));
    expect((await call('GET', `/subscriptions/${value[0]!.subscriptionId}`)).body).toEqual(value[0]);
    const unknown = await call('GET', '/subscriptions/00000000-0000-0000-0000-000000000000');
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'SubscriptionNotFound']);
  });
});

describe('providers', () => {
  it('must be registered before a configuration is written; registering takes a minute', async () => {
    const { azure, call, clock } = await bench();
    const each = healthy(azure);
    const provider = `/subscriptions/${each.subscriptionId}/providers/microsoft.kubernetesConfiguration`;
    const state = async (): Promise<string> => (await call('GET', provider)).body.registrationState;
    expect(await state()).toBe('Registered');
    await call('POST', `${provider}/unregister`);
    const refused = await call('PUT', configurationPath(each), gitBody());
    expect([refused.status, refused.body.error.code]).toEqual([409, 'MissingSubscriptionRegistration']);
    await call('POST', `${provider}/register`);
    expect(await state()).toBe('Registering');
    clock.advance(60_000);
    expect(await state()).toBe('Registered');
    expect((await call('PUT', configurationPath(each), gitBody())).status).toBe(201);
  });
});
