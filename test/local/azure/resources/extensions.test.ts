import { describe, expect, it } from 'vitest';
import { bench, cluster, configurationPath, extensionPath, gitBody, healthy } from '../support.ts';

const FLUX = { properties: { extensionType: 'Microsoft.Flux' } };

describe('extensions', () => {
  it('install in about 90 seconds, with the URL spelled api-Version', async () => {
    const { azure, call, clock } = await bench();
    const path = extensionPath(healthy(azure, false));
    const { status, headers, body } = await call('PUT', path, FLUX);
    expect(status).toBe(201);
    expect(body.properties).toMatchObject({
      extensionType: 'microsoft.flux',
      autoUpgradeMinorVersion: true,
      releaseTrain: 'Stable',
      provisioningState: 'Creating',
      scope: { cluster: { releaseNamespace: 'flux-system' } },
    });
    expect(headers.get('azure-asyncoperation')).toContain('?api-Version=2025-03-01&');
    clock.advance(74_000);
    expect((await call('GET', path)).body.properties.provisioningState).toBe('Creating');
    clock.advance(31_000);
    expect((await call('GET', path)).body.properties).toMatchObject({
      provisioningState: 'Succeeded',
      currentVersion: '1.24.1',
    });
  });

  it('refuse a second operation on the cluster while one runs', async () => {
    const { azure, call, clock } = await bench();
    const each = healthy(azure, false);
    await call('PUT', extensionPath(each), FLUX);
    const other = { properties: { extensionType: 'microsoft.azuremonitor.containers' } };
    const { status, body } = await call('PUT', extensionPath(each, 'monitor'), other);
    expect([status, body.error.code]).toEqual([409, 'Conflict']);
    clock.advance(110_000);
    expect((await call('PUT', extensionPath(each, 'monitor'), other)).status).toBe(201);
  });

  it('refuse version with auto-upgrade; a version alone switches it off', async () => {
    const { azure, call } = await bench();
    const path = extensionPath(healthy(azure, false));
    const both = { properties: { extensionType: 'microsoft.flux', version: '1.24.0', autoUpgradeMinorVersion: true } };
    expect((await call('PUT', path, both)).body.error.code).toBe('ValidationFailed');
    const one = { properties: { extensionType: 'microsoft.flux', version: '1.24.0' } };
    expect((await call('PUT', path, one)).body.properties.autoUpgradeMinorVersion).toBe(false);
  });

  it('refuse an identity on AKS and take it on Arc', async () => {
    const { azure, call } = await bench();
    const body = { ...FLUX, identity: { type: 'SystemAssigned' } };
    const aks = healthy(azure, false, 'Microsoft.ContainerService');
    const arc = healthy(azure, false, 'Microsoft.Kubernetes');
    expect((await call('PUT', extensionPath(aks), body)).status).toBe(400);
    const taken = await call('PUT', extensionPath(arc), body);
    expect([taken.status, taken.body.identity.type]).toEqual([201, 'SystemAssigned']);
  });

  it('merge plain settings and replace protected ones on PATCH', async () => {
    const { azure, call, clock } = await bench();
    const path = extensionPath(healthy(azure, false));
    const settings = { configurationSettings: { a: '1', b: '2' }, configurationProtectedSettings: { x: '1', y: '2' } };
    await call('PUT', path, { properties: { ...FLUX.properties, ...settings } });
    clock.advance(110_000);
    const patch = { properties: { configurationSettings: { b: '3' }, configurationProtectedSettings: { y: '4' } } };
    const { status, body } = await call('PATCH', path, patch);
    expect(status).toBe(202);
    expect(body.properties).toMatchObject({
      provisioningState: 'Updating',
      configurationSettings: { a: '1', b: '3' },
      configurationProtectedSettings: { y: '' },
    });
  });

  it('fail with errorInfo and statuses on a cluster where installation cannot succeed', async () => {
    const { azure, call, clock, admin } = await bench();
    const each = healthy(azure, false);
    await admin('PATCH', `/admin/clusters/${each.name}`, { failure: 'ExtensionFailed' });
    await call('PUT', extensionPath(each), FLUX);
    clock.advance(110_000);
    const { properties } = (await call('GET', extensionPath(each))).body;
    expect(properties).toMatchObject({ provisioningState: 'Failed', errorInfo: { code: 'ExtensionOperationFailed' } });
    expect(properties.statuses).toMatchObject([{ code: 'InstallationFailed', level: null, time: null }]);
    await call('PUT', configurationPath(each), gitBody());
    clock.advance(600_000);
    expect((await call('GET', configurationPath(each))).body.properties.provisioningState).toBe('Creating');
  });

  it('nest the reason of a failed operation', async () => {
    const { azure, call, clock } = await bench();
    const path = extensionPath(healthy(azure, false));
    const { headers } = await call('PUT', path, { properties: { ...FLUX.properties, version: '1.2.99' } });
    clock.advance(110_000);
    const url = new URL(headers.get('azure-asyncoperation') ?? '');
    const { status, error } = (await call('GET', `${url.pathname}${url.search}`)).body;
    expect(status).toBe('Failed');
    expect(error.details[0]).toMatchObject({ code: 'ExtensionOperationFailed' });
    expect(error.details[0]!.message).toContain("does not support release train 'stable' for version '1.2.99'");
  });

  it('are blocked by Flux v1 until it is removed', async () => {
    const { azure, call, clock } = await bench({ fleet: { fluxV1Clusters: 1 } });
    const each = cluster(azure, ({ sourceControlConfigurations }) => sourceControlConfigurations.size > 0);
    const legacy = `${each.id}/providers/Microsoft.KubernetesConfiguration/sourceControlConfigurations`;
    await call('PUT', extensionPath(each), FLUX);
    clock.advance(110_000);
    expect((await call('GET', extensionPath(each))).body.properties.errorInfo.message).toContain('Flux v1');
    const [found] = (await call('GET', legacy)).body.value;
    expect((await call('DELETE', `${legacy}/${found!.name}`)).status).toBe(200);
    expect((await call('GET', legacy)).body.value).toEqual([]);
    await call('PUT', extensionPath(each), FLUX);
    clock.advance(110_000);
    expect((await call('GET', extensionPath(each))).body.properties.provisioningState).toBe('Succeeded');
  });

  it('are deleted by an operation, or at once with a body to ignore', async () => {
    const { azure, call, clock } = await bench();
    const path = extensionPath(healthy(azure));
    expect((await call('DELETE', path)).status).toBe(202);
    clock.advance(60_000);
    expect((await call('GET', path)).status).toBe(404);
    const other = extensionPath(healthy(azure));
    const forced = await call('DELETE', `${other}?forceDelete=true`);
    expect(forced).toMatchObject({ status: 200, body: { StatusCode: 200 } });
    expect((await call('DELETE', other)).status).toBe(204);
  });
});
