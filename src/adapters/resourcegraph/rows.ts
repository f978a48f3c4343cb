import { z } from 'zod';
import { parseClusterId } from '../../contracts/cluster-id.ts';
import type { ConfigurationStatus, Connectivity, ExtensionStatus, FoundConfiguration } from '../../ports/graph.ts';
import { shorten } from '../shorten.ts';
import { camelCased } from './camel-case.ts';
import { object, parseTime, text, toExtensionState } from './fields.ts';
import { SWEPT_PROPERTIES } from './queries.ts';
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

const sweptRow = z
  .object({ clusterKey: z.string(), name: z.string(), modifiedBy: text, modifiedAt: text })
  .catchall(z.unknown());

/** One row of `allConfigurationsQuery`; the cluster's id is in lower case. Properties that are not there are left out. */
export function toFoundConfiguration(row: unknown): FoundConfiguration | undefined {
  const { clusterKey, name, modifiedBy, modifiedAt: modified, ...columns } = sweptRow.parse(row);
  if (parseClusterId(clusterKey) === undefined) return undefined;
  const modifiedAt = parseTime(modified);
  return {
    clusterId: clusterKey,
    name,
    properties: Object.fromEntries(
      SWEPT_PROPERTIES.filter((property) => isThere(columns[property])).map((property) => [
        property,
        columns[property],
      ]),
    ),
    ...(modifiedBy !== undefined && { modifiedBy }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  };
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
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
