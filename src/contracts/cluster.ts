import { z } from 'zod';
import { CLUSTER_TYPES } from './cluster-id.ts';
import { ExtensionState } from './cluster-rows.ts';

/** One cluster of the fleet as the inventory knows it. */
export const Cluster = z.object({
  /** ARM id with the casing of the inventory; compare it by `clusterKey`. */
  id: z.string(),
  name: z.string(),
  type: z.enum(CLUSTER_TYPES),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  location: z.string(),
  tags: z.record(z.string(), z.string()),
  kubernetesVersion: z.string().optional(),
  /** Arc: agent not connected. AKS: not running. Neither takes a change now. */
  offline: z.boolean(),
  /** What makes it offline, as Azure names it: `Offline`, `Expired`, `Stopped` … */
  connectivity: z.string(),
  provisioningState: z.string().optional(),
  /** Arc: when its agents were last heard of (milliseconds since the epoch). */
  lastConnectedAt: z.number().optional(),
  /** Arc: what runs there, such as `openshift` or `k3s`. */
  distribution: z.string().optional(),
  /** AKS: type of its managed identity; absent on clusters that run as a service principal, which cannot carry extensions. */
  identityType: z.string().optional(),
  /** It has Flux v1 configurations, which keep the extension from being installed. */
  fluxV1: z.boolean(),
  extension: ExtensionState,
  extensionVersion: z.string().optional(),
});
export type Cluster = z.infer<typeof Cluster>;

/** The fleet at one moment. */
export interface Inventory {
  readonly takenAt: number;
  readonly clusters: readonly Cluster[];
}
