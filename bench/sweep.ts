import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, FluxConfiguration } from '../local/azure/fleet/cluster.ts';
import { LAG_MS_DEFAULT } from '../local/azure/server.ts';
import { startLocalCloud, type LocalCloud } from '../local/up/cloud.ts';
import { createTables, type Tables } from '../src/adapters/tables/tables.ts';
import type { Baseline } from '../src/contracts/compliance.ts';
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts';

/** What one sweep cost. */
interface Cost {
  readonly seconds: number;
  readonly graphQueries: number;
  /** Of configurations and extensions. */
  readonly armReads: number;
  readonly policyReads: number;
  readonly tableTransactions: number;
  /** Those that write. */
  readonly tableWrites: number;
}

export interface SweepFigures {
  readonly bench: 'sweep';
  readonly clusters: number;
  readonly configurations: number;
  readonly firstSeconds: number;
  readonly unchangedSeconds: number;
  readonly graphQueries: number;
  /** ARM reads for each configuration that is unhealthy or was edited, of the sweep that met both. */
  readonly readsPerSuspect: number;
  readonly readsUnchanged: number;
  readonly unhealthy: number;
  /** Reads of Azure Policy: they grow with subscriptions, not with clusters. */
  readonly policyReadsPerSubscription: number;
  readonly throttled429: number;
  readonly firstTransactionsPer100Clusters: number;
  readonly unchangedTransactionsPer100Clusters: number;
  readonly unchangedWritesPer100Clusters: number;
  readonly hostRssMiBIdle: number;
  readonly hostRssMiBMax: number;
}

const SPEED = 4;
const NAMES = ['platform', 'shop'] as const;
const CLUSTERS_PER_SUBSCRIPTION = 1000;
/** Of 1,000 clusters, how many are unhealthy, and how many are edited behind our back. */
const SUSPECTS_PER_MILLE = 5;
/**
 * Clusters swept before memory is compared. V8 lets garbage pile up to a multiple of what is in use before it looks: a host that has swept
 * little shows little, whatever it holds. So hosts of small fleets sweep more often, until all have done the same work.
 */
const CLUSTERS_SWEPT = 30_000;

/**
 * A fleet with two configurations on each cluster, all rolled out by Flotilla, swept three times: everything new, nothing changed, some
 * edited. A real rollout writes the first cluster; the others are copies of it, with copies of its baselines.
 */
export async function benchSweep(clusters: number): Promise<SweepFigures> {
  let proxy: CountingProxy | undefined;
  const subscriptions = Math.ceil(clusters / CLUSTERS_PER_SUBSCRIPTION);
  const cloud = await startLocalCloud({
    speed: SPEED,
    fleet: { clusters, subscriptions, extensionShare: 1, brokenClusters: 0, offlineClusters: 0 },
    tablesVia: async (connectionString) => (proxy = await startCountingProxy(connectionString)).connectionString,
    log: () => undefined,
  });
  try {
    const tables = createTables({ connectionString: cloud.endpoints.tables });
    const suspects = Math.ceil((clusters * SUSPECTS_PER_MILLE) / 1000);
    await fillFleet(cloud, tables);
    for (const cluster of cloud.azure.fleet.clusters.slice(0, suspects)) breakConfiguration(cloud, cluster);
    const hostRssMiBIdle = await rssMiB(cloud, 'VmRSS');
    const first = await sweep(cloud, tables, proxy);
    const unchanged = await sweep(cloud, tables, proxy);
    for (const cluster of cloud.azure.fleet.clusters.slice(-suspects)) editConfiguration(cloud, cluster);
    const edited = await sweep(cloud, tables, proxy);
    for (let swept = 3 * clusters; swept < CLUSTERS_SWEPT; swept += clusters) await sweepOnce(cloud, tables);
    return {
      bench: 'sweep',
      clusters,
      configurations: clusters * NAMES.length,
      firstSeconds: first.seconds,
      unchangedSeconds: unchanged.seconds,
      graphQueries: Math.max(first.graphQueries, unchanged.graphQueries, edited.graphQueries),
      readsPerSuspect: round(edited.armReads / (2 * suspects)),
      readsUnchanged: unchanged.armReads,
      unhealthy: suspects,
      policyReadsPerSubscription: round(unchanged.policyReads / subscriptions),
      throttled429: cloud.azure.metrics.throttled + cloud.azure.metrics.graphThrottled,
      firstTransactionsPer100Clusters: round((100 * first.tableTransactions) / clusters),
      unchangedTransactionsPer100Clusters: round((100 * unchanged.tableTransactions) / clusters),
      unchangedWritesPer100Clusters: round((100 * unchanged.tableWrites) / clusters),
      hostRssMiBIdle,
      hostRssMiBMax: await rssMiB(cloud, 'VmHWM'),
    };
  } finally {
    await cloud.stop();
    proxy?.close();
  }
}

/** Sweeps once, and counts what it costs. */
async function sweep(cloud: LocalCloud, tables: Tables, proxy: CountingProxy | undefined): Promise<Cost> {
  await untilQuiet(cloud);
  const before = countersOf(cloud, proxy);
  const startedAt = performance.now();
  await sweepOnce(cloud, tables);
  const after = countersOf(cloud, proxy);
  return {
    seconds: round((performance.now() - startedAt) / 1000),
    graphQueries: after.graph - before.graph,
    armReads: after.reads - before.reads,
    policyReads: after.policyReads - before.policyReads,
    tableTransactions: after.tables - before.tables,
    tableWrites: after.tableWrites - before.tableWrites,
  };
}

/** The end is read past the proxy, so that waiting for it counts nothing. */
async function sweepOnce(cloud: LocalCloud, tables: Tables): Promise<void> {
  const { id } = await call<{ id: string }>(cloud, 'POST', 'compliance/sweeps');
  for (;;) {
    const found = await tables.compliance.sweep(id);
    if (found?.shards.every(({ doneAt }) => doneAt !== undefined) === true) return;
    await sleep(100);
  }
}

/** Waits until Resource Graph shows what was done before, and until the inventory was just refreshed by its timer (30 s into every fourth minute): a sweep reads it, and must not meet the next. */
async function untilQuiet({ clock }: LocalCloud): Promise<void> {
  await new Promise<void>((resolve) => clock.after(2 * LAG_MS_DEFAULT, resolve));
  const cycleMs = 240_000;
  const phaseMs = (): number => (clock.now() - 30_000) % cycleMs;
  while (phaseMs() < 15_000 || phaseMs() > 60_000) await sleep(100);
}

function countersOf({ azure }: LocalCloud, proxy: CountingProxy | undefined) {
  const count = (matches: (operation: string) => boolean): number =>
    Object.entries(azure.metrics.byOperation).reduce((sum, [name, n]) => (matches(name) ? sum + n : sum), 0);
  return {
    graph: count((name) => name.endsWith(' graph')),
    reads: count((name) => name === 'GET fluxConfigurations' || name === 'GET extensions'),
    policyReads: count((name) => name.startsWith('GET policy')),
    tables: proxy?.count() ?? 0,
    tableWrites: proxy?.writes() ?? 0,
  };
}

async function fillFleet(cloud: LocalCloud, tables: Tables): Promise<void> {
  const { clusters } = cloud.azure.fleet;
  const [model, ...others] = clusters;
  if (model === undefined) throw new Error('the fleet has clusters');
  const { id } = await call<{ id: string }>(cloud, 'POST', 'rollouts', rolloutRequest(model.id));
  for (;;) {
    const { status, endedAt } = await call<{ status: string; endedAt?: string }>(cloud, 'GET', `rollouts/${id}`);
    if (status === 'Succeeded') break;
    if (endedAt !== undefined) throw new Error(`the rollout ended as ${status}`);
    await sleep(500);
  }
  const baselines = await untilBaselines(tables, model);
  await tables.compliance.writeBaselines(
    others.flatMap(({ id: clusterId }) => baselines.map((baseline) => ({ ...baseline, clusterId }))),
  );
  for (const cluster of others) {
    for (const [key, configuration] of model.configurations) {
      cluster.configurations.set(key, { ...configuration, operation: undefined });
      changed(cloud, cluster, configurationOf(cluster, key));
    }
  }
}

/** Baselines are written after a rollout has ended. */
async function untilBaselines(tables: Tables, { subscriptionId }: Cluster): Promise<readonly Baseline[]> {
  for (;;) {
    for await (const page of tables.compliance.baselines(subscriptionId)) if (page.length === NAMES.length) return page;
    await sleep(200);
  }
}

function configurationOf(cluster: Cluster, name: string): FluxConfiguration {
  const configuration = cluster.configurations.get(name);
  if (configuration === undefined) throw new Error(`${cluster.name} has no ${name}`);
  return configuration;
}

/** The last object of one configuration fails, as the agent reports it. */
function breakConfiguration(cloud: LocalCloud, cluster: Cluster): void {
  const configuration = configurationOf(cluster, NAMES[0]);
  const objects = configuration.status.objects.map((object, index, all) =>
    index < all.length - 1 ? object : { ...object, complianceState: 'Non-Compliant' as const },
  );
  configuration.status = { ...configuration.status, complianceState: 'Non-Compliant', objects };
  changed(cloud, cluster, configuration);
}

/** Somebody suspends one configuration in the portal. */
function editConfiguration(cloud: LocalCloud, cluster: Cluster): void {
  const configuration = configurationOf(cluster, NAMES[1]);
  configuration.spec = { ...configuration.spec, suspend: true };
  configuration.systemData = { ...configuration.systemData, lastModifiedBy: 'somebody@fleet.example' };
  changed(cloud, cluster, configuration);
}

function changed({ azure }: LocalCloud, cluster: Cluster, configuration: FluxConfiguration): void {
  azure.fleet.observer?.configurationChanged(cluster, configuration);
}

function rolloutRequest(clusterId: string): object {
  const configuration = (name: string): object => ({
    name,
    namespace: name,
    sourceKind: 'GitRepository',
    gitRepository: { url: `https://github.com/org/${name}`, repositoryRef: { branch: 'main' } },
    kustomizations: {
      infra: { path: './infrastructure', prune: true },
      apps: { path: './apps', dependsOn: ['infra'] },
    },
  });
  return {
    name: 'bench',
    target: { selector: { ids: [clusterId] } },
    change: { configurations: NAMES.map(configuration) },
    strategy: { stages: [{ name: 'everyone' }] },
  };
}

async function call<T>({ endpoints }: LocalCloud, method: string, path: string, body?: object): Promise<T> {
  const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`${endpoints.api}/api/${path}`, { method, ...json });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** `VmRSS`: now; `VmHWM`: the most there ever was. */
async function rssMiB(cloud: LocalCloud, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${cloud.hostPid()}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
