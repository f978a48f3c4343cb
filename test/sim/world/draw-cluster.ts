import type { AgentBehaviour } from '../../../src/adapters/memory/azure-cluster.ts';
import type { ClusterSeed } from '../../../src/adapters/memory/azure-world.ts';
import type { FaultPlan } from '../kernel/faults.ts';
import { Random } from '../kernel/random.ts';
import { SECRET_TOKEN } from './secrets.ts';

/** Something that happens to a cluster by itself. */
export interface ClusterEvent {
  readonly atMs: number;
  readonly clusterId: string;
  /** The last three are done to a configuration by somebody behind our back. */
  readonly what: 'disconnects' | 'connects' | 'deleted' | 'recreated' | 'regresses' | 'edited' | 'dropped' | 'added';
  readonly name?: string;
}

export const SUBSCRIPTIONS = ['00000000-0000-4000-a000-000000000001', '00000000-0000-4000-a000-000000000002'] as const;
/** Marks bodies that must never show up in logs, messages or events. */
export const CANARY_TOKEN = 'canary-7f3a91-never-leak';

type Json = Record<string, unknown>;

const MINUTE_MS = 60_000;
/** The first request comes when Resource Graph has had time to see the fleet, however far it lags. */
export const START_MS = 5 * MINUTE_MS;

/** One cluster with what will happen to it. */
export interface DrawnCluster {
  readonly cluster: ClusterSeed;
  readonly events: ClusterEvent[];
}

/** Draws one cluster: how its agent answers, what is on it already, and what happens to it by itself. */
export function drawCluster(seed: number, faults: FaultPlan, index: number): DrawnCluster {
  const random = new Random(seed, `cluster/${index}`);
  const name = `c${String(index).padStart(2, '0')}`;
  const provider = random.chance(0.5)
    ? 'Microsoft.Kubernetes/connectedClusters'
    : 'Microsoft.ContainerService/managedClusters';
  const id = `/subscriptions/${random.pick(SUBSCRIPTIONS)}/resourceGroups/rg-${index % 3}/providers/${provider}/${name}`;
  const fires = (kind: Parameters<FaultPlan['fires']>[0]): boolean => faults.fires(kind, name);
  const outcome: AgentBehaviour['outcome'] = fires('clusterBroken')
    ? 'fails'
    : fires('clusterStuck')
      ? 'stuck'
      : fires('clusterSilent')
        ? random.pick(['silent', 'refuses'])
        : fires('clusterRecovers')
          ? 'recovers'
          : 'converges';
  const offline = fires('clusterOffline');
  const cluster: ClusterSeed = {
    id,
    tags: { ring: String(index % 4), env: random.pick(['prod', 'test']) },
    agent: {
      outcome,
      acceptMs: random.int(2000, 60_000),
      syncMs: random.int(5000, 90_000),
      recoverMs: random.int(10_000, 50_000),
      repeatsOldStatus: random.chance(0.4),
      commitFormat: random.pick(['branch@sha1:commit', 'branch/commit']),
      installMs: random.int(30_000, 150_000),
      install: fires('clusterExtensionFails') ? random.pick(['fails', 'stuck']) : 'succeeds',
    },
    deniesWrites: fires('clusterDenied'),
    connected: !offline,
    ...drawExtension(random, !fires('clusterNeedsExtension')),
    configurations: drawConfigurations(random),
    fluxV1: random.chance(0.1) ? ['legacy', 'older'].slice(random.int(0, 1)) : [],
  };
  return { cluster, events: drawEvents(random, faults, name, id, offline) };
}

function drawEvents(
  random: Random,
  faults: FaultPlan,
  name: string,
  clusterId: string,
  offline: boolean,
): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const some = (low: number, high: number): number => START_MS + random.int(low * MINUTE_MS, high * MINUTE_MS);
  const [returnsAt, goneAt, blinksAt, backAfter, regressesAt] = [
    some(3, 70),
    some(2, 50),
    some(2, 50),
    some(1, 30),
    some(3, 60),
  ];
  if (offline && random.chance(0.7)) events.push({ atMs: returnsAt, clusterId, what: 'connects' });
  if (faults.fires('clusterDeleted', name)) events.push({ atMs: goneAt, clusterId, what: 'deleted' });
  if (faults.fires('clusterRecreated', name)) events.push({ atMs: goneAt, clusterId, what: 'recreated' });
  if (faults.fires('clusterRegresses', name)) events.push({ atMs: regressesAt, clusterId, what: 'regresses' });
  if (faults.fires('clusterBlinks', name)) {
    events.push(
      { atMs: blinksAt, clusterId, what: 'disconnects' },
      { atMs: blinksAt + backAfter, clusterId, what: 'connects' },
    );
  }
  return events;
}

/** What is installed: mostly a working extension, sometimes one that failed, or with settings of its own. */
function drawExtension(random: Random, hasExtension: boolean): Pick<ClusterSeed, 'hasExtension' | 'extension'> {
  const properties = {
    ...(random.chance(0.3) && { configurationSettings: { 'image-automation-controller.enabled': 'true' } }),
    ...(random.chance(0.15) && { configurationProtectedSettings: { 'chart.key': 'older' } }),
  };
  const provisioningState = random.chance(0.05) ? 'Failed' : 'Succeeded';
  return { hasExtension, extension: { properties, provisioningState } };
}

function drawConfigurations(random: Random): Record<string, Json> {
  const shares = { app: 0.55, infra: 0.35, edge: 0.35 };
  return Object.fromEntries(
    Object.entries(shares)
      .filter(([, share]) => random.chance(share))
      .map(([name]) => [name, oldConfiguration(random)]),
  );
}

/** What somebody rolled out before. The tokens stand for anything private in a body. */
function oldConfiguration(random: Random): Json {
  const isOurs = random.chance(0.4);
  const apps = { timeoutInSeconds: 600, syncIntervalInSeconds: 600, prune: random.chance(0.3), force: false };
  return {
    scope: 'cluster',
    namespace: 'flux-system',
    sourceKind: 'GitRepository',
    suspend: random.chance(0.1),
    gitRepository: {
      url: isOurs ? 'https://git.example/fleet' : `https://git.example/${CANARY_TOKEN}`,
      repositoryRef: { branch: 'main', commit: 'a'.repeat(40) },
      timeoutInSeconds: 600,
      syncIntervalInSeconds: 600,
      ...(isOurs && { httpsUser: 'fleet' }),
    },
    kustomizations: {
      apps: { name: 'apps', path: './old', ...apps },
      ...(random.chance(0.4) && { extra: { name: 'extra', path: './extra', ...apps } }),
    },
    ...(isOurs && { configurationProtectedSettings: { httpsKey: `${SECRET_TOKEN}-older` } }),
  };
}
