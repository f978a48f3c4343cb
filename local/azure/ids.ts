/**
 * The three kinds of clusters that can carry Flux configurations. `pathSegment` is the casing that operation URLs and
 * Resource Graph ids use, which differs from the one clients write (flux.md b.4): ids are compared without case.
 */
export interface ClusterType {
  readonly provider: string;
  readonly segment: string;
  readonly pathSegment: string;
}

export const CONNECTED: ClusterType = {
  provider: 'Microsoft.Kubernetes',
  segment: 'connectedClusters',
  pathSegment: 'ConnectedClusters',
};
export const MANAGED: ClusterType = {
  provider: 'Microsoft.ContainerService',
  segment: 'managedClusters',
  pathSegment: 'ManagedClusters',
};
export const PROVISIONED: ClusterType = {
  provider: 'Microsoft.HybridContainerService',
  segment: 'provisionedClusters',
  pathSegment: 'ProvisionedClusters',
};
export const CLUSTER_TYPES: readonly ClusterType[] = [CONNECTED, MANAGED, PROVISIONED];

/** The provider of extensions and configurations. */
export const CONFIGURATION_PROVIDER = 'Microsoft.KubernetesConfiguration';

/** The cluster type of two path segments in any casing; undefined when no such type exists. */
export function clusterTypeOf(provider: string, segment: string): ClusterType | undefined {
  const key = `${provider}/${segment}`.toLowerCase();
  return CLUSTER_TYPES.find((type) => `${type.provider}/${type.segment}`.toLowerCase() === key);
}

/** The id of a cluster as ARM shows it. AKS writes `resourcegroups` in lower case, as in its own published examples. */
export function clusterId(subscriptionId: string, resourceGroup: string, type: ClusterType, name: string): string {
  const groups = type === MANAGED ? 'resourcegroups' : 'resourceGroups';
  return `/subscriptions/${subscriptionId}/${groups}/${resourceGroup}/providers/${type.provider}/${type.segment}/${name}`;
}

/** The form of an id that keys are made of. */
export function idKey(id: string): string {
  return id.toLowerCase();
}
