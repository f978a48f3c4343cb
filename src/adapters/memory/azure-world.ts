import { clusterKey, parseClusterId } from '../../contracts/cluster-id.ts';
import type { ArmJson } from '../../ports/arm.ts';
import { DEFAULT_AGENT, type AgentBehaviour, type WorldCluster } from './azure-cluster.ts';
import { settledConfiguration, WorldConfigurations } from './azure-configurations.ts';
import { settledExtension, WorldExtensions, type ExtensionSeed } from './azure-extensions.ts';
import { clusterNotFound, writeFault, type WriteAnswer } from './azure-faults.ts';
import { WorldHistory } from './azure-history.ts';
import type { WorldHost } from './azure-host.ts';
import { WorldProviders } from './azure-providers.ts';

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
  /** State of the cluster resource itself; `Succeeded` when left out. */
  readonly provisioningState?: string;
  /** Arc: what runs there; `k3s` when left out. */
  readonly distribution?: string;
  /** AKS: it runs as a service principal and has no managed identity. */
  readonly isServicePrincipal?: boolean;
  /** False: `microsoft.flux` has to be installed first. */
  readonly hasExtension?: boolean;
  readonly extension?: ExtensionSeed;
  /** Configurations that are there already, synced and Compliant. */
  readonly configurations?: Readonly<Record<string, ArmJson>>;
  /** Names of Flux v1 configurations. */
  readonly fluxV1?: readonly string[];
}

/**
 * A fleet of simulated clusters behind ARM: writes are long-running operations, one at a time per cluster; agents converge
 * later, so that for a while the status of the old revision stays visible. What happened is remembered, so that Resource
 * Graph can answer with the past.
 */
export class AzureWorld {
  readonly configurations: WorldConfigurations;
  readonly extensions: WorldExtensions;
  /** Resource providers by subscription. */
  readonly providers = new WorldProviders();
  readonly #clock: WorldClock;
  readonly #clusters = new Map<string, WorldCluster>();
  readonly #history = new WorldHistory();
  readonly #waitingForConnection = new Map<string, (() => void)[]>();
  #incarnations = 0;
  /** That of what is there when a cluster is added. */
  #generation = 1;

  constructor(clock: WorldClock) {
    this.#clock = clock;
    const host: WorldHost = {
      now: () => this.now(),
      cluster: (clusterId) => this.cluster(clusterId),
      save: (cluster) => void this.#save(cluster),
      later: (cluster, delayMs, task) => this.#later(cluster, delayMs, task),
      nextGeneration: () => ++this.#generation,
      mayCreate: ({ subscriptionId }) => this.providers.isRegistered(subscriptionId),
    };
    this.configurations = new WorldConfigurations(host);
    this.extensions = new WorldExtensions(host);
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
    const at = this.now();
    this.#waitingForConnection.delete(clusterKey(seed.id));
    return this.#save({
      id: seed.id,
      ...{ type, name, subscriptionId, resourceGroup, agent },
      location: seed.location ?? 'westeurope',
      tags: seed.tags ?? {},
      incarnation: ++this.#incarnations,
      deniesWrites: seed.deniesWrites ?? false,
      connected: seed.connected ?? true,
      lostAt: seed.connected === false ? at : undefined,
      provisioningState: seed.provisioningState ?? 'Succeeded',
      distribution: type === 'connectedClusters' ? (seed.distribution ?? 'k3s') : undefined,
      identityType: type === 'managedClusters' && seed.isServicePrincipal !== true ? 'SystemAssigned' : undefined,
      extension: seed.hasExtension === false ? undefined : settledExtension(seed.extension ?? {}, at),
      configurations: new Map(
        Object.entries(seed.configurations ?? {}).map(([key, properties]) => [
          key,
          settledConfiguration(key, properties, agent, at),
        ]),
      ),
      fluxV1: new Set(seed.fluxV1),
      operation: undefined,
    });
  }

  remove(clusterId: string): void {
    const key = clusterKey(clusterId);
    this.#clusters.delete(key);
    this.#waitingForConnection.delete(key);
    this.#history.remember(key, this.now(), undefined);
  }

  /** Loses or regains a cluster. What waited for the connection goes on where it stopped. */
  connect(clusterId: string, connected: boolean): void {
    const cluster = this.cluster(clusterId);
    if (cluster === undefined) return;
    this.#save({ ...cluster, connected, lostAt: connected ? undefined : (cluster.lostAt ?? this.now()) });
    if (!connected) return;
    const waiting = this.#waitingForConnection.get(clusterKey(clusterId)) ?? [];
    this.#waitingForConnection.delete(clusterKey(clusterId));
    for (const task of waiting) task();
  }

  /** From now on the cluster answers changes differently; what is under way goes on as it began. */
  behave(clusterId: string, agent: Partial<AgentBehaviour>): void {
    const cluster = this.cluster(clusterId);
    if (cluster !== undefined) this.#save({ ...cluster, agent: { ...cluster.agent, ...agent } });
  }

  cluster(clusterId: string): WorldCluster | undefined {
    return this.#clusters.get(clusterKey(clusterId));
  }

  /** Every cluster that was there `lagMs` ago, as it was then, ordered by id. */
  fleet(lagMs: (clusterId: string) => number): WorldCluster[] {
    return this.#history
      .keys()
      .map((key) => this.seenAt(key, this.now() - lagMs(key)))
      .filter((cluster) => cluster !== undefined);
  }

  /** The cluster as it was at a time. */
  seenAt(clusterId: string, at: number): WorldCluster | undefined {
    return this.#history.seenAt(clusterId, at);
  }

  /** Every state the cluster was in since a time, the one it was in at that time first. */
  momentsSince(clusterId: string, at: number): (WorldCluster | undefined)[] {
    return this.#history.since(clusterId, at);
  }

  /** The agent's report on a configuration changes without anybody writing: something broke, or was mended, in the cluster. */
  report(clusterId: string, name: string, compliant: boolean): void {
    this.configurations.report(clusterId, name, compliant);
  }

  /** Removes a Flux v1 configuration, which takes no operation; one that is gone counts as removed. */
  removeFluxV1(clusterId: string, name: string): WriteAnswer {
    const cluster = this.cluster(clusterId);
    if (cluster === undefined) return clusterNotFound(clusterId);
    const fault = writeFault(cluster, true);
    if (fault !== undefined) return fault;
    this.#save({ ...cluster, fluxV1: new Set([...cluster.fluxV1].filter((each) => each !== name)) });
    return 'done';
  }

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

  #save(cluster: WorldCluster): WorldCluster {
    this.#clusters.set(clusterKey(cluster.id), cluster);
    this.#history.remember(cluster.id, this.now(), cluster);
    return cluster;
  }
}
