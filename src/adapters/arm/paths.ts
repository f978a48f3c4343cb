import { parseClusterId, type ClusterType } from '../../contracts/cluster-id.ts';

/**
 * API versions, one per resource. 2023-05-01 is the newest that `@azure/arm-kubernetesconfiguration` 6.1.0 knows and has
 * everything a Git configuration needs; those of the clusters are what `az k8s-configuration` 2.3.0 asks with.
 */
const FLUX_CONFIGURATIONS_VERSION = '2023-05-01';
const EXTENSIONS_VERSION = '2023-05-01';
const CLUSTER_VERSIONS: Readonly<Record<ClusterType, string>> = {
  connectedClusters: '2021-10-01',
  managedClusters: '2021-10-01',
  provisionedClusters: '2022-05-01-preview',
};

/** A cluster as ARM addresses it: every `…Url` is a path with its api-version. */
export interface ClusterPaths {
  readonly name: string;
  readonly clusterUrl: string;
  readonly extensionsUrl: string;
  extensionUrl(name: string): string;
  configurationUrl(name: string): string;
}

/** The paths of a cluster; undefined when the id is none or would lead elsewhere (`..`). */
export function clusterPaths(clusterId: string): ClusterPaths | undefined {
  const parts = parseClusterId(clusterId);
  if (parts === undefined || !isSegment(parts.resourceGroup) || !isSegment(parts.name)) return undefined;
  const { subscriptionId, resourceGroup, provider, type, name } = parts;
  const cluster =
    `/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}` +
    `/providers/${provider}/${type}/${encodeURIComponent(name)}`;
  const children = `${cluster}/providers/Microsoft.KubernetesConfiguration`;
  return {
    name,
    clusterUrl: `${cluster}?api-version=${CLUSTER_VERSIONS[type]}`,
    extensionsUrl: `${children}/extensions?api-version=${EXTENSIONS_VERSION}`,
    extensionUrl: (extension) => `${children}/extensions/${segment(extension)}?api-version=${EXTENSIONS_VERSION}`,
    configurationUrl: (configuration) =>
      `${children}/fluxConfigurations/${segment(configuration)}?api-version=${FLUX_CONFIGURATIONS_VERSION}`,
  };
}

/** URL parsers resolve dot segments, escaped or not. */
function isSegment(value: string): boolean {
  return !/^(?:\.|%2e){1,2}$/i.test(value) && value !== '';
}

function segment(name: string): string {
  if (!isSegment(name)) throw new Error(`'${name}' cannot be the name of a resource.`);
  return encodeURIComponent(name);
}
