import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { startLocalCloud, type LocalCloud } from '../local/up/cloud.ts';
import type { WebhookLoad, WebhookLoadResult } from './webhook-load.ts';

export interface WebhookFigures {
  readonly bench: 'webhooks';
  readonly deliveries: number;
  readonly perSecond: number;
  /** Answers by their status. */
  readonly answers: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Accepted revisions of which nothing is recorded: neither a rollout nor a reason. */
  readonly unaccounted: number;
  /** Revisions that became more than one rollout. */
  readonly startedTwice: number;
  readonly rollouts: number;
  /** From the last delivery until all of them were held against the definitions. */
  readonly settledSeconds: number;
}

const SPEED = 1;
const REPOSITORIES = 20;
const PER_SECOND = 200;
const WARM_SECONDS = 30;
/** After that, what is not decided is lost. */
const DECIDED_MS_MAX = 120_000;
const SECRET_NAME = 'FLOTILLA_BENCH_HOOK_SECRET';
const SECRET = 'a secret of this benchmark, and of nothing else';

/** Signed pushes to many repositories, each followed by a definition of one cluster, at 200 a second. */
export async function benchWebhooks(seconds: number): Promise<WebhookFigures> {
  process.env[SECRET_NAME] = SECRET;
  const fleet = { clusters: REPOSITORIES, subscriptions: 1, extensionShare: 1, brokenClusters: 0, offlineClusters: 0 };
  const cloud = await startLocalCloud({ speed: SPEED, fleet, log: () => undefined });
  try {
    await call(cloud, 'PUT', 'hooks/bench', {
      provider: 'github',
      secret: `env:${SECRET_NAME}`,
      deliveriesPerMinute: 12_000,
    });
    const names = cloud.azure.fleet.clusters.map(({ name }) => name);
    for (const [number, name] of names.entries())
      await call(cloud, 'PUT', `definitions/bench-${number}`, definition(number, name));
    const url = `${cloud.endpoints.api}/api/webhooks/github/bench`;
    // The host compiles what it runs, for some seconds.
    const warm = await load({
      url,
      secret: SECRET,
      repositories: REPOSITORIES,
      perSecond: PER_SECOND,
      seconds: WARM_SECONDS,
      from: 0,
    });
    const sent = await load({
      url,
      secret: SECRET,
      repositories: REPOSITORIES,
      perSecond: PER_SECOND,
      seconds,
      from: PER_SECOND * WARM_SECONDS,
    });
    const endedAt = performance.now();
    const commits = sent.commits.map((own, number) => [...(warm.commits[number] ?? []), ...own]);
    const decided = await untilDecided(cloud, commits);
    const settledSeconds = (performance.now() - endedAt) / 1000;
    const sorted = sent.latenciesMs.toSorted((one, other) => one - other);
    const at = (share: number): number =>
      round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    return {
      bench: 'webhooks',
      deliveries: sorted.length,
      perSecond: PER_SECOND,
      answers: Object.entries(sent.statuses)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      ...decided,
      settledSeconds: round(settledSeconds),
    };
  } finally {
    await cloud.stop();
  }
}

function load(workerData: WebhookLoad): Promise<WebhookLoadResult> {
  const worker = new Worker(new URL('./webhook-load.ts', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function definition(number: number, cluster: string): object {
  const repository = `https://github.com/contoso/fleet-${number}`;
  return {
    follows: { repository, branch: 'main', poll: false },
    onNewRevision: 'supersede',
    debounce: '5s',
    rollout: {
      target: { selector: { names: [cluster] } },
      change: {
        configurations: [
          {
            name: 'bench',
            namespace: 'bench',
            sourceKind: 'GitRepository',
            gitRepository: { url: repository, repositoryRef: { branch: 'main' } },
            kustomizations: { app: { path: './clusters/prod' } },
          },
        ],
      },
      strategy: { stages: [{ name: 'all' }] },
    },
  };
}

interface Decision {
  readonly code: string;
  readonly commit: string | null;
  readonly rolloutId?: string;
}

/** Commits about which nothing is recorded but that they wait. */
function openOf(commits: readonly string[], decisions: readonly Decision[]): string[] {
  const known = new Set(decisions.filter(({ code }) => code !== 'Pending').map(({ commit }) => commit));
  return commits.filter((commit) => !known.has(commit));
}

function hasStarted(decisions: readonly Decision[], last: string | undefined): boolean {
  return decisions.some(({ code, commit }) => code === 'Started' && commit === last);
}

/** Waits until the last commit of every repository has started and something is recorded about each, and counts what is. */
async function untilDecided(
  cloud: LocalCloud,
  commits: readonly (readonly string[])[],
): Promise<Pick<WebhookFigures, 'unaccounted' | 'startedTwice' | 'rollouts'>> {
  let unaccounted = 0;
  let startedTwice = 0;
  let rollouts = 0;
  for (const [number, own] of commits.entries()) {
    const last = own.at(-1);
    const deadline = performance.now() + DECIDED_MS_MAX;
    let decisions = await decisionsOf(cloud, number);
    while (performance.now() < deadline && (openOf(own, decisions).length > 0 || !hasStarted(decisions, last))) {
      await sleep(500);
      decisions = await decisionsOf(cloud, number);
    }
    unaccounted += openOf(own, decisions).length;
    const started = decisions.filter(({ code }) => code === 'Started');
    rollouts += started.length;
    startedTwice += started.length - new Set(started.map(({ commit }) => commit)).size;
  }
  return { unaccounted, startedTwice, rollouts };
}

async function decisionsOf(cloud: LocalCloud, number: number): Promise<Decision[]> {
  const all: Decision[] = [];
  for (let continuation = ''; ;) {
    const page = await call<{ items: Decision[]; continuation?: string }>(
      cloud,
      'GET',
      `definitions/bench-${number}/decisions?limit=1000${continuation}`,
    );
    all.push(...page.items);
    if (page.continuation === undefined) return all;
    continuation = `&continuation=${encodeURIComponent(page.continuation)}`;
  }
}

async function call<T>({ endpoints }: LocalCloud, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${endpoints.api}/api/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
