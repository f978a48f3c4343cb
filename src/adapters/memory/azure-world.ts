import { clusterKey, parseClusterId } from '../../contracts/cluster-id.ts';
import type { ArmJson } from '../../ports/arm.ts';
import {
  DEFAULT_AGENT,
  pinnedCommit,
  type AgentBehaviour,
  type WorldCluster,
  type WorldConfiguration,
} from './azure-cluster.ts';

/** Time and later: `ManualClock` and the simulation's clock both fit. */
export interface WorldClock {
  now(): number;
  after(delayMs: number, task: () => void): unknown;
}

/** A cluster as a test asks for it. */
export interface ClusterSeed {
  readonly id: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly location?: string;
  readonly agent?: Partial<AgentBehaviour>;
  readonly deniesWrites?: boolean;
  readonly connected?: boolean;
  /** False: `microsoft.flux` has to be installed first. */
  readonly hasExtension?: boolean;
  /** Configurations that are there already, synced and Compliant. */
  readonly configurations?: Readonly<Record<string, ArmJson>>;
}

export type WriteAnswer = 'accepted' | 'busy' | 'denied' | 'notFound';

/** One moment of one cluster; undefined while it does not exist. */
interface Published {
  readonly at: number;
  readonly cluster: WorldCluster | undefined;
}

/** How far back `seenAt` can look. Longer lags than this are never asked for. */
const PUBLISHED_MS_MAX = 30 * 60_000;

/** How often a configuration that waits for the extension looks for it. */
const EXTENSION_WAIT_MS = 30_000;

/**
 * A fleet of simulated clusters behind ARM: writes are long-running operations, one at a time per cluster; agents converge
 * later, so that for a while the status of the old revision stays visible. What happened is remembered, so that Resource
 * Graph can answer with the past.
 */
export class AzureWorld {
  readonly #clock: WorldClock;
  readonly #clusters = new Map<string, WorldCluster>();
  readonly #published = new Map<string, Published[]>();
  readonly #waitingForConnection = new Map<string, (() => void)[]>();
  #incarnations = 0;

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Adds a cluster, or makes one again under the same id. */
  add(seed: ClusterSeed): WorldCluster {
    const parts = parseClusterId(seed.id);
    if (parts === undefined) throw new Error(`not a cluster id: ${seed.id}`);
    const { type, name, subscriptionId, resourceGroup } = parts;
    const agent = { ...DEFAULT_AGENT, ...seed.agent };
    this.#waitingForConnection.delete(clusterKey(seed.id));
    return this.#save({
      id: seed.id,
      ...{ type, name, subscriptionId, resourceGroup, agent },
      location: seed.location ?? 'westeurope',
      tags: seed.tags ?? {},
      incarnation: ++this.#incarnations,
      deniesWrites: seed.deniesWrites ?? false,
      connected: seed.connected ?? true,
      extension: seed.hasExtension === false ? undefined : { name: 'flux', provisioningState: 'Succeeded' },
      configurations: new Map(
        Object.entries(seed.configurations ?? {}).map(([key, properties]) => [
          key,
          this.#settled(key, properties, agent),
        ]),
      ),
      operation: undefined,
    });
  }

  remove(clusterId: string): void {
    const key = clusterKey(clusterId);
    this.#clusters.delete(key);
    this.#waitingForConnection.delete(key);
    this.#publish(key, undefined);
  }

  /** Loses or regains a cluster. What waited for the connection goes on where it stopped. */
  connect(clusterId: string, connected: boolean): void {
    const cluster = this.cluster(clusterId);
    if (cluster === undefined) return;
    this.#save({ ...cluster, connected });
    if (!connected) return;
    const waiting = this.#waitingForConnection.get(clusterKey(clusterId)) ?? [];
    this.#waitingForConnection.delete(clusterKey(clusterId));
    for (const task of waiting) task();
  }

  cluster(clusterId: string): WorldCluster | undefined {
    return this.#clusters.get(clusterKey(clusterId));
  }

  /** Every cluster that was there `lagMs` ago, as it was then, ordered by id. */
  fleet(lagMs: (clusterId: string) => number): WorldCluster[] {
    return [...this.#published.keys()]
      .sort()
      .map((key) => this.seenAt(key, this.now() - lagMs(key)))
      .filter((cluster) => cluster !== undefined);
  }

  /** The cluster as it was at a time. */
  seenAt(clusterId: string, at: number): WorldCluster | undefined {
    return this.#published.get(clusterKey(clusterId))?.findLast((moment) => moment.at <= at)?.cluster;
  }

  /** Every state the cluster was in since a time, the one it was in at that time first. */
  momentsSince(clusterId: string, at: number): (WorldCluster | undefined)[] {
    const moments = this.#published.get(clusterKey(clusterId)) ?? [];
    const first = moments.findLastIndex((moment) => moment.at <= at);
    return moments.slice(Math.max(0, first)).map(({ cluster }) => cluster);
  }

  /** A PUT of a configuration reaches ARM. */
  writeConfiguration(clusterId: string, name: string, properties: ArmJson): WriteAnswer {
    const cluster = this.cluster(clusterId);
    const answer = writable(cluster);
    if (cluster === undefined || answer !== 'accepted') return answer;
    const old = cluster.configurations.get(name);
    const now = this.now();
    const written: WorldConfiguration = {
      name,
      properties,
      generation: (old?.generation ?? 0) + 1,
      createdAt: old?.createdAt ?? now,
      modifiedAt: now,
      provisioningState: old === undefined ? 'Creating' : 'Updating',
      report: old?.report,
    };
    this.#save({ ...withConfiguration(cluster, written), operation: `${name}/${String(written.generation)}` });
    if (cluster.agent.outcome !== 'stuck')
      this.#later(cluster, cluster.agent.acceptMs, () => this.#provisioned(clusterId, written));
    return 'accepted';
  }

  /** A PUT of the `microsoft.flux` extension reaches ARM. */
  writeExtension(clusterId: string, name: string): WriteAnswer {
    const cluster = this.cluster(clusterId);
    const answer = writable(cluster);
    if (cluster === undefined || answer !== 'accepted') return answer;
    const provisioningState = cluster.extension === undefined ? 'Creating' : 'Updating';
    this.#save({ ...cluster, extension: { name, provisioningState }, operation: `extension/${name}` });
    if (cluster.agent.install === 'stuck') return 'accepted';
    this.#later(cluster, cluster.agent.installMs, () => {
      const current = this.cluster(clusterId);
      const ended = cluster.agent.install === 'succeeds' ? 'Succeeded' : 'Failed';
      if (current !== undefined)
        this.#save({ ...current, extension: { name, provisioningState: ended }, operation: undefined });
    });
    return 'accepted';
  }

  /** The agent's report on a configuration changes without anybody writing: something broke, or was mended, in the cluster. */
  report(clusterId: string, name: string, compliant: boolean): void {
    const configuration = this.cluster(clusterId)?.configurations.get(name);
    if (configuration === undefined) return;
    this.#report(clusterId, name, configuration.generation, compliant, configuration.report?.commit);
  }

  #provisioned(clusterId: string, written: WorldConfiguration): void {
    const cluster = this.cluster(clusterId);
    const current = cluster?.configurations.get(written.name);
    if (cluster === undefined || current?.generation !== written.generation) return;
    if (cluster.extension?.provisioningState !== 'Succeeded') {
      // Without the extension nobody takes the configuration up: it hangs until there is one (azure-docs issue 109902).
      this.#later(cluster, EXTENSION_WAIT_MS, () => this.#provisioned(clusterId, written));
      return;
    }
    const { outcome, syncMs, recoverMs, repeatsOldStatus } = cluster.agent;
    const provisioningState = outcome === 'refuses' ? 'Failed' : 'Succeeded';
    this.#save({ ...withConfiguration(cluster, { ...current, provisioningState }), operation: undefined });
    if (outcome === 'refuses' || outcome === 'silent') return;
    const { name, generation } = written;
    const old = current.report;
    if (repeatsOldStatus && old !== undefined) {
      this.#later(cluster, syncMs / 2, () => {
        if (this.cluster(clusterId)?.configurations.get(name)?.report === old) {
          this.#report(clusterId, name, old.generation, old.compliant, old.commit);
        }
      });
    }
    const commit = syncedCommit(written.properties, cluster.agent);
    this.#later(cluster, syncMs, () => {
      this.#report(clusterId, name, generation, outcome === 'converges', commit);
    });
    if (outcome === 'recovers') {
      this.#later(cluster, syncMs + recoverMs, () => {
        this.#report(clusterId, name, generation, true, commit);
      });
    }
  }

  /** An agent reports on the generation it has synced; a newer one that was written meanwhile is not its business yet. */
  #report(clusterId: string, name: string, generation: number, compliant: boolean, commit: string | undefined): void {
    const cluster = this.cluster(clusterId);
    const configuration = cluster?.configurations.get(name);
    if (cluster === undefined || configuration === undefined) return;
    const old = configuration.report;
    if (old !== undefined && old.generation > generation) return;
    const same = old?.compliant === compliant && old.generation === generation;
    const at = this.now();
    this.#save(
      withConfiguration(cluster, {
        ...configuration,
        report: { generation, compliant, commit, at, since: same ? old.since : at },
      }),
    );
  }

  /** Runs a task of this incarnation of the cluster; while it is not connected, the task waits. */
  #later(cluster: WorldCluster, delayMs: number, task: () => void): void {
    const run = (): void => {
      const current = this.cluster(cluster.id);
      if (current?.incarnation !== cluster.incarnation) return;
      if (current.connected) task();
      else {
        const key = clusterKey(cluster.id);
        this.#waitingForConnection.set(key, [...(this.#waitingForConnection.get(key) ?? []), run]);
      }
    };
    this.#clock.after(delayMs, run);
  }

  #settled(name: string, properties: ArmJson, agent: AgentBehaviour): WorldConfiguration {
    const at = this.now();
    const report = { generation: 1, compliant: true, commit: syncedCommit(properties, agent), at, since: at };
    return { name, properties, generation: 1, createdAt: at, modifiedAt: at, provisioningState: 'Succeeded', report };
  }

  #save(cluster: WorldCluster): WorldCluster {
    this.#clusters.set(clusterKey(cluster.id), cluster);
    this.#publish(clusterKey(cluster.id), cluster);
    return cluster;
  }

  #publish(key: string, cluster: WorldCluster | undefined): void {
    const at = this.now();
    const moments = this.#published.get(key) ?? [];
    moments.push({ at, cluster });
    while ((moments[1]?.at ?? Infinity) < at - PUBLISHED_MS_MAX) moments.shift();
    this.#published.set(key, moments);
  }
}

function writable(cluster: WorldCluster | undefined): WriteAnswer {
  if (cluster === undefined) return 'notFound';
  if (cluster.deniesWrites) return 'denied';
  return cluster.operation === undefined ? 'accepted' : 'busy';
}

function withConfiguration(cluster: WorldCluster, configuration: WorldConfiguration): WorldCluster {
  return { ...cluster, configurations: new Map(cluster.configurations).set(configuration.name, configuration) };
}

/** The commit as the agent writes it; a configuration that pins none syncs the branch's head, which we name by the branch. */
function syncedCommit(properties: ArmJson, agent: AgentBehaviour): string {
  const { branch, commit } = pinnedCommit(properties);
  const head = commit ?? '0'.repeat(40);
  return agent.commitFormat === 'branch/commit' ? `${branch}/${head}` : `${branch}@sha1:${head}`;
}
