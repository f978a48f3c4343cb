import { z } from 'zod';
import { parseClusterId } from '../../contracts/cluster-id.ts';
import type { ConfigurationStatus, Connectivity, ExtensionStatus } from '../../ports/graph.ts';
import { shorten } from '../shorten.ts';
import { camelCased } from './camel-case.ts';
import { object, parseTime, text, toExtensionState } from './fields.ts';
import { reach } from './reach.ts';

const connectivityRow = z.object({ id: z.string(), connectivity: text, power: text });

/** One row of `connectivityQuery`. */
export function toConnectivity(row: unknown): Connectivity | undefined {
  const { id, connectivity, power } = connectivityRow.parse(row);
  const type = parseClusterId(id)?.type;
  return type && { clusterId: id, ...reach(type, connectivity, power) };
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
  properties: object.nullish().catch(undefined),
});

/** One row of `extensionsQuery`; the cluster's id is in lower case. */
export function toExtension(row: unknown): ExtensionStatus | undefined {
  const { clusterKey, extensionState, errorInfo, statuses, properties } = extensionRow.parse(row);
  if (parseClusterId(clusterKey) === undefined) return undefined;
  const state = toExtensionState(extensionState);
  const reported = errorInfo ?? statuses?.find((message) => message !== undefined) ?? '';
  return {
    clusterId: clusterKey,
    state,
    detail: state === 'Succeeded' ? '' : shorten(reported),
    ...(properties ? { properties: camelCased(properties) } : {}),
  };
}
