import { z } from 'zod';
import { parseClusterId, type ClusterType } from '../../contracts/cluster-id.ts';
import type { ExtensionState } from '../../contracts/cluster-rows.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { ConfigurationStatus, Connectivity } from '../../ports/graph.ts';
import { shorten } from '../shorten.ts';

/** Resource Graph shows what is missing as null or, behind `tostring`, as the empty text. */
const text = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((value) => (value === null || value === '' ? undefined : value));
const object = z.record(z.string(), z.unknown());

const clusterRow = z.object({
  id: z.string(),
  name: z.string(),
  location: text,
  tags: object.nullish().catch(undefined),
  kubernetesVersion: text,
  connectivity: text,
  power: text,
  provisioningState: text,
  extensionId: text,
  extensionState: text,
  extensionVersion: text,
});

/** One row of `clustersQuery`; undefined when it is no cluster that can carry Flux. */
export function toCluster(row: unknown): Cluster | undefined {
  const { id, name, tags, kubernetesVersion, provisioningState, extensionVersion, ...rest } = clusterRow.parse(row);
  const parts = parseClusterId(id);
  if (parts === undefined) return undefined;
  const { type, subscriptionId, resourceGroup } = parts;
  return {
    ...{ id, name, type, subscriptionId, resourceGroup },
    location: rest.location ?? '',
    tags: Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, tagText(value)])),
    ...reach(type, rest.connectivity, rest.power),
    extension: rest.extensionId === undefined ? 'Missing' : toExtensionState(rest.extensionState),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(provisioningState === undefined ? {} : { provisioningState }),
    ...(extensionVersion === undefined ? {} : { extensionVersion }),
  };
}

const connectivityRow = z.object({ id: z.string(), connectivity: text, power: text });

/** One row of `connectivityQuery`. */
export function toConnectivity(row: unknown): Connectivity | undefined {
  const { id, connectivity, power } = connectivityRow.parse(row);
  const type = parseClusterId(id)?.type;
  return type && { clusterId: id, ...reach(type, connectivity, power) };
}

/**
 * Arc agents are connected or not (Connecting, Offline, Expired); an AKS cluster runs or is stopped. An AKS or hybrid
 * cluster that does not say counts as reachable: a write that fails shows more than a wait without end.
 */
function reach(
  type: ClusterType,
  connectivity: string | undefined,
  power: string | undefined,
): { readonly offline: boolean; readonly connectivity: string } {
  switch (type) {
    case 'connectedClusters':
      return { offline: !isWord(connectivity, 'Connected'), connectivity: connectivity ?? 'Unknown' };
    case 'managedClusters':
      return { offline: power !== undefined && !isWord(power, 'Running'), connectivity: power ?? 'Unknown' };
    case 'provisionedClusters': {
      const isAway = connectivity !== undefined && !isWord(connectivity, 'Connected');
      return { offline: isAway, connectivity: connectivity ?? 'Unknown' };
    }
  }
}

const configurationRow = z.object({
  clusterKey: z.string(),
  provisioningState: text,
  complianceState: text,
  sourceSyncedCommitId: text,
  statusUpdatedAt: text,
  errorMessage: text,
  properties: object.nullish().catch(undefined),
});

/** One row of `configurationsQuery`; the cluster's id is in lower case. */
export function toConfigurationStatus(row: unknown): ConfigurationStatus | undefined {
  const { clusterKey, statusUpdatedAt, properties, ...rest } = configurationRow.parse(row);
  if (parseClusterId(clusterKey) === undefined) return undefined;
  return {
    clusterId: clusterKey,
    provisioningState: rest.provisioningState,
    complianceState: rest.complianceState,
    sourceSyncedCommitId: rest.sourceSyncedCommitId,
    statusUpdatedAt: parseTime(statusUpdatedAt),
    errorMessage: rest.errorMessage,
    ...(properties ? { properties } : {}),
  };
}

const problem = z
  .object({ message: text, Message: text })
  .nullish()
  .catch(undefined)
  .transform((value) => value?.message ?? value?.Message);
const extensionRow = z.object({
  clusterKey: z.string(),
  extensionState: text,
  errorInfo: problem,
  statuses: z.array(problem).nullish().catch(undefined),
});

/** One row of `extensionsQuery`: `detail` is what the service says is wrong, empty when nothing is. */
export function toExtension(
  row: unknown,
): { readonly clusterId: string; readonly state: ExtensionState; readonly detail: string } | undefined {
  const { clusterKey, extensionState, errorInfo, statuses } = extensionRow.parse(row);
  if (parseClusterId(clusterKey) === undefined) return undefined;
  const state = toExtensionState(extensionState);
  const reported = errorInfo ?? statuses?.find((message) => message !== undefined) ?? '';
  return { clusterId: clusterKey, state, detail: state === 'Succeeded' ? '' : shorten(reported) };
}

function toExtensionState(provisioningState: string | undefined): ExtensionState {
  switch (provisioningState?.toLowerCase()) {
    case 'succeeded':
      return 'Succeeded';
    case 'failed':
    case 'canceled':
      return 'Failed';
    case 'accepted':
    case 'pending':
    case 'creating':
    case 'updating':
    case 'deleting':
      return 'Busy';
    default:
      return 'Unknown';
  }
}

/** Milliseconds since the epoch; a time without zone is UTC, as everything in Azure. */
function parseTime(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const at = Date.parse(/[zZ]$|[+-]\d{2}:?\d{2}$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function isWord(value: string | undefined, word: string): boolean {
  return value?.toLowerCase() === word.toLowerCase();
}

function tagText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
