import { describe, expect, it } from 'vitest';
import type { Cluster, FailureKind } from '../../../../local/azure/fleet/cluster.ts';
import {
  bench,
  cluster,
  COMMIT,
  configurationPath,
  gitBody,
  healthy,
  OTHER_COMMIT,
  type Bench,
  textLike,
  type Properties,
} from '../support.ts';

const SECOND = 1000;

async function properties({ call }: Bench, of: Cluster): Promise<Properties> {
  return (await call('GET', configurationPath(of))).body.properties;
}

/** Advances in seconds until the condition holds; fails after ten local minutes. */
async function advanceUntil(at: Bench, of: Cluster, holds: (properties: Properties) => boolean): Promise<number> {
  for (let seconds = 0; seconds < 600; seconds++) {
    if (holds(await properties(at, of))) return seconds;
    at.clock.advance(SECOND);
  }
  throw new Error('never happened');
}

describe('the Flux agent', () => {
  it('accepts in 10 to 20 s, syncs, and applies kustomizations in the order of their dependencies', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PUT', configurationPath(of), gitBody());
    const accepted = await advanceUntil(at, of, ({ provisioningState }) => provisioningState === 'Succeeded');
    expect(accepted).toBeGreaterThanOrEqual(10);
    expect(accepted).toBeLessThanOrEqual(20);
    expect(await properties(at, of)).toMatchObject({ complianceState: null, errorMessage: '', statuses: [] });
    await advanceUntil(at, of, ({ complianceState }) => complianceState !== null);
    const first = await properties(at, of);
    expect(first.complianceState).toBe('Non-Compliant');
    expect(states(first)).toMatchObject({
      'cluster-config': 'Compliant',
      'cluster-config-infra': 'Pending',
      'cluster-config-apps': 'Non-Compliant',
    });
    expect(ready(first, 'cluster-config-apps')).toMatchObject({
      status: 'False',
      reason: 'DependencyNotReady',
      message: "dependency 'flux-config/cluster-config-infra' is not ready",
    });
    await advanceUntil(at, of, (now) => states(now)['cluster-config-infra'] === 'Compliant');
    const second = await properties(at, of);
    expect([second.complianceState, states(second)['cluster-config-apps']]).toEqual(['Pending', 'Pending']);
    const rest = await advanceUntil(at, of, ({ complianceState }) => complianceState === 'Compliant');
    const last = await properties(at, of);
    expect(rest).toBeLessThanOrEqual(30);
    expect(last.sourceSyncedCommitId).toBe(`main@sha1:${COMMIT}`);
    expect(Date.parse(last.statusUpdatedAt)).toBeGreaterThan(at.clock.now() - SECOND);
    expect(Date.parse(last.statusUpdatedAt)).toBeGreaterThan(Date.parse(last.sourceUpdatedAt));
  });

  it('leaves the state of the old revision visible until it has synced the new one', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(60 * SECOND);
    const before = await properties(at, of);
    await at.call('PUT', configurationPath(of), gitBody(OTHER_COMMIT));
    await advanceUntil(at, of, ({ provisioningState }) => provisioningState === 'Succeeded');
    const accepted = await properties(at, of);
    expect(accepted).toMatchObject({
      complianceState: 'Compliant',
      sourceSyncedCommitId: `main@sha1:${COMMIT}`,
      statusUpdatedAt: before.statusUpdatedAt,
      statuses: before.statuses,
    });
    await advanceUntil(at, of, ({ sourceSyncedCommitId }) => sourceSyncedCommitId === `main@sha1:${OTHER_COMMIT}`);
    expect((await properties(at, of)).complianceState).not.toBe('Compliant');
  });

  it('shows Helm releases under the kustomization that applied them', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const names = Array.from({ length: 8 }, (_, index) => [`k${index}`, { path: `./${index}` }]);
    await at.call('PUT', configurationPath(of), gitBody(COMMIT, { kustomizations: Object.fromEntries(names) }));
    at.clock.advance(60 * SECOND);
    const { statuses } = await properties(at, of);
    const releases = statuses.filter(({ kind }) => kind === 'HelmRelease');
    expect(releases.length).toBeGreaterThan(0);
    for (const { appliedBy, helmReleaseProperties } of releases) {
      expect(statuses.find(({ name }) => name === appliedBy?.name)).toMatchObject({
        kind: 'Kustomization',
        appliedBy: null,
      });
      expect(helmReleaseProperties?.['lastRevisionApplied']).toBe(1);
    }
  });

  it('never finishes kustomizations in a cycle', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const kustomizations = { a: { dependsOn: ['b'] }, b: { dependsOn: ['a'] }, c: {} };
    await at.call('PUT', configurationPath(of), gitBody(COMMIT, { kustomizations }));
    at.clock.advance(300 * SECOND);
    expect(states(await properties(at, of))).toMatchObject({
      'cluster-config-a': 'Non-Compliant',
      'cluster-config-b': 'Non-Compliant',
      'cluster-config-c': 'Compliant',
    });
  });

  it('follows a branch: the head is fixed until it is moved', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PUT', configurationPath(of), gitBody(null));
    at.clock.advance(60 * SECOND);
    const first = (await properties(at, of)).sourceSyncedCommitId;
    expect(first).toMatch(/^main@sha1:[0-9a-f]{40}$/);
    const head = { url: 'https://git.example/platform.git', reference: 'main', commit: OTHER_COMMIT };
    await at.admin('PUT', '/admin/heads', head);
    at.clock.advance(660 * SECOND);
    expect(await properties(at, of)).toMatchObject({
      sourceSyncedCommitId: `main@sha1:${OTHER_COMMIT}`,
      complianceState: 'Compliant',
    });
  });

  it('suspends and resumes', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(60 * SECOND);
    await at.call('PATCH', configurationPath(of), { properties: { suspend: true } });
    at.clock.advance(60 * SECOND);
    expect(await properties(at, of)).toMatchObject({
      complianceState: 'Suspended',
      sourceSyncedCommitId: `main@sha1:${COMMIT}`,
    });
    await at.call('PATCH', configurationPath(of), { properties: { suspend: false } });
    at.clock.advance(60 * SECOND);
    expect((await properties(at, of)).complianceState).toBe('Compliant');
  });

  it('reports again every ten minutes, and falls silent with its cluster', async () => {
    const at = await bench();
    const of = healthy(at.azure, true, 'Microsoft.Kubernetes');
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(60 * SECOND);
    const first = (await properties(at, of)).statusUpdatedAt;
    at.clock.advance(601 * SECOND);
    const second = (await properties(at, of)).statusUpdatedAt;
    expect(Date.parse(second)).toBeGreaterThan(Date.parse(first));
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'offline' });
    at.clock.advance(3600 * SECOND);
    expect((await properties(at, of)).statusUpdatedAt).toBe(second);
  });
});

describe('a broken cluster', () => {
  const kinds: [FailureKind, string, string][] = [
    ['GitOperationFailed', 'cluster-config', 'failed to checkout'],
    ['BuildFailed', 'cluster-config-apps', 'kustomize build failed'],
    ['HealthCheckFailed', 'cluster-config-apps', 'health check failed'],
    ['ReconciliationFailed', 'cluster-config-apps', 'dry-run failed'],
  ];

  it.each(kinds)('%s: shows it at %s', async (failure, object, message) => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure });
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(120 * SECOND);
    const now = await properties(at, of);
    expect(now).toMatchObject({ provisioningState: 'Succeeded', errorMessage: '', complianceState: 'Non-Compliant' });
    expect(ready(now, object)).toMatchObject({
      status: 'False',
      reason: failure,
      message: textLike(new RegExp(message)),
    });
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: null });
    at.clock.advance(120 * SECOND);
    expect((await properties(at, of)).complianceState).toBe('Compliant');
  });

  it('with a broken source keeps the old revision', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(60 * SECOND);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: 'GitOperationFailed' });
    await at.call('PUT', configurationPath(of), gitBody(OTHER_COMMIT));
    at.clock.advance(120 * SECOND);
    const now = await properties(at, of);
    expect(now).toMatchObject({ complianceState: 'Non-Compliant', sourceSyncedCommitId: `main@sha1:${COMMIT}` });
    expect(states(now)['cluster-config-apps']).toBe('Compliant');
  });

  it('HangsCreating: stays in Creating and fails after 48 hours', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: 'HangsCreating' });
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(47 * 3600 * SECOND);
    expect((await properties(at, of)).provisioningState).toBe('Creating');
    at.clock.advance(2 * 3600 * SECOND);
    expect(await properties(at, of)).toMatchObject({
      provisioningState: 'Failed',
      errorMessage: textLike(/48 hours/),
    });
  });
});

describe('a cluster that does not answer', () => {
  it.each([
    ['offline', 'Microsoft.Kubernetes'],
    ['stopped', 'Microsoft.ContainerService'],
  ])('%s: takes the write, stays in Creating, and catches up when it is back', async (state, provider) => {
    const at = await bench();
    const of = healthy(at.azure, true, provider);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state });
    expect((await at.call('PUT', configurationPath(of), gitBody())).status).toBe(201);
    at.clock.advance(3600 * SECOND);
    expect((await properties(at, of)).provisioningState).toBe('Creating');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'online' });
    at.clock.advance(90 * SECOND);
    expect(await properties(at, of)).toMatchObject({ provisioningState: 'Succeeded', complianceState: 'Compliant' });
  });

  it('keeps a deletion in mind for days, and finishes it when it is back', async () => {
    const at = await bench();
    const of = healthy(at.azure, true, 'Microsoft.Kubernetes');
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(60 * SECOND);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'offline' });
    await at.call('DELETE', configurationPath(of));
    at.clock.advance(72 * 3600 * SECOND);
    expect((await properties(at, of)).provisioningState).toBe('Deleting');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'online' });
    at.clock.advance(30 * SECOND);
    expect((await at.call('GET', configurationPath(of))).status).toBe(404);
  });

  it('freezes in the middle of a reconciliation', async () => {
    const at = await bench();
    const of = healthy(at.azure, true, 'Microsoft.Kubernetes');
    await at.call('PUT', configurationPath(of), gitBody());
    await advanceUntil(at, of, (now) => states(now)['cluster-config-infra'] === 'Compliant');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'offline' });
    at.clock.advance(3600 * SECOND);
    expect(states(await properties(at, of))['cluster-config-apps']).toBe('Pending');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'online' });
    at.clock.advance(60 * SECOND);
    expect((await properties(at, of)).complianceState).toBe('Compliant');
  });

  it('deleted: everything on it answers 404 and leaves the graph', async () => {
    const at = await bench({ lagMs: 1000 });
    const of = cluster(
      at.azure,
      ({ extensions, offlineSinceMs }) => extensions.size > 0 && offlineSinceMs === undefined,
    );
    await at.call('PUT', configurationPath(of), gitBody());
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'deleted' });
    expect((await at.call('GET', configurationPath(of))).status).toBe(404);
    expect((await at.call('GET', of.id)).status).toBe(404);
    const query = `union_ | where id contains '/${of.name}'`;
    const rows = async (table: string): Promise<number> => {
      const path = '/providers/Microsoft.ResourceGraph/resources';
      return (await at.call('POST', path, { query: query.replace('union_', table) })).body.count;
    };
    expect(await rows('resources')).toBe(1);
    at.clock.advance(1000);
    expect([await rows('resources'), await rows('kubernetesconfigurationresources')]).toEqual([0, 0]);
    at.clock.advance(600 * SECOND);
    expect(await rows('kubernetesconfigurationresources')).toBe(0);
  });
});

function states({ statuses }: Properties): Record<string, string> {
  return Object.fromEntries(statuses.map((each) => [each.name, each.complianceState]));
}

function ready({ statuses }: Properties, name: string) {
  const object = statuses.find((each) => each.name === name);
  return object?.statusConditions.find(({ type }) => type === 'Ready');
}
