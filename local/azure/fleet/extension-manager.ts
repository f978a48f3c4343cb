import type { ErrorDetail } from '../http/errors.ts';
import { CONFIGURATION_PROVIDER, MANAGED } from '../ids.ts';
import type { ExtensionSpec } from '../resources/extension-schema.ts';
import type { Agent } from './agent.ts';
import { installationFailure } from './extension-failures.ts';
import { NEWEST_VERSION } from './extension-versions.ts';
import { fluxExtension, isReachable, type Cluster, type Extension, type SystemData } from './cluster.ts';
import type { Fleet } from './fleet.ts';
import { finish, isRunning } from './operations.ts';
import { between } from './random.ts';

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
    if (cluster.failure === 'ExtensionStuck') cluster.failure = undefined;
    this.#fleet.observer?.extensionRemoved(cluster, extension.name);
  }

  #installed(cluster: Cluster, extension: Extension): void {
    const failure = installationFailure(this.#fleet, cluster, extension);
    if (failure !== undefined) {
      this.#fail(extension, failure);
      this.#changed(cluster, extension);
      return;
    }
    const isNew = extension.currentVersion === null;
    extension.provisioningState = 'Succeeded';
    extension.currentVersion = versionAfter(extension);
    extension.errorInfo = null;
    extension.statuses = [];
    finish(extension.operation);
    this.#changed(cluster, extension);
    this.#agent.wake(cluster);
    this.#agent.restarted(cluster, isNew);
  }

  #fail(extension: Extension, cause: ErrorDetail): void {
    const { message } = cause;
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
      const message = 'The agents of the cluster did not answer within 48 hours.';
      this.#fail(extension, { code: 'ExtensionOperationFailed', message });
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

/** A pinned version, the newest with automatic upgrades, or the one that runs. */
function versionAfter({ spec, currentVersion }: Extension): string {
  if (spec.version !== null) return spec.version;
  return spec.autoUpgradeMinorVersion === false ? (currentVersion ?? NEWEST_VERSION) : NEWEST_VERSION;
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
