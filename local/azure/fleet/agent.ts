import { hasFluxAgents, isReachable, type Cluster, type FluxConfiguration } from './cluster.ts';
import type { Fleet } from './fleet.ts';
import { finish } from './operations.ts';
import { between } from './random.ts';
import {
  beginReconciliation,
  isSourceBroken,
  reportKustomization,
  reportSource,
  reportSuspended,
  type Reconciliation,
} from './reconcile.ts';
import { movingReference, resolveRevision } from './revision.ts';

/** Durations in local milliseconds: [shortest, longest]. Real git configurations settle in about a minute (flux.md b.4). */
const ACCEPT_MS = [10_000, 20_000] as const;
const SOURCE_MS = [5_000, 10_000] as const;
const KUSTOMIZATIONS_MS = [15_000, 30_000] as const;
/** The service gives up on a cluster that never answers (flux.md b.5, "Offline"). */
const REQUEST_TIMEOUT_MS = 48 * 60 * 60 * 1000;
/** Agents report also when nothing changed; the fleet does so in slices, so that the reports spread evenly. */
const HEARTBEAT_MS = 10 * 60 * 1000;
const HEARTBEAT_SLICES = 60;

/**
 * The Flux agents of all clusters. Each configuration is a short chain of events on the fleet's timeline: accepted →
 * source fetched → one kustomization after the other. A chain stops when a newer write has raised the generation, and
 * waits (parked on the cluster) while the cluster does not answer.
 */
export class Agent {
  readonly #fleet: Fleet;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#scheduleHeartbeat(0);
  }

  /** A configuration was written; `configuration.generation` is already that of the write. */
  written(cluster: Cluster, configuration: FluxConfiguration): void {
    const { generation } = configuration;
    this.#scheduleAccept(cluster, configuration, generation);
    this.#changed(cluster, configuration);
  }

  /** A configuration is to be deleted (state Deleting); it goes once the agent has cleaned up. */
  deleted(cluster: Cluster, configuration: FluxConfiguration): void {
    this.#changed(cluster, configuration);
    this.#later(cluster, configuration, configuration.generation, ACCEPT_MS, 'delete', () => {
      finish(configuration.operation);
      this.removed(cluster, configuration);
    });
  }

  /** The resource is gone at once, without the agent (`forceDelete`). */
  removed(cluster: Cluster, configuration: FluxConfiguration): void {
    configuration.generation++;
    finish(configuration.operation);
    cluster.configurations.delete(configuration.name.toLowerCase());
    this.#fleet.observer?.configurationRemoved(cluster, configuration.name);
  }

  /** The cluster answers again, or its extension became ready, or its trouble ended: what waited goes on. */
  wake(cluster: Cluster): void {
    if (!isReachable(cluster)) return;
    const parked = [...cluster.parked.values()];
    cluster.parked.clear();
    for (const resume of parked) resume();
  }

  /** Something outside ARM changed what a configuration leads to; Flux notices at its next retry. */
  resync(cluster: Cluster, configuration: FluxConfiguration, withinMs: readonly [number, number] = ACCEPT_MS): void {
    if (configuration.provisioningState !== 'Succeeded') return;
    this.#later(cluster, configuration, configuration.generation, withinMs, 'resync', () => {
      // A chain that still runs for the same write is void from here on.
      configuration.generation++;
      this.#reconcile(cluster, configuration, configuration.generation);
    });
  }

  /** A branch or tag moved: configurations that follow it fetch it within their sync interval. */
  headMoved(url: string, reference: string): void {
    for (const cluster of this.#fleet.clusters) {
      for (const configuration of cluster.configurations.values()) {
        const git = configuration.spec.gitRepository;
        if (git?.url !== url || movingReference(configuration.spec) !== reference) continue;
        if (typeof git.repositoryRef?.commit === 'string') continue;
        this.resync(cluster, configuration, [0, git.syncIntervalInSeconds * 1000]);
      }
    }
  }

  #scheduleAccept(cluster: Cluster, configuration: FluxConfiguration, generation: number): void {
    this.#later(cluster, configuration, generation, ACCEPT_MS, 'accept', () => {
      if (!hasFluxAgents(cluster) || cluster.failure === 'HangsCreating') {
        this.#park(cluster, configuration, () => {
          this.#scheduleAccept(cluster, configuration, generation);
        });
        return;
      }
      configuration.provisioningState = 'Succeeded';
      configuration.errorMessage = '';
      finish(configuration.operation);
      this.#changed(cluster, configuration);
      this.#reconcile(cluster, configuration, generation);
    });
  }

  #reconcile(cluster: Cluster, configuration: FluxConfiguration, generation: number): void {
    this.#later(cluster, configuration, generation, SOURCE_MS, 'source', () => {
      const { spec, name, status } = configuration;
      if (spec.suspend) {
        configuration.status = reportSuspended(status, this.#fleet.nowIso);
        this.#changed(cluster, configuration);
        return;
      }
      const revision = resolveRevision(this.#fleet, spec);
      const run = beginReconciliation({ name, spec, revision, seed: this.#fleet.seed }, cluster.failure, status);
      configuration.status = reportSource(run, this.#fleet.nowIso);
      this.#changed(cluster, configuration);
      if (!isSourceBroken(run)) this.#applyNext(cluster, configuration, generation, run, 0);
    });
  }

  #applyNext(
    cluster: Cluster,
    configuration: FluxConfiguration,
    generation: number,
    run: Reconciliation,
    index: number,
  ) {
    if (index >= run.order.length) return;
    const [low, high] = KUSTOMIZATIONS_MS;
    const share = [low / run.order.length, high / run.order.length] as const;
    this.#later(cluster, configuration, generation, share, `apply/${index}`, () => {
      configuration.status = reportKustomization(run, index, this.#fleet.nowIso, configuration.status);
      this.#changed(cluster, configuration);
      this.#applyNext(cluster, configuration, generation, run, index + 1);
    });
  }

  /** Runs `task` after a repeatable delay, unless a newer write came; waits while the cluster does not answer. */
  #later(
    cluster: Cluster,
    configuration: FluxConfiguration,
    generation: number,
    [low, high]: readonly [number, number],
    step: string,
    task: () => void,
  ): void {
    const key = `${cluster.name}/${configuration.name}/${generation}/${step}`;
    this.#fleet.timeline.after(between(this.#fleet.seed, key, low, high), () => {
      if (cluster.deleted || configuration.generation !== generation) return;
      if (isReachable(cluster)) task();
      else {
        this.#park(cluster, configuration, () => {
          this.#later(cluster, configuration, generation, [low, high], step, task);
        });
      }
    });
  }

  #park(cluster: Cluster, configuration: FluxConfiguration, resume: () => void): void {
    cluster.parked.set(`configuration/${configuration.name.toLowerCase()}`, resume);
    const { generation } = configuration;
    this.#fleet.timeline.after(REQUEST_TIMEOUT_MS, () => {
      if (configuration.generation === generation) this.#giveUp(cluster, configuration);
    });
  }

  #giveUp(cluster: Cluster, configuration: FluxConfiguration): void {
    const isWaiting = configuration.provisioningState === 'Creating' || configuration.provisioningState === 'Updating';
    if (cluster.deleted || !isWaiting) return;
    const message = 'The agents of the cluster did not fetch the configuration within 48 hours; apply it again.';
    configuration.provisioningState = 'Failed';
    configuration.errorMessage = message;
    configuration.generation++;
    finish(configuration.operation, { code: 'RequestTimedOut', message });
    this.#changed(cluster, configuration);
  }

  #scheduleHeartbeat(slice: number): void {
    this.#fleet.timeline.after(HEARTBEAT_MS / HEARTBEAT_SLICES, () => {
      const { clusters } = this.#fleet;
      for (let index = slice; index < clusters.length; index += HEARTBEAT_SLICES) {
        const cluster = clusters[index];
        if (cluster !== undefined && isReachable(cluster)) this.#heartbeat(cluster);
      }
      this.#scheduleHeartbeat((slice + 1) % HEARTBEAT_SLICES);
    });
  }

  #heartbeat(cluster: Cluster): void {
    if (!hasFluxAgents(cluster)) return;
    for (const configuration of cluster.configurations.values()) {
      if (configuration.status.statusUpdatedAt === null) continue;
      configuration.status = { ...configuration.status, statusUpdatedAt: this.#fleet.nowIso };
      this.#changed(cluster, configuration);
    }
  }

  #changed(cluster: Cluster, configuration: FluxConfiguration): void {
    this.#fleet.observer?.configurationChanged(cluster, configuration);
  }
}
