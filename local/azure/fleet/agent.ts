import { inventedContents, type Artifact } from './artifact.ts';
import { controllersOf } from './controllers.ts';
import { hasFluxAgents, isReachable, type Cluster, type FluxConfiguration, type FluxStatus } from './cluster.ts';
import { waitSeconds } from './duration.ts';
import type { Fleet } from './fleet.ts';
import { appliedNames } from './flux-objects.ts';
import { recordAbandoned, recordAccepted, recordApplied, recordRemoved } from './inventory.ts';
import { finish } from './operations.ts';
import { sourceFailure } from './protected-sources.ts';
import { between } from './random.ts';
import {
  beginReconciliation,
  endsWithSource,
  hasApplied,
  reportKustomization,
  reportSource,
  reportSuspended,
  type Reconciliation,
} from './reconcile.ts';
import { movingReference, resolveRevision } from './revision.ts';
import { sourceOf } from '../resources/flux-schema.ts';

/** Durations in local milliseconds: [shortest, longest]. Real git configurations settle in about a minute (flux.md b.4). */
const ACCEPT_MS = [10_000, 20_000] as const;
const SOURCE_MS = [5_000, 10_000] as const;
const KUSTOMIZATIONS_MS = [15_000, 30_000] as const;
/** A kustomization without `wait` is ready as soon as its objects are applied. */
const UNAWAITED_MS = [1_000, 3_000] as const;
/** The service gives up on a cluster that never answers (flux.md b.5, "Offline"). */
const REQUEST_TIMEOUT_MS = 48 * 60 * 60 * 1000;
/** Wait for a reconciliation whose length is not given; the default of the service is not published. */
const WAIT_SECONDS_DEFAULT = 30 * 60;

/**
 * The Flux agents of all clusters. Each configuration is a short chain of events on the fleet's timeline: accepted →
 * source fetched → one kustomization after the other. A chain stops when a newer write has raised the generation, and
 * waits (parked on the cluster) while the cluster does not answer or has no Flux.
 */
export class Agent {
  readonly #fleet: Fleet;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** A configuration was written; `configuration.generation` is already that of the write. */
  written(cluster: Cluster, configuration: FluxConfiguration): void {
    this.#scheduleAccept(cluster, configuration, configuration.generation);
    this.#changed(cluster, configuration);
  }

  /** A configuration is to be deleted (state Deleting); it goes once the agent has cleaned up. */
  deleted(cluster: Cluster, configuration: FluxConfiguration): void {
    this.#changed(cluster, configuration);
    this.#later(cluster, configuration, configuration.generation, ACCEPT_MS, 'delete', () => {
      if (hasFluxAgents(cluster)) recordRemoved(cluster, configuration.name);
      this.removed(cluster, configuration);
    });
  }

  /** The resource is gone; whatever the agent did not prune before stays in the cluster (`forceDelete`: everything). */
  removed(cluster: Cluster, configuration: FluxConfiguration): void {
    configuration.generation++;
    finish(configuration.operation);
    recordAbandoned(cluster, configuration.name);
    cluster.configurations.delete(configuration.name.toLowerCase());
    this.#fleet.observer?.configurationRemoved(cluster, configuration.name);
  }

  /** The cluster or its agent answers again, its extension became ready, or its trouble ended: what waited goes on. */
  wake(cluster: Cluster): void {
    if (!isReachable(cluster)) return;
    const parked = [...cluster.parked.values()];
    cluster.parked.clear();
    for (const resume of parked) resume();
  }

  /**
   * The Flux controllers started anew: what is not as it should be is tried again.
   *
   * @param isNew they did not run before, so that nobody looked after the others either
   */
  restarted(cluster: Cluster, isNew: boolean): void {
    for (const configuration of cluster.configurations.values()) {
      if (isNew || configuration.status.complianceState !== 'Compliant') this.resync(cluster, configuration);
    }
  }

  /** Something outside ARM changed what a configuration leads to; Flux notices at its next retry. */
  resync(cluster: Cluster, configuration: FluxConfiguration, withinMs: readonly [number, number] = ACCEPT_MS): void {
    if (!configuration.isAccepted || configuration.provisioningState === 'Deleting') return;
    this.#later(cluster, configuration, configuration.generation, withinMs, 'resync', () => {
      // A chain that still runs for the same write is void from here on.
      configuration.generation++;
      this.#reconcile(cluster, configuration, configuration.generation);
    });
  }

  /** A branch, tag or bucket has new content: configurations that follow it fetch it within their sync interval. */
  headMoved(url: string, reference: string): void {
    for (const [cluster, configuration] of this.#followersOf(url)) {
      if (movingReference(this.#fleet, configuration.spec) !== reference) continue;
      this.resync(cluster, configuration, [0, sourceOf(configuration.spec).syncIntervalInSeconds * 1000]);
    }
  }

  /** A source asks for something else than before. */
  sourceChanged(url: string): void {
    for (const [cluster, configuration] of this.#followersOf(url)) this.resync(cluster, configuration);
  }

  #followersOf(url: string): [Cluster, FluxConfiguration][] {
    return this.#fleet.clusters.flatMap((cluster) =>
      [...cluster.configurations.values()]
        .filter(({ spec }) => sourceOf(spec).url === url)
        .map((configuration): [Cluster, FluxConfiguration] => [cluster, configuration]),
    );
  }

  #scheduleAccept(cluster: Cluster, configuration: FluxConfiguration, generation: number): void {
    this.#later(cluster, configuration, generation, ACCEPT_MS, 'accept', () => {
      if (cluster.failure === 'HangsCreating') {
        this.#park(cluster, configuration, () => {
          this.#scheduleAccept(cluster, configuration, generation);
        });
        return;
      }
      configuration.isAccepted = true;
      recordAccepted(cluster, configuration);
      if (configuration.spec.waitForReconciliation === true) this.#limitWait(cluster, configuration);
      else this.#provisioned(cluster, configuration);
      this.#reconcile(cluster, configuration, generation);
    });
  }

  #provisioned(cluster: Cluster, configuration: FluxConfiguration): void {
    configuration.provisioningState = 'Succeeded';
    configuration.errorMessage = '';
    finish(configuration.operation);
    this.#changed(cluster, configuration);
  }

  /** `waitForReconciliation`: Failed when the configuration is not reconciled in time; Flux itself goes on. */
  #limitWait(cluster: Cluster, configuration: FluxConfiguration): void {
    const { operation, spec } = configuration;
    const seconds = waitSeconds(spec.reconciliationWaitDuration ?? '') ?? WAIT_SECONDS_DEFAULT;
    this.#fleet.timeline.after(seconds * 1000, () => {
      if (configuration.operation !== operation) return;
      const message = `The configuration was not reconciled within the wait duration of ${seconds} seconds.`;
      this.#fail(cluster, configuration, 'ReconciliationTimedOut', message);
    });
  }

  #reconcile(cluster: Cluster, configuration: FluxConfiguration, generation: number): void {
    this.#later(cluster, configuration, generation, SOURCE_MS, 'source', () => {
      const { spec, status } = configuration;
      const { gitSources, seed } = this.#fleet;
      if (spec.suspend) {
        this.#report(cluster, configuration, reportSuspended(status, this.#fleet.nowIso));
      } else if (gitSources.serves(spec)) {
        this.#fetch(cluster, configuration, generation, (artifact) => {
          this.#fetched(cluster, configuration, generation, artifact);
          this.#follow(cluster, configuration, generation, artifact);
        });
      } else {
        const artifact = { revision: resolveRevision(this.#fleet, spec), contents: inventedContents(seed, spec) };
        this.#fetched(cluster, configuration, generation, artifact);
      }
    });
  }

  #fetched(cluster: Cluster, configuration: FluxConfiguration, generation: number, artifact: Artifact): void {
    const run = this.#begin(cluster, configuration, artifact);
    this.#report(cluster, configuration, reportSource(run, this.#fleet.nowIso));
    if (!endsWithSource(run)) this.#applyNext(cluster, configuration, generation, run, 0);
  }

  #begin(cluster: Cluster, configuration: FluxConfiguration, artifact: Artifact): Reconciliation {
    const { spec, name, status } = configuration;
    const isBroken = cluster.failure === 'GitOperationFailed';
    const refusal = isBroken ? sourceFailure(configuration) : this.#fleet.protectedSources.refusal(configuration);
    const context = {
      ...{ name, spec, revision: artifact.revision, contents: artifact.contents },
      controllers: controllersOf(cluster),
      sourceRefusal: refusal ?? artifact.refusal,
    };
    return beginReconciliation(context, cluster.failure, status);
  }

  /** Fetches a repository on this machine, in real time; the agent goes on with it if it is still there and nothing newer came. */
  #fetch(
    cluster: Cluster,
    configuration: FluxConfiguration,
    generation: number,
    then: (artifact: Artifact) => void,
  ): void {
    void this.#fleet.gitSources.artifact(configuration.spec).then((artifact) => {
      this.#later(cluster, configuration, generation, [0, 0], 'fetched', () => {
        then(artifact);
      });
    });
  }

  /** Looks again after each sync interval, until what is there is something else: a commit that was found never changes. */
  #follow(cluster: Cluster, configuration: FluxConfiguration, generation: number, artifact: Artifact): void {
    const { spec } = configuration;
    if (artifact.refusal === undefined && movingReference(this.#fleet, spec) === undefined) return;
    const intervalMs = sourceOf(spec).syncIntervalInSeconds * 1000;
    this.#later(cluster, configuration, generation, [intervalMs, intervalMs], 'sync', () => {
      this.#fetch(cluster, configuration, generation, (found) => {
        const isSame = found.revision === artifact.revision && found.refusal?.message === artifact.refusal?.message;
        if (isSame) this.#follow(cluster, configuration, generation, artifact);
        else this.resync(cluster, configuration, [0, 0]);
      });
    });
  }

  #applyNext(
    cluster: Cluster,
    configuration: FluxConfiguration,
    generation: number,
    run: Reconciliation,
    index: number,
  ): void {
    const name = run.order[index];
    if (name === undefined) return;
    const [low, high] = run.spec.kustomizations[name]?.wait === false ? UNAWAITED_MS : KUSTOMIZATIONS_MS;
    const share = [low / run.order.length, high / run.order.length] as const;
    this.#later(cluster, configuration, generation, share, `apply/${index}`, () => {
      const status = reportKustomization(run, index, this.#fleet.nowIso, configuration.status);
      if (hasApplied(run, name)) recordApplied(cluster, configuration, name, run.revision, appliedNames(run, name));
      this.#report(cluster, configuration, status);
      this.#applyNext(cluster, configuration, generation, run, index + 1);
    });
  }

  #report(cluster: Cluster, configuration: FluxConfiguration, status: FluxStatus): void {
    configuration.status = status;
    const isReconciled = status.complianceState === 'Compliant' || status.complianceState === 'Suspended';
    if (isReconciled && isInProgress(configuration)) this.#provisioned(cluster, configuration);
    else this.#changed(cluster, configuration);
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
      // Azure lets go of a configuration also where nobody is left to clean up after it.
      const isServed = isReachable(cluster) && (hasFluxAgents(cluster) || step === 'delete');
      if (isServed && !cluster.isAgentDead) task();
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
      if (configuration.generation !== generation || configuration.isAccepted || !isInProgress(configuration)) return;
      configuration.generation++;
      const message = 'The agents of the cluster did not fetch the configuration within 48 hours; apply it again.';
      this.#fail(cluster, configuration, 'RequestTimedOut', message);
    });
  }

  #fail(cluster: Cluster, configuration: FluxConfiguration, code: string, message: string): void {
    if (cluster.deleted || !isInProgress(configuration)) return;
    configuration.provisioningState = 'Failed';
    configuration.errorMessage = message;
    finish(configuration.operation, { code, message });
    this.#changed(cluster, configuration);
  }

  #changed(cluster: Cluster, configuration: FluxConfiguration): void {
    this.#fleet.observer?.configurationChanged(cluster, configuration);
  }
}

function isInProgress({ provisioningState }: FluxConfiguration): boolean {
  return provisioningState === 'Creating' || provisioningState === 'Updating';
}
