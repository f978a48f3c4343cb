import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';

/**
 * Orders the clusters of a stage so that every stretch of it draws on all subscriptions in proportion to their size: write
 * quotas are per subscription, so this is the order in which none of them idles. Deterministic.
 */
export function interleave(clusters: readonly Cluster[]): Cluster[] {
  const bySubscription = Map.groupBy(clusters, ({ subscriptionId }) => subscriptionId.toLowerCase());
  return [...bySubscription.values()]
    .flatMap((group) =>
      group
        .map((cluster) => ({ cluster, key: clusterKey(cluster.id) }))
        .sort((a, b) => compare(a.key, b.key))
        .map(({ cluster, key }, index) => ({ cluster, key, position: (index + 0.5) / group.length })),
    )
    .sort((a, b) => a.position - b.position || compare(a.key, b.key))
    .map(({ cluster }) => cluster);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
