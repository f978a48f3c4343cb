import { clusterKey } from '../../contracts/cluster-id.ts';
import type { ExtensionState } from '../../contracts/cluster-rows.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import { GRAPH_PAGE_ROWS_MAX } from '../../contracts/limits.ts';
import type {
  ConfigurationQuery,
  ConfigurationStatus,
  Connectivity,
  ExtensionStatus,
  FoundConfiguration,
  Graph,
} from '../../ports/graph.ts';
import { complianceState, configurationJson, extensionJson } from './arm-json.ts';
import { child, text, type WorldCluster, type WorldConfiguration } from './azure-cluster.ts';
import type { AzureWorld } from './azure-world.ts';

/** Resource Graph over a simulated fleet. Each cluster is shown as it was `lagMs(clusterId)` ago. */
export class MemoryGraph implements Graph {
  readonly #world: AzureWorld;
  readonly #lagMs: (clusterId: string) => number;

  constructor(world: AzureWorld, lagMs: (clusterId: string) => number = () => 0) {
    this.#world = world;
    this.#lagMs = lagMs;
  }

  async *clusters(subscriptions: readonly string[]): AsyncGenerator<readonly Cluster[]> {
    const wanted = new Set(subscriptions.map((id) => id.toLowerCase()));
    yield* pages(
      this.#fleet()
        .filter(({ subscriptionId }) => wanted.has(subscriptionId))
        .map((cluster) => toCluster(cluster, this.#world.now() - this.#lagMs(cluster.id))),
    );
  }

  async *configurations(query: ConfigurationQuery): AsyncGenerator<readonly ConfigurationStatus[]> {
    const subscriptions = new Set(query.subscriptions.map((id) => id.toLowerCase()));
    const ids = query.clusterIds && new Set(query.clusterIds.map(clusterKey));
    const rows = this.#fleet()
      .filter(({ subscriptionId, id }) => subscriptions.has(subscriptionId) && (ids?.has(clusterKey(id)) ?? true))
      .flatMap((cluster) => {
        const configuration = cluster.configurations.get(query.name);
        return configuration === undefined ? [] : [toStatus(cluster, configuration, query.withProperties ?? false)];
      });
    yield* pages(rows.filter((row) => isWanted(row, query)));
  }

  async *allConfigurations(subscriptions: readonly string[]): AsyncGenerator<readonly FoundConfiguration[]> {
    const wanted = new Set(subscriptions.map((id) => id.toLowerCase()));
    const rows = this.#fleet()
      .filter(({ subscriptionId }) => wanted.has(subscriptionId))
      .flatMap((cluster) => [...cluster.configurations.values()].map((each) => toFound(cluster, each)));
    yield* pages(rows);
  }

  async *connectivity(clusterIds: readonly string[]): AsyncGenerator<readonly Connectivity[]> {
    const rows = this.#among(clusterIds).map((cluster) => ({
      clusterId: cluster.id,
      offline: !cluster.connected,
      connectivity: connectivity(cluster),
    }));
    yield* pages(rows);
  }

  async *extensions(
    clusterIds: readonly string[],
    { withProperties = false } = {},
  ): AsyncGenerator<readonly ExtensionStatus[]> {
    const rows = this.#among(clusterIds).flatMap((cluster): ExtensionStatus[] => {
      const { id, extension } = cluster;
      if (extension === undefined) return [];
      const properties = withProperties ? { properties: child(extensionJson(cluster, extension), 'properties') } : {};
      return [{ clusterId: id, state: extensionState(cluster), detail: extension.failure ?? '', ...properties }];
    });
    yield* pages(rows);
  }

  #fleet(): WorldCluster[] {
    return this.#world.fleet(this.#lagMs);
  }

  #among(clusterIds: readonly string[]): WorldCluster[] {
    const wanted = new Set(clusterIds.map(clusterKey));
    return this.#fleet().filter(({ id }) => wanted.has(clusterKey(id)));
  }
}

function* pages<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let first = 0; first === 0 || first < rows.length; first += GRAPH_PAGE_ROWS_MAX) {
    yield rows.slice(first, first + GRAPH_PAGE_ROWS_MAX);
  }
}

/** The cluster as it was at a time. */
function toCluster(cluster: WorldCluster, at: number): Cluster {
  const { id, name, type, subscriptionId, resourceGroup, location, tags, provisioningState } = cluster;
  const { distribution, identityType } = cluster;
  const extensionVersion = cluster.extension?.currentVersion;
  return {
    ...{ id, name, type, subscriptionId, resourceGroup, location, tags: { ...tags }, provisioningState },
    offline: !cluster.connected,
    connectivity: connectivity(cluster),
    ...(type === 'connectedClusters' ? { lastConnectedAt: cluster.lostAt ?? at } : {}),
    ...(distribution === undefined ? {} : { distribution }),
    ...(identityType === undefined ? {} : { identityType }),
    fluxV1: cluster.fluxV1.size > 0,
    extension: extensionState(cluster),
    ...(extensionVersion === undefined ? {} : { extensionVersion }),
  };
}

/** Azure's words: Arc agents are connected or not, AKS clusters run or are stopped. */
function connectivity({ type, connected }: WorldCluster): string {
  if (type === 'managedClusters') return connected ? 'Running' : 'Stopped';
  return connected ? 'Connected' : 'Offline';
}

function extensionState({ extension }: WorldCluster): ExtensionState {
  switch (extension?.provisioningState) {
    case undefined:
      return 'Missing';
    case 'Succeeded':
      return 'Succeeded';
    case 'Failed':
      return 'Failed';
    default:
      return 'Busy';
  }
}

function toStatus(
  cluster: WorldCluster,
  configuration: WorldConfiguration,
  withProperties: boolean,
): ConfigurationStatus {
  const { report } = configuration;
  return {
    clusterId: cluster.id,
    provisioningState: configuration.provisioningState,
    complianceState: complianceState(configuration),
    sourceSyncedCommitId: report?.commit,
    statusUpdatedAt: report?.at,
    errorMessage: report?.compliant === false ? 'kustomize build failed' : undefined,
    ...(withProperties ? { properties: child(configurationJson(cluster, configuration), 'properties') } : {}),
  };
}

/** Without the list of deployed objects, as a sweep asks for it; absent instead of null. */
function toFound(cluster: WorldCluster, configuration: WorldConfiguration): FoundConfiguration {
  const json = configurationJson(cluster, configuration, 'list');
  const { statuses: _statuses, repositoryPublicKey: _key, ...properties } = child(json, 'properties');
  const systemData = child(json, 'systemData');
  const modifiedBy = text(systemData, 'lastModifiedBy');
  const modifiedAt = Date.parse(text(systemData, 'lastModifiedAt') ?? '');
  return {
    clusterId: cluster.id,
    name: configuration.name,
    properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null)),
    ...(modifiedBy !== undefined && { modifiedBy }),
    ...(Number.isFinite(modifiedAt) && { modifiedAt }),
  };
}

function isWanted(row: ConfigurationStatus, { reportedSince }: ConfigurationQuery): boolean {
  return (
    reportedSince === undefined || row.provisioningState === 'Failed' || (row.statusUpdatedAt ?? 0) >= reportedSince
  );
}
