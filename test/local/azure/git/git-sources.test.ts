import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { FluxObject } from '../../../../local/azure/fleet/cluster.ts';
import type { GitHost } from '../../../../local/git/host.ts';
import { useGitHost, useWorkingCopy } from '../../git/support.ts';
import { bench, condition, configurationPath, healthy, type Bench, type Properties } from '../support.ts';

const APP = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n';
const RELEASE = 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: redis, namespace: data}\n';
const REPOSITORY =
  'apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: charts, namespace: data}\n';
const FILES = { 'infra/net.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: net}\n', 'apps/web.yaml': APP };

/** A simulated Azure and a repository with one commit on its branch. */
async function repository() {
  const host = await useGitHost();
  const url = `${host.origin}/fleet/apps.git`;
  const copy = await useWorkingCopy(url);
  const first = await copy.commit('first', FILES);
  await copy.push();
  return { host, url, copy, first, sim: await bench() };
}

function configuration(url: string, repositoryRef: object, properties: object = {}) {
  return {
    properties: {
      sourceKind: 'GitRepository',
      namespace: 'gitops',
      gitRepository: { url, repositoryRef, syncIntervalInSeconds: 60 },
      kustomizations: {
        infra: { path: './infra', prune: true },
        apps: { path: './apps', dependsOn: ['infra'], prune: true },
      },
      ...properties,
    },
  };
}

/** Lets time pass, and the fetches happen that are asked for meanwhile. */
async function pass({ clock, azure }: Bench, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5000) {
    clock.advance(5000);
    await azure.fleet.gitSources.settled();
    clock.advance(0);
  }
}

const cluster = ({ azure }: Bench) => healthy(azure);
const sound = ({ azure }: Bench) =>
  azure.fleet.clusters.filter(
    ({ extensions, failure, offlineSinceMs }) =>
      extensions.size > 0 && failure === undefined && offlineSinceMs === undefined,
  );

async function put(sim: Bench, body: object): Promise<Properties> {
  expect((await sim.call('PUT', configurationPath(cluster(sim)), body)).status).toBeLessThan(300);
  await pass(sim, 90_000);
  return status(sim);
}

async function status(sim: Bench): Promise<Properties> {
  return (await sim.call('GET', configurationPath(cluster(sim)))).body.properties;
}

const objects = ({ statuses }: Properties): string[] =>
  statuses.map(({ kind, name, appliedBy }: FluxObject) => `${kind}/${name} by ${appliedBy?.name ?? '-'}`);

test('a pinned commit is fetched and applied: revision, objects and inventory are those of the repository', async () => {
  const { sim, url, copy, first } = await repository();
  await copy.commit('second', { 'apps/redis.yaml': RELEASE, 'apps/charts.yaml': REPOSITORY });
  await copy.push();
  const properties = await put(sim, configuration(url, { branch: 'main', commit: first }));
  expect(properties).toMatchObject({ complianceState: 'Compliant', sourceSyncedCommitId: `main@sha1:${first}` });
  expect(condition(properties, 'cluster-config')?.message).toBe(`stored artifact for revision 'main@sha1:${first}'`);
  expect(condition(properties, 'cluster-config-apps')?.message).toBe(`Applied revision: main@sha1:${first}`);
  expect(objects(properties)).toEqual([
    'GitRepository/cluster-config by -',
    'Kustomization/cluster-config-infra by -',
    'Kustomization/cluster-config-apps by -',
  ]);
  expect([...cluster(sim).inventory.values()].map(({ objects: applied }) => applied)).toEqual([
    ['ConfigMap/net'],
    ['Deployment/shop/web'],
  ]);
});

test('objects of Flux are shown with what applied them, and what a later commit drops is pruned', async () => {
  const { sim, url, copy } = await repository();
  const second = await copy.commit('second', { 'apps/redis.yaml': RELEASE, 'apps/charts.yaml': REPOSITORY });
  const third = await copy.commit('third', { 'apps/redis.yaml': null });
  await copy.push();
  const properties = await put(sim, configuration(url, { branch: 'main', commit: second }));
  expect(objects(properties)).toEqual(
    expect.arrayContaining([
      'HelmRelease/redis by cluster-config-apps',
      'HelmRepository/charts by cluster-config-apps',
    ]),
  );
  expect(properties.complianceState).toBe('Compliant');
  const after = await put(sim, configuration(url, { branch: 'main', commit: third }));
  expect(objects(after)).not.toContain('HelmRelease/redis by cluster-config-apps');
  expect(cluster(sim).inventory.get('cluster-config/apps')?.objects).toEqual([
    'HelmRepository/data/charts',
    'Deployment/shop/web',
  ]);
});

test('a path that the commit does not have fails as in Flux; what depends on it waits', async () => {
  const { sim, url, copy } = await repository();
  const second = await copy.commit('second', { 'infra/net.yaml': null, 'network/net.yaml': FILES['infra/net.yaml'] });
  await copy.push();
  const properties = await put(sim, configuration(url, { branch: 'main', commit: second }));
  expect(properties).toMatchObject({ complianceState: 'Non-Compliant', sourceSyncedCommitId: `main@sha1:${second}` });
  const infra = condition(properties, 'cluster-config-infra');
  expect(infra).toMatchObject({ status: 'False', reason: 'ArtifactFailed' });
  expect(infra?.message).toMatch(
    /^kustomization path not found: stat \/tmp\/kustomization-\d+\/infra: no such file or directory$/,
  );
  expect(condition(properties, 'cluster-config-apps')).toMatchObject({ reason: 'DependencyNotReady' });
  expect(cluster(sim).inventory.size).toBe(0);
});

test('broken YAML fails the build; what was applied before stays', async () => {
  const { sim, url, copy, first } = await repository();
  await put(sim, configuration(url, { branch: 'main', commit: first }));
  const second = await copy.commit('second', { 'apps/web.yaml': `${APP}spec:\n  replicas: 3: 4\n` });
  await copy.push();
  const properties = await put(sim, configuration(url, { branch: 'main', commit: second }));
  expect(properties.complianceState).toBe('Non-Compliant');
  const apps = condition(properties, 'cluster-config-apps');
  expect(apps).toMatchObject({ status: 'False', reason: 'BuildFailed' });
  expect(apps?.message).toMatch(
    /^failed to decode Kubernetes YAML from \/tmp\/kustomization-\d+\/apps\/web.yaml: MalformedYAMLError: yaml: line 5/,
  );
  expect(condition(properties, 'cluster-config-infra')).toMatchObject({ reason: 'ReconciliationSucceeded' });
  expect(cluster(sim).inventory.get('cluster-config/apps')).toMatchObject({
    revision: `main@sha1:${first}`,
    objects: ['Deployment/shop/web'],
  });
});

test.each([
  {
    what: 'a commit that was force-pushed away',
    reference: ({ gone }: Names) => ({ branch: 'main', commit: gone }),
    problem: ({ gone }: Names) => `unable to resolve commit object for '${gone}': object not found`,
  },
  {
    what: 'a commit of another branch',
    reference: ({ side }: Names) => ({ branch: 'main', commit: side }),
    problem: ({ side }: Names) => `unable to resolve commit object for '${side}': object not found`,
  },
  {
    what: 'a branch that is not there',
    reference: () => ({ branch: 'trunk' }),
    problem: ({ url }: Names) => `unable to clone '${url}': couldn't find remote ref "refs/heads/trunk"`,
  },
  {
    what: 'nothing named, and no master',
    reference: () => ({}),
    problem: ({ url }: Names) => `unable to clone '${url}': couldn't find remote ref "refs/heads/master"`,
  },
  {
    what: 'a tag that is not there',
    reference: () => ({ tag: 'v9' }),
    problem: ({ url }: Names) => `unable to clone '${url}': couldn't find remote ref "refs/tags/v9"`,
  },
  {
    what: 'a range that no tag is in',
    reference: () => ({ semver: '3.x' }),
    problem: () => 'no match found for semver: 3.x',
  },
])('$what: the source is not ready', async ({ reference, problem }) => {
  const names = await branchy();
  const properties = await put(names.sim, configuration(names.url, reference(names)));
  expect(properties).toMatchObject({ complianceState: 'Non-Compliant', sourceSyncedCommitId: null });
  expect(condition(properties, 'cluster-config')).toMatchObject({
    status: 'False',
    reason: 'GitOperationFailed',
    message: `failed to checkout and determine revision: ${problem(names)}`,
  });
  expect(condition(properties, 'cluster-config-apps')).toMatchObject({ reason: 'ArtifactFailed' });
});

type Names = Awaited<ReturnType<typeof branchy>>;

/** A repository with a rewritten branch, another branch, and tags. */
async function branchy() {
  const { host, sim, url, copy, first } = await repository();
  const gone = await copy.commit('gone', { 'apps/web.yaml': APP.replace('web', 'gone') });
  await copy.push();
  await copy.reset(first);
  const last = await copy.commit('last', { 'apps/web.yaml': APP.replace('web', 'last') });
  await copy.tag('v1.2.0');
  await copy.push({ force: true });
  await copy.push({ ref: 'refs/tags/v1.2.0' });
  const other = await useWorkingCopy(url, 'side');
  const side = await other.commit('side', FILES);
  await other.tag('v1.10.0', 'annotated');
  await other.push();
  await other.push({ ref: 'refs/tags/v1.10.0' });
  return { host, sim, url, gone, last, side };
}

test.each([
  { what: 'a branch', reference: () => ({ branch: 'main' }), revision: ({ last }: Names) => `main@sha1:${last}` },
  { what: 'a tag', reference: () => ({ tag: 'v1.2.0' }), revision: ({ last }: Names) => `v1.2.0@sha1:${last}` },
  { what: 'a range', reference: () => ({ semver: '1.x' }), revision: ({ side }: Names) => `v1.10.0@sha1:${side}` },
  {
    what: 'a commit of any branch',
    reference: ({ side }: Names) => ({ commit: side }),
    revision: ({ side }: Names) => `sha1:${side}`,
  },
])('$what is found', async ({ reference, revision }) => {
  const names = await branchy();
  const properties = await put(names.sim, configuration(names.url, reference(names)));
  expect(properties).toMatchObject({ complianceState: 'Compliant', sourceSyncedCommitId: revision(names) });
});

test('a branch is followed within its sync interval; a pinned commit stays where it is', async () => {
  const { sim, url, copy, first } = await repository();
  await put(sim, configuration(url, { branch: 'main' }));
  const other = sound(sim).at(-1);
  await sim.call('PUT', configurationPath(other!), configuration(url, { branch: 'main', commit: first }));
  await pass(sim, 90_000);
  const second = await copy.commit('second', { 'apps/web.yaml': APP.replace('web', 'new') });
  await copy.push();
  await pass(sim, 120_000);
  expect(await status(sim)).toMatchObject({
    complianceState: 'Compliant',
    sourceSyncedCommitId: `main@sha1:${second}`,
  });
  const { properties } = (await sim.call('GET', configurationPath(other!))).body;
  expect(properties.sourceSyncedCommitId).toBe(`main@sha1:${first}`);
});

test('a repository that is not there yet is found once it is', async () => {
  const { sim, host } = await repository();
  const url = `${host.origin}/fleet/later.git`;
  const before = await put(sim, configuration(url, { branch: 'main' }));
  expect(condition(before, 'cluster-config')?.message).toBe(
    `failed to checkout and determine revision: unable to clone '${url}': repository not found`,
  );
  const copy = await useWorkingCopy(url);
  const commit = await copy.commit('first', FILES);
  await copy.push();
  await pass(sim, 120_000);
  expect(await status(sim)).toMatchObject({
    complianceState: 'Compliant',
    sourceSyncedCommitId: `main@sha1:${commit}`,
  });
});

test('a host that does not answer is a source that is not ready; one that redirects is not followed', async () => {
  const { sim } = await repository();
  const properties = await put(sim, configuration('http://127.0.0.1:1/a/b.git', { branch: 'main' }));
  expect(condition(properties, 'cluster-config')).toMatchObject({ status: 'False', reason: 'GitOperationFailed' });
});

test('what authentication a source asks for is asked for here too', async () => {
  const { sim, url, first } = await repository();
  await sim.admin('PUT', '/admin/sources', { url, auth: { kind: 'https', user: 'u', key: 'k' } });
  const properties = await put(sim, configuration(url, { branch: 'main', commit: first }));
  expect(condition(properties, 'cluster-config')?.message).toContain('authentication required');
});

test('many clusters of one commit cost one pack', async () => {
  const { sim, host, first } = await repository();
  const counter = await useCounter(host);
  const url = `${counter.origin}/fleet/apps.git`;
  const ready = sound(sim);
  expect(ready.length).toBeGreaterThan(15);
  for (const each of ready)
    await sim.call('PUT', configurationPath(each), configuration(url, { branch: 'main', commit: first }));
  await pass(sim, 120_000);
  const synced = ready.map(({ configurations }) => configurations.get('cluster-config')?.status.complianceState);
  expect(new Set(synced)).toEqual(new Set(['Compliant']));
  expect(counter.packs).toBe(1);
});

/** Passes everything on to a Git host and counts the packs that were asked for. */
async function useCounter({ origin }: GitHost): Promise<{ origin: string; packs: number }> {
  const counter = { origin: '', packs: 0 };
  const server = createServer((incoming, outgoing) => {
    if (incoming.url?.endsWith('/git-upload-pack') === true) counter.packs += 1;
    const { method, headers } = incoming;
    const onward = request(`${origin}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  counter.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return counter;
}
