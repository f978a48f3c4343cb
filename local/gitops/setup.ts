import { randomBytes } from 'node:crypto';
import { startLocalCloud, type LocalCloud } from '../up/cloud.ts';
import { WorkingCopy } from '../git/working-copy.ts';
import { Api } from './api.ts';
import { BEGINNING } from './commits.ts';

/** Name of the definition and of the configuration that it rolls out. */
export const NAME = 'shop';
/** Where the repository is on the Git host. */
export const REPOSITORY = 'fleet/shop';

/** Secrets never stand in requests: these are the variables that hold them. */
const HOOK_SECRET = 'GITOPS_HOOK_SECRET';
const STATUS_TOKEN = 'GITOPS_STATUS_TOKEN';

/** Fast enough for a demo, slow enough for two cores. Ours. */
const SPEED = 60;

/** Everything that the story happens with. */
export interface Stage {
  readonly cloud: LocalCloud;
  readonly api: Api;
  readonly copy: WorkingCopy;
  stop(): Promise<void>;
}

/** Starts a local cloud with twelve clusters and a repository, and tells Flotilla and the Git host of each other. */
export async function setUp(log: (line: string) => void): Promise<Stage> {
  const secret = randomBytes(32).toString('base64url');
  const secrets = { [HOOK_SECRET]: secret, [STATUS_TOKEN]: randomBytes(20).toString('hex') };
  const fleet = { clusters: 12, subscriptions: 2, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 };
  const cloud = await startLocalCloud({ speed: SPEED, fleet, secrets, log });
  const api = new Api(cloud.endpoints.api);
  const url = `${cloud.endpoints.git}/${REPOSITORY}.git`;
  const copy = await WorkingCopy.create(url, cloud.clock);
  const stop = async (): Promise<void> => {
    await copy.close();
    await cloud.stop();
  };
  try {
    await copy.commit('A repository', BEGINNING);
    await copy.push();
    await api.put('/hooks/git', { provider: 'gitea', secret: `env:${HOOK_SECRET}` });
    await api.put(`/definitions/${NAME}`, definitionOf(url));
    await hookUp(cloud, secret);
    return { cloud, api, copy, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a person does at the Git host: settings of the repository, webhooks, add. */
async function hookUp({ endpoints }: LocalCloud, secret: string): Promise<void> {
  const config = { url: `${endpoints.api}/api/webhooks/gitea/git`, content_type: 'json', secret };
  const response = await fetch(`${endpoints.git}/api/v1/repos/${REPOSITORY}/hooks`, {
    method: 'POST',
    headers: { authorization: 'token anything' },
    body: JSON.stringify({ type: 'gitea', active: true, events: ['push'], config }),
  });
  if (!response.ok) throw new Error(`The Git host does not take the hook: ${response.status} ${await response.text()}`);
}

function definitionOf(url: string): object {
  const configuration = {
    name: NAME,
    namespace: NAME,
    sourceKind: 'GitRepository',
    gitRepository: { url, repositoryRef: { branch: 'main' } },
    kustomizations: {
      infra: { path: './infra', prune: true },
      apps: { path: './apps', dependsOn: ['infra'], prune: true },
    },
  };
  const ring = (name: string): object => ({ selector: { tags: { ring: name } }, soak: '1m' });
  return {
    follows: { repository: url, branch: 'main', paths: ['apps/**', 'infra/**'], poll: false },
    onNewRevision: 'supersede',
    commitStatus: { provider: 'gitea', credentials: `env:${STATUS_TOKEN}` },
    rollout: {
      target: { selector: {} },
      change: { configurations: [configuration] },
      strategy: {
        maxConcurrency: '100%',
        maxFailures: 0,
        progressDeadline: '10m',
        stages: [{ name: 'canary', ...ring('canary') }, { name: 'early', ...ring('early') }, { name: 'rest' }],
      },
    },
  };
}
