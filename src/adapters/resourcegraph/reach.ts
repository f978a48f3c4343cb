import type { ClusterType } from '../../contracts/cluster-id.ts';
import { isWord } from './fields.ts';

/**
 * Whether a cluster can be reached, from the words of Azure. Arc agents are connected or not (Connecting, Offline, Expired);
 * an AKS cluster runs or is stopped. An AKS or hybrid cluster that does not say counts as reachable: a write that fails shows
 * more than a wait without end.
 */
export function reach(
  type: ClusterType,
  connectivity: string | undefined,
  power: string | undefined,
): { readonly offline: boolean; readonly connectivity: string } {
  switch (type) {
    case 'connectedClusters':
      return { offline: !isWord(connectivity, 'Connected'), connectivity: connectivity ?? 'Unknown' };
    case 'managedClusters':
      return { offline: power !== undefined && !isWord(power, 'Running'), connectivity: power ?? 'Unknown' };
    case 'provisionedClusters': {
      const isAway = connectivity !== undefined && !isWord(connectivity, 'Connected');
      return { offline: isAway, connectivity: connectivity ?? 'Unknown' };
    }
  }
}
