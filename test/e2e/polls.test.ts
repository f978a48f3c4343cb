import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { WorkingCopy } from '../../local/git/working-copy.ts';
import { sharedCloud } from './support/cloud.ts';

const TOKEN = 'POLLS_STATUS_TOKEN';
const fleet = { clusters: 3, subscriptions: 1, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 };
const shared = sharedCloud({ speed: 60, fleet, secrets: { [TOKEN]: 'a token' } });

interface DefinitionJson {
  readonly last?: { readonly revision: { readonly commit: string }; readonly status: string };
  readonly polled?: { readonly failures: number };
  readonly webhookSeenAt?: string;
}

function manifest(color: string): Record<string, string> {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop', namespace: 'shop' }, data: { color } };
  return { 'apps/shop.yaml': JSON.stringify(map), 'apps/kustomization.yaml': 'resources: [shop.yaml]\n' };
}

test('without any webhook, the fleet gets what is pushed, and the commit is told', async () => {
  const { cloud, api } = shared;
  const url = `${cloud.endpoints.git}/fleet/shop.git`;
  const copy = await WorkingCopy.create(url, cloud.clock);
  onTestFinished(() => copy.close());
  const first = await copy.commit('A repository', manifest('red'));
  await copy.push();
  const kustomizations = { apps: { path: './apps', prune: true } };
  const gitRepository = { url, repositoryRef: { branch: 'main' } };
  const configuration = { name: 'shop', namespace: 'shop', sourceKind: 'GitRepository', gitRepository, kustomizations };
  const put = await api.call('PUT', '/definitions/shop', {
    follows: { repository: url, branch: 'main', poll: { every: '1m' } },
    commitStatus: { provider: 'gitea', credentials: `env:${TOKEN}` },
    rollout: {
      target: { selector: {} },
      change: { configurations: [configuration] },
      strategy: { maxConcurrency: '100%', maxFailures: 0, progressDeadline: '10m', stages: [{ name: 'all' }] },
    },
  });
  expect(put).toMatchObject({ status: 201 });

  const rolledOut = async (commit: string): Promise<DefinitionJson> => {
    for (;;) {
      const { body } = await api.call<DefinitionJson>('GET', '/definitions/shop');
      if (body.last?.revision.commit === commit) return body;
      await sleep(200);
    }
  };
  expect(await rolledOut(first)).toMatchObject({ last: { status: 'Succeeded' }, polled: { failures: 0 } });
  const second = await copy.commit('Another color', manifest('blue'));
  await copy.push();
  const after = await rolledOut(second);
  expect(after).toMatchObject({ last: { status: 'Succeeded' } });
  expect(after.webhookSeenAt).toBeUndefined();

  const told = async (commit: string): Promise<string> => {
    for (;;) {
      const [newest] = cloud.git.statuses('fleet/shop', commit);
      if (newest?.state === 'success') return newest.description;
      await sleep(200);
    }
  };
  expect(await told(first)).toBe('3/3 clusters, done');
  expect(await told(second)).toBe('3/3 clusters, done');
}, 90_000);
