import type { ArmFault, ArmJson } from '../../ports/arm.ts';
import { changesNothing, patchedConfiguration, replacedConfiguration } from './azure-body.ts';
import {
  configurationOperation,
  type AgentBehaviour,
  type AgentReport,
  type WorldCluster,
  type WorldConfiguration,
} from './azure-cluster.ts';
import {
  clusterNotFound,
  invalid,
  resourceNotFound,
  unregistered,
  writeFault,
  type WriteAnswer,
} from './azure-faults.ts';
import type { WorldHost } from './azure-host.ts';
import { syncedRevision } from './azure-source.ts';

/** How often a configuration that waits for the extension looks for it. */
const EXTENSION_WAIT_MS = 30_000;

/** The configurations of a world's clusters, and the agents that bring them about. */
export class WorldConfigurations {
  readonly #host: WorldHost;

  constructor(host: WorldHost) {
    this.#host = host;
  }

  put(clusterId: string, name: string, sent: ArmJson): WriteAnswer {
    const cluster = this.#host.cluster(clusterId);
    if (cluster === undefined) return clusterNotFound(clusterId);
    if (!this.#host.mayCreate(cluster)) return unregistered();
    const old = cluster.configurations.get(name);
    const wanted = replacedConfiguration(old?.properties, sent);
    if (!wanted.ok) return invalid(wanted.detail);
    return writeFault(cluster) ?? this.#write(cluster, name, wanted.properties);
  }

  patch(clusterId: string, name: string, patch: ArmJson): WriteAnswer {
    const found = this.#find(clusterId, name);
    if ('kind' in found) return found;
    const { cluster, configuration } = found;
    const wanted = patchedConfiguration(configuration.properties, patch);
    if (!wanted.ok) return invalid(wanted.detail);
    if (changesNothing(configuration.properties, wanted.properties, patch)) return 'done';
    return writeFault(cluster) ?? this.#write(cluster, name, wanted.properties);
  }

  /** By force it is gone at once; otherwise once the agent has cleaned up. One that is gone is done. */
  remove(clusterId: string, name: string, force: boolean): WriteAnswer {
    const cluster = this.#host.cluster(clusterId);
    if (cluster === undefined) return clusterNotFound(clusterId);
    const configuration = cluster.configurations.get(name);
    if (configuration === undefined) return 'done';
    if (!force && configuration.provisioningState === 'Deleting') return 'accepted';
    const fault = writeFault(cluster, force);
    if (fault !== undefined) return fault;
    if (force) {
      this.#drop(cluster, name);
      return 'done';
    }
    const generation = this.#host.nextGeneration();
    const deleting = { ...configuration, generation, provisioningState: 'Deleting', modifiedAt: this.#host.now() };
    this.#host.save({ ...withConfiguration(cluster, deleting), operation: configurationOperation(name) });
    if (cluster.agent.outcome === 'stuck') return 'accepted';
    this.#host.later(cluster, cluster.agent.acceptMs, () => {
      const current = this.#host.cluster(clusterId);
      if (current?.configurations.get(name)?.generation === generation) this.#drop(current, name);
    });
    return 'accepted';
  }

  /** The agent's report changes without anybody writing: something broke, or was mended, in the cluster. */
  report(clusterId: string, name: string, compliant: boolean): void {
    const configuration = this.#host.cluster(clusterId)?.configurations.get(name);
    if (configuration === undefined) return;
    const { generation, report } = configuration;
    this.#report(clusterId, name, {
      ...{ generation, compliant },
      suspended: report?.suspended ?? false,
      commit: report?.commit,
    });
  }

  #find(
    clusterId: string,
    name: string,
  ): { readonly cluster: WorldCluster; readonly configuration: WorldConfiguration } | ArmFault {
    const cluster = this.#host.cluster(clusterId);
    if (cluster === undefined) return clusterNotFound(clusterId);
    const configuration = cluster.configurations.get(name);
    return configuration === undefined ? resourceNotFound(name) : { cluster, configuration };
  }

  #write(cluster: WorldCluster, name: string, properties: ArmJson): 'accepted' {
    const old = cluster.configurations.get(name);
    const now = this.#host.now();
    const generation = this.#host.nextGeneration();
    const written: WorldConfiguration = {
      name,
      properties,
      generation,
      bornAs: old?.bornAs ?? generation,
      createdAt: old?.createdAt ?? now,
      modifiedAt: now,
      provisioningState: old === undefined ? 'Creating' : 'Updating',
      report: old?.report,
    };
    this.#host.save({ ...withConfiguration(cluster, written), operation: configurationOperation(name) });
    if (cluster.agent.outcome !== 'stuck') {
      this.#host.later(cluster, cluster.agent.acceptMs, () => this.#provisioned(cluster.id, written));
    }
    return 'accepted';
  }

  #drop(cluster: WorldCluster, name: string): void {
    const configurations = new Map(cluster.configurations);
    configurations.delete(name);
    const operation = cluster.operation === configurationOperation(name) ? undefined : cluster.operation;
    this.#host.save({ ...cluster, configurations, operation });
  }

  #provisioned(clusterId: string, written: WorldConfiguration): void {
    const cluster = this.#host.cluster(clusterId);
    const current = cluster?.configurations.get(written.name);
    if (cluster === undefined || current?.generation !== written.generation) return;
    if (cluster.extension?.provisioningState !== 'Succeeded') {
      // Without the extension nobody takes the configuration up: it hangs until there is one (azure-docs issue 109902).
      this.#host.later(cluster, EXTENSION_WAIT_MS, () => this.#provisioned(clusterId, written));
      return;
    }
    const { outcome } = cluster.agent;
    const provisioningState = outcome === 'refuses' ? 'Failed' : 'Succeeded';
    this.#host.save({ ...withConfiguration(cluster, { ...current, provisioningState }), operation: undefined });
    if (outcome !== 'refuses' && outcome !== 'silent') this.#reconcile(cluster, current);
  }

  #reconcile(cluster: WorldCluster, { name, generation, properties, report: old }: WorldConfiguration): void {
    const { outcome, syncMs, recoverMs, repeatsOldStatus, commitFormat } = cluster.agent;
    if (repeatsOldStatus && old !== undefined) {
      this.#host.later(cluster, syncMs / 2, () => {
        if (this.#host.cluster(cluster.id)?.configurations.get(name)?.report === old) {
          this.#report(cluster.id, name, old);
        }
      });
    }
    if (properties['suspend'] === true) {
      const before = { compliant: old?.compliant ?? true, commit: old?.commit };
      this.#host.later(cluster, syncMs, () => {
        this.#report(cluster.id, name, { ...before, generation, suspended: true });
      });
      return;
    }
    const synced = { generation, suspended: false, commit: syncedRevision(properties, generation, commitFormat) };
    this.#host.later(cluster, syncMs, () => {
      this.#report(cluster.id, name, { ...synced, compliant: outcome === 'converges' });
    });
    if (outcome !== 'recovers') return;
    this.#host.later(cluster, syncMs + recoverMs, () => {
      this.#report(cluster.id, name, { ...synced, compliant: true });
    });
  }

  /** An agent reports on the generation it has synced; a newer one that was written meanwhile is not its business yet. */
  #report(
    clusterId: string,
    name: string,
    { generation, compliant, suspended, commit }: Omit<AgentReport, 'at' | 'since'>,
  ): void {
    const cluster = this.#host.cluster(clusterId);
    const configuration = cluster?.configurations.get(name);
    if (cluster === undefined || configuration === undefined) return;
    const old = configuration.report;
    if (generation < configuration.bornAs || (old !== undefined && old.generation > generation)) return;
    const same = old?.compliant === compliant && (old.generation === generation || suspended);
    const at = this.#host.now();
    const report = { generation, compliant, suspended, commit, at, since: same ? old.since : at };
    this.#host.save(withConfiguration(cluster, { ...configuration, report }));
  }
}

/** A configuration that has been there all the time, synced and Compliant. */
export function settledConfiguration(
  name: string,
  properties: ArmJson,
  agent: AgentBehaviour,
  at: number,
): WorldConfiguration {
  const commit = syncedRevision(properties, 1, agent.commitFormat);
  const suspended = properties['suspend'] === true;
  return {
    ...{ name, properties, generation: 1, bornAs: 1, createdAt: at, modifiedAt: at },
    provisioningState: 'Succeeded',
    report: { generation: 1, compliant: true, suspended, commit, at, since: at },
  };
}

function withConfiguration(cluster: WorldCluster, configuration: WorldConfiguration): WorldCluster {
  return { ...cluster, configurations: new Map(cluster.configurations).set(configuration.name, configuration) };
}
