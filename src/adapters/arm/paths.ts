import { parseClusterId } from '../../contracts/cluster-id.ts';
import { isSegment, segment } from '../arm-segment.ts';
import { CLUSTER_VERSIONS, PROVIDERS_VERSION } from './api-versions.ts';

/** What a cluster carries of `Microsoft.KubernetesConfiguration`. */
export type ChildKind = 'fluxConfigurations' | 'extensions' | 'sourceControlConfigurations';

/** A cluster as ARM addresses it: every `…Url` is a path with its api-version. */
export interface ClusterPaths {
  readonly name: string;
  readonly clusterUrl: string;
  listUrl(kind: ChildKind, apiVersion: string): string;
  childUrl(kind: ChildKind, name: string, apiVersion: string): string;
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
    listUrl: (kind, apiVersion) => `${children}/${kind}?api-version=${apiVersion}`,
    childUrl: (kind, child, apiVersion) => `${children}/${kind}/${segment(child)}?api-version=${apiVersion}`,
  };
}

/** Where ARM tells about a resource provider in a subscription. */
export function providerUrl(subscriptionId: string, namespace: string): string {
  return `/subscriptions/${segment(subscriptionId)}/providers/${segment(namespace)}?api-version=${PROVIDERS_VERSION}`;
}
