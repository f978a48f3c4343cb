import { describe, expect, it } from 'vitest';
import { bench, cluster, configurationPath, gitBody, healthy, type Bench } from '../support.ts';

const AKS = 'Microsoft.ContainerService';
const ARC = 'Microsoft.Kubernetes';

interface ClusterAnswer {
  readonly identity?: { type: string };
  readonly properties: {
    provisioningState: string;
    servicePrincipalProfile: { clientId: string };
    distribution: string;
    lastConnectivityTime: string;
    connectivityStatus: string;
  };
}

async function shown(at: Bench, id: string): Promise<ClusterAnswer> {
  return (await at.call('GET', id)).body as unknown as ClusterAnswer;
}

async function provider(at: Bench, subscriptionId: string, name: string) {
  const { body } = await at.call('GET', `/subscriptions/${subscriptionId}/providers/${name}`);
  const { resourceTypes } = body as unknown as { resourceTypes: { resourceType: string; locations: string[] }[] };
  return { state: body.registrationState, resourceTypes };
}

describe('a fleet with clusters that preflight objects to', () => {
  const fleet = {
    servicePrincipalClusters: 2,
    openShiftClusters: 3,
    failedClusters: 1,
    outdatedExtensionClusters: 2,
    unregisteredSubscriptions: 1,
    regionsWithoutFlux: ['eastus' as const],
  };

  it('has them all, none by default', async () => {
    const counts = async (options: Partial<typeof fleet>) => {
      const { clusters } = (await bench({ fleet: options })).azure.fleet;
      const extensions = clusters.flatMap((each) => [...each.extensions.values()]);
      return {
        principals: clusters.filter(({ identityType }) => identityType === undefined).length,
        openShift: clusters.filter(({ distribution }) => distribution === 'openshift').length,
        failed: clusters.filter(({ provisioningState }) => provisioningState === 'Failed').length,
        outdated: extensions.filter(({ currentVersion }) => currentVersion === '1.20.4').length,
      };
    };
    expect(await counts({})).toEqual({ principals: 0, openShift: 0, failed: 0, outdated: 0 });
    const { regionsWithoutFlux: _, unregisteredSubscriptions: __, ...clusters } = fleet;
    expect(await counts(clusters)).toEqual({ principals: 2, openShift: 3, failed: 1, outdated: 2 });
  });

  it('has no extension where none can be', async () => {
    const { azure } = await bench({ fleet: { ...fleet, extensionShare: 1 } });
    const last = azure.fleet.subscriptions.at(-1)!.id;
    for (const { name, extensions, identityType, location, subscriptionId } of azure.fleet.clusters) {
      const isImpossible = identityType === undefined || location === 'eastus' || subscriptionId === last;
      expect([name, extensions.size]).toEqual([name, isImpossible ? 0 : 1]);
    }
  });

  it('refuses writes in a subscription that is not registered, until it is', async () => {
    const at = await bench({ fleet: { unregisteredSubscriptions: 1 } });
    const last = at.azure.fleet.subscriptions.at(-1)!.id;
    expect((await provider(at, last, 'Microsoft.KubernetesConfiguration')).state).toBe('Unregistered');
    const of = cluster(at.azure, ({ subscriptionId, failure }) => subscriptionId === last && failure === undefined);
    const refused = await at.call('PUT', configurationPath(of), gitBody());
    expect([refused.status, refused.body.error.code]).toEqual([409, 'MissingSubscriptionRegistration']);
    await at.call('POST', `/subscriptions/${last}/providers/Microsoft.KubernetesConfiguration/register`);
    at.clock.advance(61_000);
    expect((await at.call('PUT', configurationPath(of), gitBody())).status).toBe(201);
  });
});

describe('what ARM shows of it', () => {
  it('an AKS cluster that runs as a service principal has no identity', async () => {
    const at = await bench();
    const of = healthy(at.azure, true, AKS);
    expect((await shown(at, of.id)).identity).toMatchObject({ type: 'SystemAssigned' });
    expect((await shown(at, of.id)).properties.servicePrincipalProfile.clientId).toBe('msi');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { identityType: 'ServicePrincipal' });
    const now = await shown(at, of.id);
    expect(now.identity).toBeUndefined();
    expect(now.properties.servicePrincipalProfile.clientId).toMatch(/^[0-9a-f-]{36}$/);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { identityType: 'UserAssigned' });
    expect((await shown(at, of.id)).identity).toMatchObject({ type: 'UserAssigned' });
  });

  it('distribution, own state and the last contact of an Arc cluster', async () => {
    const at = await bench();
    const of = healthy(at.azure, true, ARC);
    const offlineSince = '2025-12-20T00:00:00.000Z';
    const patch = { distribution: 'openshift', provisioningState: 'Failed', state: 'offline', offlineSince };
    expect((await at.admin('PATCH', `/admin/clusters/${of.name}`, patch)).status).toBe(200);
    expect((await shown(at, of.id)).properties).toMatchObject({
      distribution: 'openshift',
      provisioningState: 'Failed',
      connectivityStatus: 'Offline',
      lastConnectivityTime: offlineSince,
    });
  });

  it('the version that the extension runs', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { extensionVersion: '1.19.0' });
    const { body } = await at.call('GET', `${of.id}/providers/Microsoft.KubernetesConfiguration/extensions/flux`);
    expect(body.properties.currentVersion).toBe('1.19.0');
  });

  it('the regions of each resource type, by their names for people', async () => {
    const at = await bench();
    const { id } = at.azure.fleet.subscriptions[0]!;
    await at.admin('PUT', '/admin/regions', { withoutFlux: ['westus2', 'eastus'] });
    const flux = await provider(at, id, 'Microsoft.KubernetesConfiguration');
    const offered = ['West Europe', 'North Europe', 'Germany West Central', 'Southeast Asia'];
    expect(flux.resourceTypes.map(({ resourceType, locations }) => [resourceType, locations])).toEqual([
      ['extensions', offered],
      ['fluxConfigurations', offered],
      ['sourceControlConfigurations', offered],
    ]);
    const aks = await provider(at, id, AKS);
    expect(aks.resourceTypes[0]!.locations).toHaveLength(6);
  });

  it.each([
    [ARC, { identityType: 'ServicePrincipal' }],
    [AKS, { distribution: 'openshift' }],
    [ARC, { offlineSince: '2025-12-20T00:00:00.000Z' }],
  ])('%s: refuses %j', async (rp, patch) => {
    const at = await bench();
    const { status } = await at.admin('PATCH', `/admin/clusters/${healthy(at.azure, true, rp).name}`, patch);
    expect(status).toBe(400);
  });

  it('refuses a version for an extension that is not there', async () => {
    const at = await bench();
    const patch = { extensionVersion: '1.19.0' };
    expect((await at.admin('PATCH', `/admin/clusters/${healthy(at.azure, false).name}`, patch)).status).toBe(400);
  });
});
