import type { ArmJson } from '../../ports/arm.ts';
import { changesNothing, patchedExtension, replacedExtension, type Wanted } from './azure-body.ts';
import { EXTENSION_OPERATION, type WorldCluster, type WorldExtension } from './azure-cluster.ts';
import {
  clusterNotFound,
  invalid,
  resourceNotFound,
  unregistered,
  writeFault,
  type WriteAnswer,
} from './azure-faults.ts';
import type { WorldHost } from './azure-host.ts';

/** What the service installs when nobody asks for a version: the newest of 08/2026 (release notes). */
const NEWEST_VERSION = '1.24.1';

/** The `microsoft.flux` extensions of a world's clusters: one each, under any name. */
export class WorldExtensions {
  readonly #host: WorldHost;

  constructor(host: WorldHost) {
    this.#host = host;
  }

  put(clusterId: string, name: string, sent: ArmJson): WriteAnswer {
    const cluster = this.#host.cluster(clusterId);
    if (cluster === undefined) return clusterNotFound(clusterId);
    if (!this.#host.mayCreate(cluster)) return unregistered();
    if (cluster.extension !== undefined && cluster.extension.name !== name) {
      return invalid('Only one instance of the extension type microsoft.flux is supported.');
    }
    return this.#write(cluster, name, replacedExtension(sent));
  }

  patch(clusterId: string, name: string, patch: ArmJson): WriteAnswer {
    const cluster = this.#host.cluster(clusterId);
    if (cluster === undefined) return clusterNotFound(clusterId);
    const { extension } = cluster;
    if (extension?.name !== name) return resourceNotFound(name);
    const wanted = patchedExtension(extension.properties, patch);
    if (wanted.ok && changesNothing(extension.properties, wanted.properties, patch)) return 'done';
    return this.#write(cluster, name, wanted);
  }

  /** By force it is gone at once. Its configurations stay, and nobody brings them about any more. One that is gone is done. */
  remove(clusterId: string, name: string, force: boolean): WriteAnswer {
    const cluster = this.#host.cluster(clusterId);
    if (cluster === undefined) return clusterNotFound(clusterId);
    const { extension } = cluster;
    if (extension?.name !== name) return 'done';
    if (!force && extension.provisioningState === 'Deleting') return 'accepted';
    const fault = writeFault(cluster, force);
    if (fault !== undefined) return fault;
    if (force) {
      this.#drop(cluster);
      return 'done';
    }
    const deleting = { ...extension, generation: this.#host.nextGeneration(), provisioningState: 'Deleting' };
    this.#begin(cluster, deleting, cluster.agent.acceptMs, (current) => {
      this.#drop(current);
    });
    return 'accepted';
  }

  #write(cluster: WorldCluster, name: string, wanted: Wanted): WriteAnswer {
    if (!wanted.ok) return invalid(wanted.detail);
    const fault = writeFault(cluster);
    if (fault !== undefined) return fault;
    const { properties } = wanted;
    const old = cluster.extension;
    const now = this.#host.now();
    const written: WorldExtension = {
      ...{ name, properties, generation: this.#host.nextGeneration() },
      createdAt: old?.createdAt ?? now,
      modifiedAt: now,
      provisioningState: old === undefined ? 'Creating' : 'Updating',
      failure: undefined,
      currentVersion: old?.currentVersion,
    };
    this.#begin(cluster, written, cluster.agent.installMs, (current) => {
      const failure = installationFailure(current, cluster.agent.install);
      const ended = failure === undefined ? installed(written) : { ...written, provisioningState: 'Failed', failure };
      this.#host.save({ ...current, extension: ended, operation: undefined });
    });
    return 'accepted';
  }

  /** Begins the operation of a write; `end` is not called when it is stuck, or when a forced deletion came first. */
  #begin(
    cluster: WorldCluster,
    extension: WorldExtension,
    afterMs: number,
    end: (current: WorldCluster) => void,
  ): void {
    this.#host.save({ ...cluster, extension, operation: EXTENSION_OPERATION });
    if (cluster.agent.install === 'stuck') return;
    this.#host.later(cluster, afterMs, () => {
      const current = this.#host.cluster(cluster.id);
      if (current?.extension?.generation === extension.generation) end(current);
    });
  }

  #drop(cluster: WorldCluster): void {
    const operation = cluster.operation === EXTENSION_OPERATION ? undefined : cluster.operation;
    this.#host.save({ ...cluster, extension: undefined, operation });
  }
}

/** How the extension of a cluster is to be when the world begins; what is left out is as after a plain installation. */
export interface ExtensionSeed {
  readonly name?: string;
  readonly provisioningState?: string;
  readonly currentVersion?: string;
  readonly properties?: ArmJson;
}

export function settledExtension(seed: ExtensionSeed, at: number): WorldExtension {
  const { name = 'flux', provisioningState = 'Succeeded', currentVersion = NEWEST_VERSION } = seed;
  const wanted = replacedExtension(seed.properties ?? {});
  if (!wanted.ok) throw new Error(`not an extension: ${wanted.detail}`);
  const failure = provisioningState === 'Failed' ? INSTALL_FAILURE : undefined;
  const { properties } = wanted;
  return {
    ...{ name, properties, provisioningState, currentVersion, failure },
    generation: 1,
    createdAt: at,
    modifiedAt: at,
  };
}

/** Recorded Helm failure. */
const INSTALL_FAILURE = 'release flux failed: timed out waiting for the condition';

function installationFailure({ fluxV1 }: WorldCluster, install: 'succeeds' | 'fails' | 'stuck'): string | undefined {
  if (fluxV1.size > 0)
    return 'Flux v1 configurations exist on the cluster; remove them before microsoft.flux is installed.';
  return install === 'succeeds' ? undefined : INSTALL_FAILURE;
}

function installed(extension: WorldExtension): WorldExtension {
  const { version } = extension.properties;
  const currentVersion = typeof version === 'string' ? version : NEWEST_VERSION;
  return { ...extension, provisioningState: 'Succeeded', currentVersion };
}
