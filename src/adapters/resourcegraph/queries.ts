import type { ConfigurationQuery } from '../../ports/graph.ts';

const CLUSTER_TYPES = [
  'microsoft.kubernetes/connectedclusters',
  'microsoft.containerservice/managedclusters',
  'microsoft.hybridcontainerservice/provisionedclusters',
];

const CONFIGURATION_TYPE = 'microsoft.kubernetesconfiguration/fluxconfigurations';
const EXTENSION_TYPE = 'microsoft.kubernetesconfiguration/extensions';
/** Flux v1 configurations. */
export const FLUX_V1_TYPE = 'microsoft.kubernetesconfiguration/sourcecontrolconfigurations';

/**
 * The texts below keep the habits of Resource Graph in mind: ids come in any casing, so they are compared in lower case;
 * paging needs `id` in the result and a stable order; extension rows may name their properties in PascalCase
 * (learn.microsoft.com, "Sample Azure Resource Graph queries for Azure Arc-enabled Kubernetes").
 */
const IS_FLUX_EXTENSION = `type =~ '${EXTENSION_TYPE}' and tostring(coalesce(properties.extensionType, properties.ExtensionType)) =~ 'microsoft.flux'`;
const STATE = 'tostring(coalesce(properties.provisioningState, properties.ProvisioningState))';

/**
 * Every cluster once for each resource that matters on it: a Flux extension, or a Flux v1 configuration; once when there is
 * none. Rows of one cluster are next to each other, extensions first. Both kinds share one join, since a query may join
 * another table only once (learn.microsoft.com, "Understanding the Azure Resource Graph query language"), and nothing is
 * summed up, since `summarize` gives no further pages (same place).
 */
export function clustersQuery(): string {
  return `resources
| where type in~ (${list(CLUSTER_TYPES)})
| extend clusterKey = tolower(id)
| join kind=leftouter (
kubernetesconfigurationresources
| where type in~ (${list([EXTENSION_TYPE, FLUX_V1_TYPE])})
| where (${IS_FLUX_EXTENSION}) or type =~ '${FLUX_V1_TYPE}'
| parse tolower(id) with clusterKey '/providers/microsoft.kubernetesconfiguration/' *
| project clusterKey, childId = tolower(id), childType = type,
    childState = ${STATE},
    childVersion = tostring(coalesce(properties.currentVersion, properties.CurrentVersion, properties.version, properties.Version))
) on clusterKey
| project id, name, location, tags,
    kubernetesVersion = tostring(coalesce(properties.currentKubernetesVersion, properties.kubernetesVersion)),
    connectivity = tostring(properties.connectivityStatus),
    power = tostring(properties.powerState.code),
    provisioningState = tostring(properties.provisioningState),
    lastConnectivityTime = tostring(properties.lastConnectivityTime),
    distribution = tostring(properties.distribution),
    identityType = tostring(identity.type),
    childId, childType, childState, childVersion
| order by id asc, childId asc`;
}

/** The configurations of one name; `clusterKeys` narrows the answer to these clusters (ids in lower case). */
export function configurationsQuery(query: ConfigurationQuery, clusterKeys: readonly string[] | undefined): string {
  const lines = [
    'kubernetesconfigurationresources',
    `| where type =~ '${CONFIGURATION_TYPE}' and name =~ ${quote(query.name)}`,
    `| parse tolower(id) with clusterKey '/providers/${CONFIGURATION_TYPE}/' *`,
  ];
  if (clusterKeys !== undefined) lines.push(`| where clusterKey in~ (${list(clusterKeys)})`);
  lines.push(
    `| extend provisioningState = tostring(properties.provisioningState), complianceState = tostring(properties.complianceState),`,
    `    sourceSyncedCommitId = tostring(properties.sourceSyncedCommitId), statusUpdatedAt = tostring(properties.statusUpdatedAt),`,
    `    errorMessage = tostring(properties.errorMessage)`,
  );
  if (query.reportedSince !== undefined) {
    const since = new Date(query.reportedSince).toISOString();
    lines.push(`| where todatetime(statusUpdatedAt) >= datetime(${since}) or provisioningState =~ 'Failed'`);
  }
  const properties = query.withProperties === true ? ', properties' : '';
  lines.push(
    `| project id, clusterKey, provisioningState, complianceState, sourceSyncedCommitId, statusUpdatedAt, errorMessage${properties}`,
    '| order by id asc',
  );
  return lines.join('\n');
}

/**
 * The properties of a configuration that a sweep compares (REST specification 2025-04-01), each in a column of its name.
 * `statuses` stays out: it names every object that Flux deployed, which may be thousands, and is no part of what is desired. A row
 * without it has about 2 KB (two kustomizations, local cloud). A page may have 16 MiB (service limit; beyond it the service answers 400
 * ResponsePayloadTooLarge, github.com/microsoft/ARI issue 199), and we read `RESPONSE_BYTES_MAX`, so that 1,000 rows may have 16 KB
 * each.
 */
export const SWEPT_PROPERTIES = [
  'scope',
  'namespace',
  'sourceKind',
  'suspend',
  'gitRepository',
  'bucket',
  'azureBlob',
  'ociRepository',
  'kustomizations',
  'configurationProtectedSettings',
  'waitForReconciliation',
  'reconciliationWaitDuration',
  'provisioningState',
  'complianceState',
  'sourceSyncedCommitId',
  'sourceUpdatedAt',
  'statusUpdatedAt',
  'errorMessage',
] as const;

/**
 * Every configuration. `withAuthor` asks for the column `systemData`: other types show who wrote them there, but no document lists
 * the column, and that rows of this type fill it is not proven.
 */
export function allConfigurationsQuery(withAuthor: boolean): string {
  const author = withAuthor
    ? ', modifiedBy = tostring(systemData.lastModifiedBy), modifiedAt = tostring(systemData.lastModifiedAt)'
    : '';
  return `kubernetesconfigurationresources
| where type =~ '${CONFIGURATION_TYPE}'
| parse tolower(id) with clusterKey '/providers/${CONFIGURATION_TYPE}/' *
| project id, clusterKey, name${author},
    ${SWEPT_PROPERTIES.map((property) => `${property} = properties.${property}`).join(', ')}
| order by id asc`;
}

/** Whether these clusters can be reached. */
export function connectivityQuery(clusterKeys: readonly string[]): string {
  return `resources
| where type in~ (${list(CLUSTER_TYPES)})
| where tolower(id) in~ (${list(clusterKeys)})
| project id, connectivity = tostring(properties.connectivityStatus), power = tostring(properties.powerState.code)
| order by id asc`;
}

/** The Flux extensions of these clusters. */
export function extensionsQuery(clusterKeys: readonly string[], withProperties = false): string {
  const properties = withProperties ? ', properties' : '';
  return `kubernetesconfigurationresources
| where ${IS_FLUX_EXTENSION}
| parse tolower(id) with clusterKey '/providers/${EXTENSION_TYPE}/' *
| where clusterKey in~ (${list(clusterKeys)})
| project id, clusterKey,
    extensionState = ${STATE},
    errorInfo = coalesce(properties.errorInfo, properties.ErrorInfo),
    statuses = coalesce(properties.statuses, properties.Statuses)${properties}
| order by id asc`;
}

function list(values: readonly string[]): string {
  return values.map(quote).join(', ');
}

/** A KQL string literal: backslash and quote escaped, control characters as `\uXXXX`, so that no value can end it. */
function quote(value: string): string {
  const escaped = value.replace(/[\\'\p{Cc}\p{Zl}\p{Zp}]/gu, (char) =>
    char === '\\' || char === "'" ? `\\${char}` : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}
