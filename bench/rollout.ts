import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalCloud, type LocalCloud } from '../local/up/cloud.ts';
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts';
import { HostLog } from './host-log.ts';

/** ARM's bucket and refill per subscription, which no rollout can beat. */
const BUCKET_WRITES = 200;
const REFILL_PER_SECOND = 10;

export interface RolloutFigures {
  readonly bench: 'rollout';
  readonly clusters: number;
  readonly speed: number;
  readonly status: string;
  readonly makespanSeconds: number;
  readonly clusterSeconds: number;
  readonly boundSeconds: number;
  readonly makespanOverBound: number;
  readonly armWritesPerCluster: number;
  readonly armReadsPerCluster: number;
  readonly graphQueries: number;
  readonly tableTransactionsPerCluster: number;
  readonly brokerOperationsPerCluster: number;
  readonly logCharactersPerCluster: number;
  /** Runs of functions of queues and timers. */
  readonly executionsPerCluster: number;
  /** That are billed when each of those has one instance. */
  readonly activeSeconds: number;
  readonly throttled429: number;
  readonly hostRssMiBMax: number;
}

/** One rollout over healthy clusters of one subscription, extension present, everything at once: the quota is the limit. */
export async function benchRollout(clusters: number, speed: number): Promise<RolloutFigures> {
  let proxy: CountingProxy | undefined;
  const hostLog = new HostLog();
  const cloud = await startLocalCloud({
    speed,
    fleet: { clusters, subscriptions: 1, extensionShare: 1, brokenClusters: 0, offlineClusters: 0 },
    tablesVia: async (connectionString) => {
      proxy = await startCountingProxy(connectionString);
      return proxy.connectionString;
    },
    log: hostLog.take,
  });
  try {
    await get(cloud, 'clusters?limit=1');
    hostLog.reset();
    const before = figuresOf(cloud, proxy);
    const { id, createdAt } = await post(cloud, rolloutRequest('100%'));
    const ended = await untilEnded(cloud, id);
    const after = figuresOf(cloud, proxy);
    const clusterSeconds = await ownTime(cloud, id);
    const boundSeconds = Math.max(0, clusters - BUCKET_WRITES) / REFILL_PER_SECOND + clusterSeconds;
    const makespanSeconds = (Date.parse(ended.endedAt ?? '') - Date.parse(createdAt)) / 1000;
    const per = (key: keyof Counters): number => round((after[key] - before[key]) / clusters);
    return {
      bench: 'rollout',
      clusters,
      speed,
      status: ended.status,
      makespanSeconds: round(makespanSeconds),
      clusterSeconds: round(clusterSeconds),
      boundSeconds: round(boundSeconds),
      makespanOverBound: round(makespanSeconds / boundSeconds),
      armWritesPerCluster: per('writes'),
      armReadsPerCluster: per('reads'),
      graphQueries: after.graph - before.graph,
      tableTransactionsPerCluster: per('tables'),
      brokerOperationsPerCluster: per('broker'),
      logCharactersPerCluster: round(hostLog.applicationCharacters / clusters),
      executionsPerCluster: round(hostLog.executions / clusters),
      activeSeconds: hostLog.activeSeconds,
      throttled429: after.throttled - before.throttled,
      hostRssMiBMax: await peakRssMiB(cloud.hostPid()),
    };
  } finally {
    await cloud.stop();
    proxy?.close();
  }
}

/** How long `POST /api/rollouts` takes for a large fleet whose inventory is known. Real time. */
export async function benchPost(clusters: number): Promise<{ bench: 'post'; clusters: number; milliseconds: number }> {
  const fleet = { clusters, subscriptions: 10, extensionShare: 1 };
  const cloud = await startLocalCloud({ speed: 1, fleet, log: () => undefined });
  try {
    await get(cloud, 'clusters?limit=1');
    const startedAt = performance.now();
    await post(cloud, rolloutRequest('1%'));
    return { bench: 'post', clusters, milliseconds: Math.round(performance.now() - startedAt) };
  } finally {
    await cloud.stop();
  }
}

interface Counters {
  readonly writes: number;
  readonly reads: number;
  readonly graph: number;
  readonly throttled: number;
  readonly tables: number;
  readonly broker: number;
}

function figuresOf({ azure, broker }: LocalCloud, proxy: CountingProxy | undefined): Counters {
  const count = (matches: (operation: string) => boolean): number =>
    Object.entries(azure.metrics.byOperation).reduce((sum, [name, n]) => (matches(name) ? sum + n : sum), 0);
  const isGraph = (name: string): boolean => name.endsWith(' graph');
  return {
    writes: count((name) => !name.startsWith('GET ') && !isGraph(name)),
    reads: count((name) => name.startsWith('GET ')),
    graph: count(isGraph),
    throttled: azure.metrics.throttled + azure.metrics.graphThrottled,
    tables: proxy?.count() ?? 0,
    broker: Object.values(broker.metrics()).reduce(
      (sum, queue) => sum + queue.sends + queue.receives + queue.completes,
      0,
    ),
  };
}

function rolloutRequest(maxConcurrency: string): object {
  const commit = '4f1bdad4d0a54b939a5e3d52c51464f67e474fcf';
  return {
    name: 'bench',
    change: {
      configurations: [
        {
          name: 'cluster-config',
          namespace: 'cluster-config',
          sourceKind: 'GitRepository',
          gitRepository: {
            url: 'https://github.com/Azure/gitops-flux2-kustomize-helm-mt',
            repositoryRef: { branch: 'main', commit },
          },
          kustomizations: {
            infra: { path: './infrastructure', prune: true },
            apps: { path: './apps/staging', prune: true, dependsOn: ['infra'] },
          },
        },
      ],
    },
    strategy: { stages: [{ name: 'everyone', maxConcurrency }] },
  };
}

interface RolloutAnswer {
  readonly id: string;
  readonly status: string;
  readonly createdAt: string;
  readonly endedAt?: string;
}

async function untilEnded(cloud: LocalCloud, id: string): Promise<RolloutAnswer> {
  for (;;) {
    const rollout = (await get(cloud, `rollouts/${id}`)) as RolloutAnswer;
    if (rollout.endedAt !== undefined) return rollout;
    await sleep(500);
  }
}

/** Seconds from the start on a cluster to the report that proves it, at the median: what the cluster itself takes. */
async function ownTime(cloud: LocalCloud, id: string): Promise<number> {
  type Row = { startedAt: string; evidence: { statusAt: string } };
  const { items } = (await get(cloud, `rollouts/${id}/clusters?limit=1000`)) as { items: Row[] };
  const seconds = items
    .map((row) => (Date.parse(row.evidence.statusAt) - Date.parse(row.startedAt)) / 1000)
    .sort((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)] ?? 0;
}

async function get({ endpoints }: LocalCloud, path: string): Promise<unknown> {
  return (await fetch(`${endpoints.api}/api/${path}`)).json();
}

async function post({ endpoints }: LocalCloud, body: object): Promise<RolloutAnswer> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${endpoints.api}/api/rollouts`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status !== 202) throw new Error(`POST answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as RolloutAnswer;
}

async function peakRssMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
