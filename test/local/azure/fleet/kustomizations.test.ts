import { describe, expect, it } from 'vitest';
import type { AppliedKustomization, Cluster } from '../../../../local/azure/fleet/cluster.ts';
import {
  bench,
  COMMIT,
  condition,
  configurationPath,
  gitBody,
  healthy,
  OTHER_COMMIT,
  type Bench,
  type Properties,
} from '../support.ts';

const SOURCE = { sourceKind: 'GitRepository', gitRepository: {} };

async function settle(at: Bench, of: Cluster, afterMs = 90_000): Promise<Properties> {
  at.clock.advance(afterMs);
  return (await at.call('GET', configurationPath(of))).body.properties;
}

/** What is in the cluster, by kustomization. */
async function inCluster(at: Bench, of: Cluster): Promise<Record<string, AppliedKustomization>> {
  const { body } = await at.admin('GET', `/admin/objects/${of.name}`);
  const { kustomizations } = body as unknown as { kustomizations: AppliedKustomization[] };
  return Object.fromEntries(kustomizations.map((each) => [each.kustomization, each]));
}

/** infra (prune) ← apps (no prune), and alone (no prune). */
async function applied(): Promise<{ at: Bench; of: Cluster }> {
  const at = await bench();
  const of = healthy(at.azure);
  const kustomizations = { infra: { path: './infra', prune: true }, apps: { dependsOn: ['infra'] }, alone: {} };
  await at.call('PUT', configurationPath(of), gitBody(COMMIT, { kustomizations }));
  expect((await settle(at, of)).complianceState).toBe('Compliant');
  return { at, of };
}

describe('what is in the cluster', () => {
  it('is shown by kustomization, with revision, path and the values of variables', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const postBuild = {
      substitute: { cluster_env: 'prod' },
      substituteFrom: [{ kind: 'ConfigMap', name: 'values', optional: true }],
    };
    const kustomizations = { infra: { path: './infra', postBuild } };
    await at.call('PUT', configurationPath(of), gitBody(COMMIT, { kustomizations }));
    expect((await settle(at, of)).kustomizations['infra']).toMatchObject({ postBuild });
    expect((await inCluster(at, of))['infra']).toMatchObject({
      configuration: 'cluster-config',
      path: './infra',
      revision: `main@sha1:${COMMIT}`,
      substitute: { cluster_env: 'prod' },
      isOrphaned: false,
    });
    expect((await inCluster(at, of))['infra']!.objects).toContain('Deployment/flux-config/infra-web');
  });

  it('goes with a removed kustomization that prunes, and those that depend on it stop', async () => {
    const { at, of } = await applied();
    const patch = { ...SOURCE, kustomizations: { infra: null } };
    await at.call('PATCH', configurationPath(of), { properties: patch });
    const now = await settle(at, of);
    expect(now.complianceState).toBe('Non-Compliant');
    expect(condition(now, 'cluster-config-apps')).toMatchObject({
      status: 'False',
      reason: 'DependencyNotReady',
      message: "dependency 'flux-config/cluster-config-infra' not found",
    });
    expect(now.statuses.map(({ name }) => name)).not.toContain('cluster-config-infra');
    expect(Object.keys(await inCluster(at, of)).sort()).toEqual(['alone', 'apps']);
    const gitRepository = { repositoryRef: { commit: OTHER_COMMIT } };
    await at.call('PATCH', configurationPath(of), { properties: { ...SOURCE, gitRepository } });
    await settle(at, of);
    const { apps, alone } = await inCluster(at, of);
    expect([apps!.revision, alone!.revision]).toEqual([`main@sha1:${COMMIT}`, `main@sha1:${OTHER_COMMIT}`]);
  });

  it('stays behind a removed kustomization that does not prune', async () => {
    const { at, of } = await applied();
    const patch = { ...SOURCE, kustomizations: { alone: null } };
    await at.call('PATCH', configurationPath(of), { properties: patch });
    expect((await settle(at, of)).complianceState).toBe('Compliant');
    const { alone, infra } = await inCluster(at, of);
    expect([alone!.isOrphaned, infra!.isOrphaned]).toEqual([true, false]);
  });

  it('goes with a deleted configuration as far as it prunes, by what prune says at last', async () => {
    const { at, of } = await applied();
    // Nothing is applied any more: the settings alone reach the cluster.
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: 'GitOperationFailed' });
    const kustomizations = { infra: { prune: false }, alone: { prune: true } };
    await at.call('PATCH', configurationPath(of), { properties: { ...SOURCE, kustomizations } });
    await settle(at, of);
    await at.call('DELETE', configurationPath(of));
    at.clock.advance(60_000);
    const left = await inCluster(at, of);
    expect(Object.keys(left).sort()).toEqual(['apps', 'infra']);
    expect(Object.values(left).every(({ isOrphaned }) => isOrphaned)).toBe(true);
  });

  it('stays after a forced delete', async () => {
    const { at, of } = await applied();
    await at.call('DELETE', `${configurationPath(of)}?forceDelete=true`);
    at.clock.advance(60_000);
    expect(Object.keys(await inCluster(at, of)).sort()).toEqual(['alone', 'apps', 'infra']);
  });

  it('stays when a suspended configuration is deleted', async () => {
    const { at, of } = await applied();
    await at.call('PATCH', configurationPath(of), { properties: { suspend: true } });
    await settle(at, of);
    await at.call('DELETE', configurationPath(of));
    at.clock.advance(60_000);
    expect(Object.keys(await inCluster(at, of))).toContain('infra');
  });
});

describe('wait: false', () => {
  it('reports ready without looking at the health of objects', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: 'HealthCheckFailed' });
    const put = async (wait: boolean): Promise<Properties> => {
      await at.call('PUT', configurationPath(of), gitBody(COMMIT, { kustomizations: { apps: { wait } } }));
      return settle(at, of);
    };
    expect(condition(await put(true), 'cluster-config-apps')).toMatchObject({ reason: 'HealthCheckFailed' });
    expect(await put(false)).toMatchObject({ complianceState: 'Compliant' });
  });
});

describe('waitForReconciliation', () => {
  const WAIT = { waitForReconciliation: true, reconciliationWaitDuration: 'PT5M' };

  it('keeps Creating and the operation until everything is reconciled', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const { headers } = await at.call('PUT', configurationPath(of), gitBody(COMMIT, WAIT));
    const url = new URL(headers.get('azure-asyncoperation') ?? '');
    const operation = async () => (await at.call('GET', `${url.pathname}${url.search}`)).body.status;
    let now = await settle(at, of, 0);
    for (let seconds = 0; now.complianceState !== 'Compliant'; seconds++) {
      expect(seconds).toBeLessThan(120);
      expect([now.provisioningState, now.errorMessage, await operation()]).toEqual(['Creating', null, 'Creating']);
      now = await settle(at, of, 1000);
    }
    expect([now.provisioningState, now.errorMessage, await operation()]).toEqual(['Succeeded', '', 'Succeeded']);
    at.clock.advance(600_000);
    expect((await settle(at, of)).provisioningState).toBe('Succeeded');
  });

  it('fails after the wait duration with a text, and the operation with it', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: 'BuildFailed' });
    const { headers } = await at.call('PUT', configurationPath(of), gitBody(COMMIT, WAIT));
    expect((await settle(at, of, 300_000)).provisioningState).toBe('Creating');
    const now = await settle(at, of, 30_000);
    expect(now).toMatchObject({ provisioningState: 'Failed', complianceState: 'Non-Compliant' });
    expect(now.errorMessage).toContain('wait duration of 300 seconds');
    const url = new URL(headers.get('azure-asyncoperation') ?? '');
    const { status, error } = (await at.call('GET', `${url.pathname}${url.search}`)).body;
    expect([status, error.code]).toEqual(['Failed', 'ReconciliationTimedOut']);
  });

  it('succeeds in time when the cluster is repaired meanwhile', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: 'BuildFailed' });
    await at.call('PUT', configurationPath(of), gitBody(COMMIT, WAIT));
    expect((await settle(at, of)).provisioningState).toBe('Creating');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: null });
    expect(await settle(at, of)).toMatchObject({ provisioningState: 'Succeeded', complianceState: 'Compliant' });
  });

  it.each(['5m', 'PT', 'PT0S'])('refuses the duration %s', async (reconciliationWaitDuration) => {
    const at = await bench();
    const body = gitBody(COMMIT, { ...WAIT, reconciliationWaitDuration });
    const answer = await at.call('PUT', configurationPath(healthy(at.azure)), body);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'ValidationFailed']);
  });
});

describe('a suspended configuration', () => {
  it('keeps the state of its objects, and takes up a new revision when it is resumed', async () => {
    const { at, of } = await applied();
    const before = await settle(at, of);
    const gitRepository = { repositoryRef: { commit: OTHER_COMMIT } };
    await at.call('PATCH', configurationPath(of), { properties: { ...SOURCE, gitRepository, suspend: true } });
    const suspended = await settle(at, of);
    expect(suspended).toMatchObject({ complianceState: 'Suspended', sourceSyncedCommitId: `main@sha1:${COMMIT}` });
    expect(suspended.statuses.map(({ statusConditions }) => statusConditions)).toEqual(
      before.statuses.map(({ statusConditions }) => statusConditions),
    );
    await at.call('PATCH', configurationPath(of), { properties: { suspend: false } });
    expect(await settle(at, of)).toMatchObject({
      complianceState: 'Compliant',
      sourceSyncedCommitId: `main@sha1:${OTHER_COMMIT}`,
    });
  });
});
