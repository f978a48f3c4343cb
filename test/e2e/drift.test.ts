import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, test } from 'vitest';
import { startHttpFixture } from '../adapters/http-fixture.ts';
import { sharedCloud } from './support/cloud.ts';
import { COMMIT_A, requestOf } from './support/requests.ts';

/** Whoever is to hear of what happens; the local cloud takes the settings from this process. */
const receiver = await startHttpFixture(() => ({ status: 204 }));
afterAll(() => receiver.close());
const NOTIFY_KEY = `whsec_${Buffer.from('a key for tests, 24 bytes').toString('base64')}`;
Object.assign(process.env, {
  FLOTILLA_NOTIFY_URL: `${receiver.endpoint}/events`,
  FLOTILLA_NOTIFY_KEY: 'env:NOTIFY_KEY',
  NOTIFY_KEY,
});

/** Local cloud with twelve sound clusters, of which no policy wants anything. */
const shared = sharedCloud({
  speed: 60,
  fleet: { clusters: 12, subscriptions: 2, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
});
const GIT_DEFINITION = '83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6';

interface DriftJson {
  readonly cluster: string;
  readonly kind: string;
  readonly path?: string;
  readonly changedBy?: string;
}
interface BindingJson {
  readonly state: string;
  readonly detail: string;
  readonly measures: { kind: string; state: string; clusters: number; rolloutId?: string; deployments?: object }[];
  readonly lastRun?: { sweepId: string; heldByCode: Record<string, number> };
  readonly policyStates?: { clusters: { compliant: number } };
  readonly evaluations?: { state: string }[];
}

async function admin(method: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${shared.cloud.endpoints.arm}/admin/${path}`, { method, body: JSON.stringify(body) });
  expect([path, answer.status, answer.ok ? '' : await answer.text()]).toEqual([path, 200, '']);
}

/** A sweep from its start to its end. */
async function sweep(): Promise<string> {
  const started = await shared.api.call<{ id: string }>('POST', '/compliance/sweeps');
  expect(started.status).toBe(202);
  for (;;) {
    const { body } = await shared.api.call<{ status: string }>('GET', `/compliance/sweeps/${started.body.id}`);
    if (body.status === 'Complete') return started.body.id;
    await sleep(50);
  }
}

/** What drifts now, as a sweep sees it once Resource Graph has caught up. */
async function drift(): Promise<string[]> {
  await sleep(300);
  await sweep();
  const { body } = await shared.api.call<{ items: DriftJson[] }>('GET', '/drift');
  return body.items.map(({ cluster: name, kind, path, changedBy }) =>
    [name, kind, path, changedBy].join(' ').trimEnd(),
  );
}

function binding(name: string): Promise<BindingJson> {
  return shared.api.call<BindingJson>('GET', `/policies/${name}`).then(({ body }) => body);
}

/** Sweeps until the binding is as wanted: it acts on complete sweeps, when its time has come. */
async function untilBinding(name: string, isWanted: (found: BindingJson) => boolean): Promise<BindingJson> {
  for (;;) {
    await sweep();
    const found = await binding(name);
    if (isWanted(found)) return found;
    await sleep(1000);
  }
}

/** The events of a type that the receiver got, with signatures that hold, once there is one. */
async function untilTold(type: string): Promise<{ subject: string; data: { code: string; detail: string } }[]> {
  for (;;) {
    const found = receiver.requests.filter(({ body }) => body.includes(`"type":"${type}"`));
    for (const { headers, body } of found) {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const signature = new Webhook(NOTIFY_KEY).sign(String(headers['webhook-id']), at, body);
      expect(headers['webhook-signature']).toBe(signature);
    }
    if (found.length > 0) return found.map(({ body }) => JSON.parse(body) as never);
    await sleep(100);
  }
}

function cluster(index: number): string {
  return shared.cloud.azure.fleet.clusters[index]?.name ?? '';
}

function pathOn(index: number): string | undefined {
  return shared.cloud.azure.fleet.clusters[index]?.configurations.get('shop')?.spec.kustomizations['apps']?.path;
}

const edited = { kustomizations: { apps: { path: './somewhere-else' } } };
const patch = { sourceKind: 'GitRepository', gitRepository: {}, ...edited };

describe('drift on the local cloud', () => {
  test('a fleet as it was rolled out does not drift; an agent that dies from here on is Stale later', async () => {
    const ids = shared.cloud.azure.fleet.clusters.map(({ id }) => id);
    const { body } = await shared.api.submit(
      requestOf({ name: 'shop', commit: COMMIT_A, stages: [{ name: 'all', ids }] }),
    );
    expect((await shared.api.until(body.id, ({ endedAt }) => endedAt !== undefined)).status).toBe('Succeeded');
    expect(await drift()).toEqual([]);
    await admin('PATCH', `clusters/${cluster(11)}`, { agent: 'dead' });
  }, 60_000);

  test('an edit in the portal is detected, attributed, and corrected once', async () => {
    await admin('POST', 'edits', { cluster: cluster(1), configuration: 'shop', patch, by: 'alice@fleet.example' });
    expect(await drift()).toEqual([`${cluster(1)} Modified kustomizations.apps.path alice@fleet.example`]);
    const put = await shared.api.call('PUT', '/policies/keep-shop', {
      source: { lastRollout: true },
      mode: 'correct',
      every: '15m',
      limits: { maxDriftShare: '30%', correctionsPerCluster: 2 },
    });
    expect([put.status, put.body]).toMatchObject([201, {}]);
    const corrected = await untilBinding('keep-shop', ({ measures }) =>
      measures.some(({ state }) => state === 'Ended'),
    );
    expect(corrected.measures).toMatchObject([{ kind: 'correction', state: 'Ended', clusters: 1 }]);
    expect(pathOn(1)).toBe('./apps');
    expect(await drift()).toEqual([]);
  }, 120_000);

  test('a policy that fights is named, and after two corrections the cluster is only reported', async () => {
    const { azure, endpoints } = shared.cloud;
    const { id: scope = '', subscriptionId = '' } = azure.fleet.clusters[1] ?? {};
    const other = 'https://git.example/of-policy';
    const parameters = { configurationName: 'shop', repositoryUrl: other, repositoryRefBranch: 'main' };
    await admin('PUT', 'policies', { name: 'fight', definition: GIT_DEFINITION, scope, parameters });
    const again = requestOf({ name: 'shop', commit: COMMIT_A, stages: [{ name: 'all', ids: [scope] }] });
    const plan = await shared.api.call<{ preflight: { code: string }[] }>('POST', '/rollouts?dryRun=true', again);
    expect(plan.body.preflight.map(({ code }) => code)).toContain('PolicyFights');

    const url = () => azure.fleet.clusters[1]?.configurations.get('shop')?.spec.gitRepository?.url;
    const remediate = async (name: string): Promise<void> => {
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.PolicyInsights/remediations/${name}`;
      const policyAssignmentId = `${scope}/providers/Microsoft.Authorization/policyAssignments/fight`;
      const answer = await fetch(`${endpoints.arm}${path}?api-version=2024-10-01`, {
        method: 'PUT',
        headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
        body: JSON.stringify({ properties: { policyAssignmentId, resourceDiscoveryMode: 'ReEvaluateCompliance' } }),
      });
      expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([201, '']);
      while (url() !== other) await sleep(100);
    };
    await remediate('first');
    await untilBinding('keep-shop', () => url() !== other);
    await remediate('second');
    const held = await untilBinding('keep-shop', ({ lastRun }) => (lastRun?.heldByCode['AntiFlap'] ?? 0) > 0);
    expect(held.measures).toHaveLength(2);
    expect(url()).toBe(other);
    expect(await untilTold('flotilla.drift.held')).toMatchObject([
      { subject: 'policies/keep-shop', data: { code: 'AntiFlap' } },
    ]);

    await admin('DELETE', 'policies/fight', {});
    const { body } = await shared.api.submit(again);
    expect((await shared.api.until(body.id, ({ endedAt }) => endedAt !== undefined)).status).toBe('Succeeded');
  }, 240_000);

  test('a deleted configuration is Missing and comes back; one that somebody made is listed, and left alone', async () => {
    await admin('POST', 'edits', { cluster: cluster(2), configuration: 'shop', delete: true, by: 'bob@fleet.example' });
    const create = {
      namespace: 'byhand',
      sourceKind: 'GitRepository',
      gitRepository: { url: 'https://git.example/byhand', repositoryRef: { branch: 'main' } },
      kustomizations: { all: { path: './' } },
    };
    await admin('POST', 'edits', { cluster: cluster(3), configuration: 'byhand', create, by: 'bob@fleet.example' });
    await untilBinding('keep-shop', ({ measures }) => measures.filter(({ state }) => state === 'Ended').length === 3);
    expect(pathOn(2)).toBe('./apps');
    expect(await drift()).toEqual([`${cluster(3)} Unmanaged  bob@fleet.example`]);
    expect(shared.cloud.azure.fleet.clusters[3]?.configurations.has('byhand')).toBe(true);
  }, 120_000);

  test('mass drift puts the brake on: nothing is written until a person resumes', async () => {
    for (let index = 0; index < 8; index++) {
      await admin('POST', 'edits', {
        cluster: cluster(index),
        configuration: 'shop',
        patch,
        by: 'mallory@fleet.example',
      });
    }
    const stopped = await untilBinding('keep-shop', ({ state }) => state === 'Stopped');
    expect(stopped.lastRun?.heldByCode).toMatchObject({ MassDrift: 8 });
    expect(await untilTold('flotilla.brake.on')).toMatchObject([
      { subject: 'policies/keep-shop', data: { code: 'MassDrift', detail: stopped.detail } },
    ]);
    expect(pathOn(0)).toBe('./somewhere-else');
    const deleted = await shared.api.call('DELETE', '/policies/keep-shop');
    expect(deleted.status).toBeLessThan(300);
  }, 120_000);

  test('who deleted a configuration is named, though there is nothing left to ask', async () => {
    await admin('POST', 'edits', { cluster: cluster(8), configuration: 'shop', delete: true, by: 'eve@fleet.example' });
    const named = `${cluster(8)} Missing  eve@fleet.example`;
    for (let found = await drift(); !found.includes(named); found = await drift()) await sleep(500);
  }, 60_000);

  test('what only Policy wants is remediated by Policy, and tracked', async () => {
    const subscription = shared.cloud.azure.fleet.subscriptions[0]?.id ?? '';
    const scope = `/subscriptions/${subscription}`;
    await admin('PUT', 'policies', {
      name: 'base',
      definition: GIT_DEFINITION,
      scope,
      parameters: {
        configurationName: 'base',
        repositoryUrl: 'https://git.example/base',
        repositoryRefBranch: 'main',
      },
    });
    const assignment = `${scope}/providers/Microsoft.Authorization/policyAssignments/base`;
    await sweep();
    const put = await shared.api.call('PUT', '/policies/base', {
      source: { assignment },
      mode: 'remediate',
      every: '15m',
      limits: { maxDriftShare: '100%', maxConcurrency: 10 },
    });
    expect([put.status, put.body]).toMatchObject([201, {}]);
    const done = await untilBinding('base', ({ measures }) => measures.some(({ state }) => state === 'Ended'));
    expect(done.measures.at(-1)).toMatchObject({ kind: 'remediation', state: 'Ended', deployments: { failed: 0 } });
    const reached = shared.cloud.azure.fleet.clusters.filter(({ subscriptionId }) => subscriptionId === subscription);
    expect(reached.every(({ configurations }) => configurations.has('base'))).toBe(true);

    // Policy itself still says what it saw before, until it looks anew.
    const asked = await shared.api.call('POST', '/policies/base/evaluate');
    expect([asked.status, asked.body]).toMatchObject([202, { started: [subscription] }]);
    const again = await shared.api.call('POST', '/policies/base/evaluate');
    expect([again.status, again.body]).toMatchObject([202, { started: [] }]);
    const { policyStates } = await untilBinding(
      'base',
      ({ evaluations, policyStates: states }) =>
        evaluations?.[0]?.state === 'Ended' && states?.clusters.compliant === reached.length,
    );
    expect(policyStates).toMatchObject({ clusters: { nonCompliant: 0 }, selectedNonCompliant: 0, nonCompliant: [] });
  }, 180_000);

  test('a dead agent is Stale, whatever it said last', async () => {
    for (;;) {
      await sweep();
      const { body } = await shared.api.call<{ items: { cluster: { name: string } }[] }>(
        'GET',
        '/compliance/clusters?state=Stale',
      );
      if (body.items.length > 0) {
        expect(JSON.stringify(body.items)).toContain(cluster(11));
        return;
      }
      await sleep(1000);
    }
  }, 120_000);
});
