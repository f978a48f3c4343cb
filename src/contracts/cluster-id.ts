import { z } from 'zod';

/** Cluster resource types, as they stand in an ARM id. */
export const CLUSTER_TYPES = ['connectedClusters', 'managedClusters', 'provisionedClusters'] as const;
export type ClusterType = (typeof CLUSTER_TYPES)[number];

/** Resource provider of each cluster type (ARM ids; `az k8s-configuration` maps them the same way). */
export const CLUSTER_PROVIDERS: Readonly<Record<ClusterType, string>> = {
  connectedClusters: 'Microsoft.Kubernetes',
  managedClusters: 'Microsoft.ContainerService',
  provisionedClusters: 'Microsoft.HybridContainerService',
};

/** The parts of a cluster's ARM id. */
export interface ClusterIdParts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly provider: string;
  readonly type: ClusterType;
  readonly name: string;
}

const PATTERN =
  /^\/subscriptions\/(?<sub>[0-9a-f-]{36})\/resourcegroups\/(?<rg>[^/]{1,90})\/providers\/(?<rp>microsoft\.\w+)\/(?<type>\w+)\/(?<name>[^/]{1,260})$/i;

/** Splits a cluster's ARM id; undefined when it is none. Casing is as given except for provider and type. */
export function parseClusterId(id: string): ClusterIdParts | undefined {
  const groups = PATTERN.exec(id)?.groups;
  if (groups === undefined) return undefined;
  const type = CLUSTER_TYPES.find((known) => known.toLowerCase() === groups.type?.toLowerCase());
  if (type === undefined || CLUSTER_PROVIDERS[type].toLowerCase() !== groups.rp?.toLowerCase()) return undefined;
  return {
    subscriptionId: (groups.sub ?? '').toLowerCase(),
    resourceGroup: groups.rg ?? '',
    provider: CLUSTER_PROVIDERS[type],
    type,
    name: groups.name ?? '',
  };
}

/** The form in which ids are compared: ARM itself compares them without case. */
export function clusterKey(id: string): string {
  return id.toLowerCase();
}

/** A cluster's ARM id. */
export const ClusterId = z
  .string()
  .max(500)
  .refine((id) => parseClusterId(id) !== undefined, {
    message:
      'is not the ARM id of a connectedCluster, managedCluster or provisionedCluster; copy it from `az resource show --query id`',
  });
