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
  extension: ExtensionState,
  extensionVersion: z.string().optional(),
});
export type Cluster = z.infer<typeof Cluster>;

/** The fleet at one moment. */
export interface Inventory {
  readonly takenAt: number;
  readonly clusters: readonly Cluster[];
}
