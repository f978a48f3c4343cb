import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../../local/azure/fleet/cluster.ts';
import {
  bench,
  cluster,
  condition,
  configurationPath,
  extensionPath,
  gitBody,
  healthy,
  textLike,
  type Bench,
  type Properties,
} from '../support.ts';

const FLUX = { extensionType: 'microsoft.flux' };
const INSTALL_MS = 110_000;
const SETTLE_MS = 90_000;

async function extension(at: Bench, of: Cluster, afterMs = 0): Promise<Properties> {
  at.clock.advance(afterMs);
  return (await at.call('GET', extensionPath(of))).body.properties;
}

async function configuration(at: Bench, of: Cluster, afterMs = SETTLE_MS): Promise<Properties> {
  at.clock.advance(afterMs);
  return (await at.call('GET', configurationPath(of))).body.properties;
}

describe('an update of the extension', () => {
  it('takes time, and changes version and settings', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    expect((await extension(at, of)).currentVersion).toBe('1.24.0');
    const patch = { version: '1.23.0', configurationSettings: { 'helm-controller.detectDrift': 'true' } };
    const { status } = await at.call('PATCH', extensionPath(of), { properties: patch });
    expect(status).toBe(202);
    const during = await extension(at, of, 40_000);
    expect(during).toMatchObject({ provisioningState: 'Updating', currentVersion: '1.24.0' });
    const after = await extension(at, of, 40_000);
    expect(after).toMatchObject({
      provisioningState: 'Succeeded',
      currentVersion: '1.23.0',
      autoUpgradeMinorVersion: false,
      configurationSettings: { 'helm-controller.detectDrift': 'true' },
    });
  });

  it('back to automatic upgrades takes the version away and installs the newest', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PATCH', extensionPath(of), { properties: { version: '1.23.0' } });
    at.clock.advance(SETTLE_MS);
    await at.call('PATCH', extensionPath(of), { properties: { autoUpgradeMinorVersion: true } });
    const after = await extension(at, of, SETTLE_MS);
    expect(after).toMatchObject({ version: null, autoUpgradeMinorVersion: true, currentVersion: '1.24.1' });
  });

  it('of settings alone leaves the version of an extension that is not upgraded automatically', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const properties = { autoUpgradeMinorVersion: false, configurationSettings: { 'multiTenancy.enforce': 'false' } };
    await at.call('PATCH', extensionPath(of), { properties });
    expect((await extension(at, of, SETTLE_MS)).currentVersion).toBe('1.24.0');
  });

  it('refuses version with automatic upgrades in one body', async () => {
    const at = await bench();
    const patch = { properties: { version: '1.23.0', autoUpgradeMinorVersion: true } };
    const { body } = await at.call('PATCH', extensionPath(healthy(at.azure)), patch);
    expect(body.error.code).toBe('ValidationFailed');
  });

  it('to a version that does not exist fails and leaves Flux running', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const { headers } = await at.call('PATCH', extensionPath(of), { properties: { version: '9.9.9' } });
    expect(await extension(at, of, SETTLE_MS)).toMatchObject({ provisioningState: 'Failed', currentVersion: '1.24.0' });
    const url = new URL(headers.get('azure-asyncoperation') ?? '');
    const { error } = (await at.call('GET', `${url.pathname}${url.search}`)).body;
    expect(error.details[0]).toMatchObject({
      code: 'ExtensionOperationFailed',
      message: textLike(/^Failed to resolve the extension version.*'stable' for version '9\.9\.9'/),
    });
    await at.call('PUT', configurationPath(of), gitBody());
    expect((await configuration(at, of)).complianceState).toBe('Compliant');
  });

  it('to an unknown release train fails', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PATCH', extensionPath(of), { properties: { releaseTrain: 'Nightly' } });
    expect((await extension(at, of, SETTLE_MS)).errorInfo.message).toContain("release train 'nightly'");
    await at.call('PATCH', extensionPath(of), { properties: { releaseTrain: 'Preview' } });
    expect((await extension(at, of, SETTLE_MS)).provisioningState).toBe('Succeeded');
  });
});

describe('a failed extension', () => {
  async function failed(failure: string): Promise<{ at: Bench; of: Cluster }> {
    const at = await bench();
    const of = healthy(at.azure, false);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure });
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    expect((await extension(at, of, INSTALL_MS)).provisioningState).toBe('Failed');
    return { at, of };
  }

  it('is repaired by PUT once nothing is broken any more', async () => {
    const { at, of } = await failed('ExtensionFailed');
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    expect((await extension(at, of, INSTALL_MS)).provisioningState).toBe('Failed');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: null });
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    const after = await extension(at, of, INSTALL_MS);
    expect(after).toMatchObject({ provisioningState: 'Succeeded', errorInfo: null });
  });

  it('that is stuck is repaired by a forced delete and a new installation, not by PUT', async () => {
    const { at, of } = await failed('ExtensionStuck');
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    expect((await extension(at, of, INSTALL_MS)).provisioningState).toBe('Failed');
    await at.call('DELETE', `${extensionPath(of)}?forceDelete=true`);
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    expect((await extension(at, of, INSTALL_MS)).provisioningState).toBe('Succeeded');
  });
});

describe('an installation', () => {
  it('fails on an AKS cluster that runs as a service principal', async () => {
    const at = await bench({ fleet: { servicePrincipalClusters: 1 } });
    const of = cluster(at.azure, ({ identityType }) => identityType === undefined);
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    expect((await extension(at, of, INSTALL_MS)).errorInfo.message).toContain('Managed Service Identity');
  });

  it('fails where the region does not offer the extension', async () => {
    const at = await bench();
    const of = healthy(at.azure, false);
    await at.admin('PUT', '/admin/regions', { withoutFlux: [of.location] });
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    expect((await extension(at, of, INSTALL_MS)).errorInfo).toMatchObject({
      code: 'ExtensionTypeRegistrationGetFailed',
      message: textLike(new RegExp(`not registered in region ${of.location}\\.`)),
    });
  });

  it('refuses the kubelet identity outside AKS', async () => {
    const at = await bench();
    const body = { properties: { ...FLUX, configurationSettings: { useKubeletIdentity: 'true' } } };
    const arc = await at.call('PUT', extensionPath(healthy(at.azure, false, 'Microsoft.Kubernetes')), body);
    expect([arc.status, arc.body.error.code]).toEqual([400, 'ValidationFailed']);
    const aks = await at.call('PUT', extensionPath(healthy(at.azure, false, 'Microsoft.ContainerService')), body);
    expect(aks.status).toBe(201);
  });
});

describe('without the extension', () => {
  it('configurations stop reconciling, and go on when it is back', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PUT', configurationPath(of), gitBody(null));
    const before = await configuration(at, of);
    expect((await at.call('DELETE', extensionPath(of))).status).toBe(202);
    at.clock.advance(60_000);
    const head = { url: 'https://git.example/platform.git', reference: 'main', commit: 'e'.repeat(40) };
    await at.admin('PUT', '/admin/heads', head);
    const frozen = await configuration(at, of, 3_600_000);
    expect(frozen.sourceSyncedCommitId).toBe(before.sourceSyncedCommitId);
    await at.call('PUT', extensionPath(of), { properties: FLUX });
    at.clock.advance(INSTALL_MS);
    expect(await configuration(at, of)).toMatchObject({
      complianceState: 'Compliant',
      sourceSyncedCommitId: `main@sha1:${head.commit}`,
    });
  });
});

describe('controllers that are switched off', () => {
  /** Eight kustomizations: some of them apply Helm releases. */
  const kustomizations = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`k${index}`, { path: `./${index}` }]),
  );

  async function without(controller: string): Promise<{ at: Bench; of: Cluster; now: Properties }> {
    const at = await bench();
    const of = healthy(at.azure);
    const configurationSettings = { [`${controller}.enabled`]: 'false' };
    await at.call('PATCH', extensionPath(of), { properties: { configurationSettings } });
    at.clock.advance(SETTLE_MS);
    await at.call('PUT', configurationPath(of), gitBody(null, { kustomizations }));
    return { at, of, now: await configuration(at, of, 600_000) };
  }

  it('source-controller: nothing is ever fetched', async () => {
    const { now } = await without('source-controller');
    expect(now).toMatchObject({
      provisioningState: 'Succeeded',
      complianceState: 'Pending',
      sourceSyncedCommitId: null,
    });
    expect(new Set(now.statuses.map(({ complianceState }) => complianceState))).toEqual(new Set(['Pending']));
  });

  it('kustomize-controller: the source is there, nothing is applied', async () => {
    const { at, of, now } = await without('kustomize-controller');
    expect([now.complianceState, condition(now, 'cluster-config')!.status]).toEqual(['Pending', 'True']);
    expect(condition(now, 'cluster-config-k0')).toBeUndefined();
    expect((await at.admin('GET', `/admin/objects/${of.name}`)).body).toEqual({ kustomizations: [] });
    const on = { configurationSettings: { 'kustomize-controller.enabled': 'true' } };
    await at.call('PATCH', extensionPath(of), { properties: on });
    at.clock.advance(SETTLE_MS);
    expect((await configuration(at, of)).complianceState).toBe('Compliant');
  });

  it('helm-controller: releases stay Pending, and so do the kustomizations that wait for them', async () => {
    const { now } = await without('helm-controller');
    const releases = now.statuses.filter(({ kind }) => kind === 'HelmRelease');
    expect(releases.length).toBeGreaterThan(0);
    for (const { complianceState, statusConditions, appliedBy } of releases) {
      expect([complianceState, statusConditions]).toEqual(['Pending', []]);
      expect(condition(now, appliedBy!.name)).toMatchObject({ status: 'Unknown' });
    }
    expect(now.complianceState).toBe('Pending');
  });
});
