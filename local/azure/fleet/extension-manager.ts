import type { ErrorDetail } from '../http/errors.ts';
import { CONFIGURATION_PROVIDER, MANAGED } from '../ids.ts';
import type { ExtensionSpec } from '../resources/extension-schema.ts';
import type { Agent } from './agent.ts';
import { fluxExtension, isReachable, type Cluster, type Extension, type SystemData } from './cluster.ts';
import type { Fleet } from './fleet.ts';
import { finish, isRunning } from './operations.ts';
import { between } from './random.ts';

/** Versions of microsoft.flux that the simulated region offers, newest last (flux.md b.5). */
export const FLUX_VERSIONS = ['1.22.1', '1.23.0', '1.24.0', '1.24.1'] as const;
const NEWEST_VERSION = FLUX_VERSIONS[FLUX_VERSIONS.length - 1] ?? '1.24.1';

/** Durations in local milliseconds. An installation takes about 90 s in recorded traffic (flux.md b.4). */
const INSTALL_MS = [75_000, 105_000] as const;
const UPDATE_MS = [45_000, 75_000] as const;
const DELETE_MS = [30_000, 60_000] as const;
const REQUEST_TIMEOUT_MS = 48 * 60 * 60 * 1000;

/** Installs, updates and removes cluster extensions; the counterpart of `Agent` for configurations. */
export class ExtensionManager {
  readonly #fleet: Fleet;
  readonly #agent: Agent;

  constructor(fleet: Fleet, agent: Agent) {
    this.#fleet = fleet;
    this.#agent = agent;
  }

  /** Puts a new extension on the cluster, in state Creating. */
  create(cluster: Cluster, name: string, spec: ExtensionSpec, systemData: SystemData): Extension {
    const extension: Extension = {
      name,
      spec,
      protectedSettings: [],
      systemData,
      provisioningState: 'Creating',
      currentVersion: null,
      errorInfo: null,
      statuses: [],
      operation: undefined,
    };
    cluster.extensions.set(name.toLowerCase(), extension);
    return extension;
  }

  /**
   * Azure brings the Flux extension along with the first configuration, under the name `flux` (azure.md 3.5). A Failed one is
   * not repaired.
   */
  ensureFlux(cluster: Cluster, systemData: SystemData): void {
    if (fluxExtension(cluster) !== undefined) return;
    const extension = this.create(cluster, 'flux', automaticFluxSpec(), systemData);
    this.install(cluster, extension, 'Creating');
  }

  /** Starts the operation of a PUT or PATCH that was already applied to the extension. */
  install(cluster: Cluster, extension: Extension, state: 'Creating' | 'Updating'): void {
    extension.provisioningState = state;
    extension.operation = this.#fleet.operations.start(operationTarget(cluster, extension), state);
    this.#changed(cluster, extension);
    const range = extension.currentVersion === null ? INSTALL_MS : UPDATE_MS;
    this.#later(cluster, extension, range, () => {
      this.#installed(cluster, extension);
    });
  }

  /** Starts the removal of an extension. */
  uninstall(cluster: Cluster, extension: Extension): void {
    extension.provisioningState = 'Deleting';
    extension.operation = this.#fleet.operations.start(operationTarget(cluster, extension), 'Deleting');
    this.#changed(cluster, extension);
    this.#later(cluster, extension, DELETE_MS, () => {
      finish(extension.operation);
      this.removed(cluster, extension);
    });
  }

  /** The resource is gone at once (`forceDelete`). */
  removed(cluster: Cluster, extension: Extension): void {
    finish(extension.operation);
    cluster.extensions.delete(extension.name.toLowerCase());
    this.#fleet.observer?.extensionRemoved(cluster, extension.name);
  }

  #installed(cluster: Cluster, extension: Extension): void {
    const failure = installationFailure(cluster, extension);
    if (failure === undefined) {
      extension.provisioningState = 'Succeeded';
      extension.currentVersion = extension.spec.version ?? NEWEST_VERSION;
      extension.errorInfo = null;
      extension.statuses = [];
      finish(extension.operation);
    } else this.#fail(extension, failure);
    this.#changed(cluster, extension);
    if (failure === undefined) this.#agent.wake(cluster);
  }

  #fail(extension: Extension, message: string): void {
    const cause: ErrorDetail = { code: 'ExtensionOperationFailed', message };
    extension.provisioningState = 'Failed';
    extension.errorInfo = cause;
    // Recorded entries of failed extensions have no level and no time, despite the specification (flux.md e).
    extension.statuses = [{ code: 'InstallationFailed', displayStatus: null, level: null, message, time: null }];
    finish(extension.operation, {
      code: 'ExtensionCreationFailed',
      message: `The extension '${extension.name}' could not be created or updated.`,
      details: [cause],
    });
  }

  #later(cluster: Cluster, extension: Extension, [low, high]: readonly [number, number], task: () => void): void {
    const { operation } = extension;
    const key = `${cluster.name}/${extension.name}/${operation?.id ?? ''}`;
    this.#fleet.timeline.after(between(this.#fleet.seed, key, low, high), () => {
      if (cluster.deleted || extension.operation !== operation || !isRunning(operation)) return;
      if (isReachable(cluster)) {
        task();
        return;
      }
      cluster.parked.set(`extension/${extension.name.toLowerCase()}`, () => {
        this.#later(cluster, extension, [low, high], task);
      });
      this.#giveUpLater(cluster, extension);
    });
  }

  #giveUpLater(cluster: Cluster, extension: Extension): void {
    const { operation } = extension;
    this.#fleet.timeline.after(REQUEST_TIMEOUT_MS, () => {
      if (cluster.deleted || extension.operation !== operation || !isRunning(operation)) return;
      this.#fail(extension, 'The agents of the cluster did not answer within 48 hours.');
      this.#changed(cluster, extension);
    });
  }

  #changed(cluster: Cluster, extension: Extension): void {
    this.#fleet.observer?.extensionChanged(cluster, extension);
  }
}

function automaticFluxSpec(): ExtensionSpec {
  return {
    extensionType: 'microsoft.flux',
    autoUpgradeMinorVersion: true,
    releaseTrain: 'Stable',
    version: null,
    scope: { cluster: { releaseNamespace: 'flux-system' } },
    configurationSettings: {},
  };
}

/** Why an installation cannot succeed on this cluster; undefined when it can. */
function installationFailure(cluster: Cluster, extension: Extension): string | undefined {
  const { extensionType, version, releaseTrain } = extension.spec;
  if (cluster.failure === 'ExtensionFailed') {
    return 'Error: {failed to install chart from path [] for release [flux]: err [release flux failed, and has been uninstalled due to atomic being set: timed out waiting for the condition]} occurred while doing the operation : {Installing the extension} on the config';
  }
  if (extensionType !== 'microsoft.flux') return undefined;
  if (cluster.sourceControlConfigurations.size > 0) {
    return 'Flux v1 configurations exist on the cluster; remove them before microsoft.flux is installed.';
  }
  if (fluxExtension(cluster) !== extension)
    return 'Only one instance of the extension type microsoft.flux is supported.';
  if (version !== null && !FLUX_VERSIONS.some((known) => known === version)) {
    return `Failed to resolve the extension version from the given values. The release train '${releaseTrain.toLowerCase()}' does not have version '${version}'.`;
  }
  return undefined;
}

/** The path of an extension as operation URLs write it. */
function operationTarget(cluster: Cluster, extension: Extension): string {
  const { subscriptionId, resourceGroup, type, name } = cluster;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  // AKS extensions come back with `Providers/` in recorded traffic (flux.md b.4).
  const providers = type === MANAGED ? 'Providers' : 'providers';
  const parent = `${group}/providers/${type.provider}/${type.pathSegment}/${name}`;
  return `${parent}/${providers}/${CONFIGURATION_PROVIDER}/extensions/${extension.name}`;
}
