import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ServiceBusClient } from '@azure/service-bus';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { afterAll, describe, expect, test } from 'vitest';
import { QUEUES } from '../../src/contracts/queues.ts';
import { sharedCloud } from './support/cloud.ts';
import { example, rollOut, type Ended } from './support/examples.ts';

/** Secrets that can be found again wherever they turn up. */
const SECRETS = {
  EXAMPLE_HTTPS_KEY: 'marked-https-key-7f3a',
  EXAMPLE_SSH_PRIVATE_KEY:
    '-----BEGIN OPENSSH PRIVATE KEY-----\nmarked+ssh+key+91c4\n-----END OPENSSH PRIVATE KEY-----\n',
  EXAMPLE_BUCKET_SECRET_KEY: 'marked-bucket-key-2b8d',
  EXAMPLE_BLOB_CLIENT_SECRET: 'marked-blob-secret-c5e6',
};
Object.assign(process.env, SECRETS);

const folder = await mkdtemp(path.join(tmpdir(), 'flotilla-examples-'));
const journalFile = path.join(folder, 'journal.jsonl');
afterAll(() => rm(folder, { recursive: true, force: true }));
const shared = sharedCloud({
  speed: 60,
  journalFile,
  fleet: { clusters: 8, subscriptions: 2, brokenClusters: 0, offlineClusters: 0, fluxV1Clusters: 1 },
});
/** Every answer of the API. */
const answers: string[] = [];

const HTTPS = 'https://github.com/example-org/shop-config';
const SSH = 'ssh://git@github.com/example-org/shop-config';

async function run(name: string): Promise<Ended> {
  const ended = await rollOut(shared.api, await example(name));
  answers.push(JSON.stringify(ended), JSON.stringify(await shared.api.events(ended.rollout.id)));
  return ended;
}

/** The same plan once more: nothing is written, whatever the service has made of what it was sent (Shows 5). */
async function runTwice(name: string): Promise<void> {
  await run(name);
  const { clusters } = await run(name);
  expect([name, ...new Set(clusters.map(({ state }) => state))]).toEqual([name, 'Unchanged']);
}

/** Says what a source asks for; the local cloud then refuses every configuration that does not carry it. */
async function protect(url: string, auth: object | null): Promise<void> {
  const body = JSON.stringify({ url, auth });
  const answer = await fetch(`${shared.cloud.endpoints.arm}/admin/sources`, { method: 'PUT', body });
  expect(answer.status).toBe(200);
}

function clusters() {
  return shared.cloud.azure.fleet.clusters;
}

describe('Flux v1', () => {
  test('flux-v1-migration, then delete-extension', async () => {
    expect(clusters().filter((cluster) => cluster.sourceControlConfigurations.size > 0)).toHaveLength(1);
    await runTwice('flux-v1-migration');
    expect(clusters().filter((cluster) => cluster.sourceControlConfigurations.size > 0)).toEqual([]);
    expect(clusters().every((cluster) => cluster.configurations.has('shop'))).toBe(true);
    await runTwice('delete-extension');
    expect(clusters().every((cluster) => cluster.configurations.size + cluster.extensions.size === 0)).toBe(true);
  }, 120_000);
});

describe.concurrent('what the tutorial does to one cluster, on a fleet', () => {
  test('a configuration with two kustomizations, its edits, suspend and resume', async ({ expect }) => {
    const kustomizations = () =>
      clusters().map((cluster) => Object.keys(cluster.configurations.get('cluster-config')?.spec.kustomizations ?? {}));
    await runTwice('create-two-kustomizations');
    await runTwice('kustomization-add');
    expect(new Set(kustomizations().map(String))).toEqual(new Set(['infra,apps,monitoring']));
    await runTwice('kustomization-change');
    const apps = clusters()[0]?.configurations.get('cluster-config')?.spec.kustomizations['apps'];
    expect(apps).toMatchObject({ timeoutInSeconds: 1200, retryIntervalInSeconds: 120, wait: false, prune: true });
    await runTwice('suspend');
    expect(clusters().every((cluster) => cluster.configurations.get('cluster-config')?.spec.suspend)).toBe(true);
    await runTwice('resume');
    await runTwice('kustomization-remove');
    expect(new Set(kustomizations().map(String))).toEqual(new Set(['infra,monitoring']));
  }, 240_000);

  test('every kind of source and way to authenticate, one after the other on the same configuration', async () => {
    const { EXAMPLE_HTTPS_KEY, EXAMPLE_BUCKET_SECRET_KEY, EXAMPLE_BLOB_CLIENT_SECRET } = SECRETS;
    await protect('https://minio.example.com', {
      kind: 'bucket',
      accessKey: 'flux-reader',
      secretKey: EXAMPLE_BUCKET_SECRET_KEY,
    });
    await runTwice('bucket');
    await protect('https://flotillamanifests.blob.core.windows.net', {
      kind: 'servicePrincipal',
      tenantId: '11111111-2222-4333-8444-555555555555',
      clientId: '66666666-7777-4888-9999-aaaaaaaaaaaa',
      clientSecret: EXAMPLE_BLOB_CLIENT_SECRET,
    });
    await runTwice('blob');
    await protect('https://flotillamanifests.blob.core.windows.net', {
      kind: 'managedIdentity',
      clientId: 'bbbbbbbb-cccc-4ddd-8eee-ffffffffffff',
    });
    await runTwice('blob-managed-identity');
    await protect(SSH, { kind: 'ssh', privateKeyContains: 'marked+ssh+key+91c4', knownHostsContains: 'github.com' });
    await runTwice('git-ssh');
    await protect(HTTPS, { kind: 'https', user: 'flux-reader', key: EXAMPLE_HTTPS_KEY });
    await runTwice('git-https');
    await protect(HTTPS, null);
    await runTwice('local-secret');
  }, 240_000);

  test('the settings and the version of the extension', async ({ expect }) => {
    const extensions = () => clusters().flatMap(({ extensions: all }) => [...all.values()]);
    await runTwice('controllers');
    await runTwice('memory-limits');
    await runTwice('kubelet-identity');
    await runTwice('multi-tenancy-opt-out');
    await runTwice('extension-version');
    expect(new Set(extensions().map(({ currentVersion }) => currentVersion))).toEqual(new Set(['1.24.1']));
    for (const { spec } of extensions()) {
      expect(spec.configurationSettings).toMatchObject({
        'image-automation-controller.enabled': 'true',
        'source-controller.resources.limits.memory': '2Gi',
      });
    }
  }, 240_000);

  test('oci', async () => {
    await runTwice('oci');
  }, 120_000);
});

describe('afterwards', () => {
  test('variables, replace-namespace, delete-configuration and several-configurations', async () => {
    await runTwice('variables');
    const paths = clusters().map(({ tags, configurations }) => [
      tags['env'],
      configurations.get('shop')?.spec.kustomizations['apps']?.path,
    ]);
    for (const [env, to] of paths) expect(to).toMatch(env === 'prod' ? /production$/ : /staging$|development$/);
    await runTwice('replace-namespace');
    expect(
      clusters().every(({ configurations }) => configurations.get('shop')?.spec.namespace === 'shop-platform'),
    ).toBe(true);
    await runTwice('delete-configuration');
    expect(clusters().every(({ configurations }) => !configurations.has('shop'))).toBe(true);
    await runTwice('several-configurations');
    expect(shared.cloud.azure.metrics.throttled).toBe(0);
  }, 240_000);

  test('no secret is in any table, queue, log, journal or answer', async () => {
    const places = {
      tables: await everyEntity(),
      queues: await everyMessage(),
      log: shared.log.join('\n'),
      journal: `${await readFile(journalFile, 'utf8')}${JSON.stringify(shared.cloud.azure.journal.writes)}`,
      answers: [...answers, ...(await everyAnswer())].join('\n'),
    };
    for (const [place, text] of Object.entries(places)) expect([place, text.length]).not.toEqual([place, 0]);
    expect(places.tables.includes('env:EXAMPLE_HTTPS_KEY')).toBe(true);
    expect(findSecrets(places)).toEqual([]);
    // The search finds what is there.
    expect(findSecrets({ somewhere: `x${Buffer.from(SECRETS.EXAMPLE_HTTPS_KEY).toString('base64')}y` })).toEqual([
      'EXAMPLE_HTTPS_KEY in somewhere',
    ]);
  }, 60_000);
});

/** Looks for the marked part of every secret, plain and in the three alignments that base64 can have. */
function findSecrets(places: Record<string, string>): string[] {
  return Object.entries(SECRETS).flatMap(([name, secret]) => {
    const marked = /marked[\w+-]+/.exec(secret)?.[0] ?? secret;
    const forms = ['', 'a', 'ab'].map((before) => base64Middle(before + marked));
    return Object.entries(places)
      .filter(([, text]) => [marked, ...forms].some((form) => text.includes(form)))
      .map(([place]) => `${name} in ${place}`);
  });
}

/** The characters of the base64 form that do not depend on what stands around the text. */
function base64Middle(text: string): string {
  return Buffer.from(text).toString('base64').slice(4, -6);
}

async function everyEntity(): Promise<string> {
  const { tables } = shared.cloud.endpoints;
  const found: string[] = [];
  const service = TableServiceClient.fromConnectionString(tables, { allowInsecureConnection: true });
  for await (const { name } of service.listTables()) {
    const table = TableClient.fromConnectionString(tables, name ?? '', { allowInsecureConnection: true });
    for await (const entity of table.listEntities()) {
      found.push(JSON.stringify(entity));
      // Frozen requests and targets are stored compressed.
      for (const value of Object.values(entity)) {
        if (value instanceof Uint8Array) found.push(gunzipSync(value).toString());
      }
    }
  }
  return found.join('\n');
}

/** What is in the queues now, and in their dead-letter queues; with the names, so that an empty queue is not nothing. */
async function everyMessage(): Promise<string> {
  const client = new ServiceBusClient(shared.cloud.endpoints.serviceBus);
  const found: string[] = [];
  for (const { name } of QUEUES) {
    for (const subQueueType of [undefined, 'deadLetter'] as const) {
      const receiver = client.createReceiver(name, subQueueType ? { subQueueType } : {});
      found.push(name, JSON.stringify(await receiver.peekMessages(1000)));
      await receiver.close();
    }
  }
  await client.close();
  return found.join('\n');
}

async function everyAnswer(): Promise<string[]> {
  const { api, cloud } = shared;
  const found: string[] = [];
  for (const file of ['git-https', 'git-ssh', 'bucket', 'blob']) {
    found.push(JSON.stringify(await api.call('POST', '/rollouts?dryRun=true', await example(file))));
  }
  for (const { subscriptionId, resourceGroup, type, name } of cloud.azure.fleet.clusters) {
    const cluster = `/clusters/${subscriptionId}/${resourceGroup}/${type.segment}/${name}/configurations`;
    found.push(JSON.stringify(await api.call('GET', cluster)));
    for (const configuration of ['shop', 'platform', 'cluster-config', 'podinfo']) {
      found.push(JSON.stringify(await api.call('GET', `${cluster}/${configuration}`)));
    }
  }
  for (const admin of ['clusters', 'sources', 'metrics', 'journal']) {
    found.push(await (await fetch(`${cloud.endpoints.arm}/admin/${admin}`)).text());
  }
  return found;
}
