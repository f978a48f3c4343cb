import type { ConfigurationQuery } from '../../ports/graph.ts';

const CLUSTER_TYPES = [
  'microsoft.kubernetes/connectedclusters',
  'microsoft.containerservice/managedclusters',
  'microsoft.hybridcontainerservice/provisionedclusters',
];

/**
 * The texts below keep three habits of Resource Graph in mind: ids come in any casing, so they are compared in lower case;
 * paging needs `id` in the result and a stable order; extension rows may name their properties in PascalCase
 * (learn.microsoft.com, "Sample Azure Resource Graph queries for Azure Arc-enabled Kubernetes").
 */
const EXTENSIONS = `kubernetesconfigurationresources
| where type =~ 'microsoft.kubernetesconfiguration/extensions'
| where tostring(coalesce(properties.extensionType, properties.ExtensionType)) =~ 'microsoft.flux'
| parse tolower(id) with clusterKey '/providers/microsoft.kubernetesconfiguration/extensions/' *`;

/** Every cluster with its Flux extension; a cluster with two such extensions comes as two rows next to each other. */
export function clustersQuery(): string {
  return `resources
| where type in~ (${list(CLUSTER_TYPES)})
| extend clusterKey = tolower(id)
| join kind=leftouter (
${EXTENSIONS}
| project clusterKey, extensionId = id,
    extensionState = tostring(coalesce(properties.provisioningState, properties.ProvisioningState)),
    extensionVersion = tostring(coalesce(properties.currentVersion, properties.CurrentVersion, properties.version, properties.Version))
) on clusterKey
| project id, name, location, tags,
    kubernetesVersion = tostring(coalesce(properties.currentKubernetesVersion, properties.kubernetesVersion)),
    connectivity = tostring(properties.connectivityStatus),
    power = tostring(properties.powerState.code),
    provisioningState = tostring(properties.provisioningState),
    extensionId, extensionState, extensionVersion
| order by id asc`;
}

/** The configurations of one name; `clusterKeys` narrows the answer to these clusters (ids in lower case). */
export function configurationsQuery(query: ConfigurationQuery, clusterKeys: readonly string[] | undefined): string {
  const lines = [
    'kubernetesconfigurationresources',
    `| where type =~ 'microsoft.kubernetesconfiguration/fluxconfigurations' and name =~ ${quote(query.name)}`,
    `| parse tolower(id) with clusterKey '/providers/microsoft.kubernetesconfiguration/fluxconfigurations/' *`,
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

/** Whether these clusters can be reached. */
export function connectivityQuery(clusterKeys: readonly string[]): string {
  return `resources
| where type in~ (${list(CLUSTER_TYPES)})
| where tolower(id) in~ (${list(clusterKeys)})
| project id, connectivity = tostring(properties.connectivityStatus), power = tostring(properties.powerState.code)
| order by id asc`;
}

/** The Flux extensions of these clusters. */
export function extensionsQuery(clusterKeys: readonly string[]): string {
  return `${EXTENSIONS}
| where clusterKey in~ (${list(clusterKeys)})
| project id, clusterKey,
    extensionState = tostring(coalesce(properties.provisioningState, properties.ProvisioningState)),
    errorInfo = coalesce(properties.errorInfo, properties.ErrorInfo),
    statuses = coalesce(properties.statuses, properties.Statuses)
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
