import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { FoundConfiguration } from '../../ports/graph.ts';

/** Clusters that are swept together. Ours: with two configurations each they are a page of Resource Graph. */
const GROUP_CLUSTERS = 500;

/** One cluster of the fleet with every configuration that Resource Graph shows on it. */
export interface SweptCluster {
  readonly cluster: Cluster;
  readonly configurations: readonly FoundConfiguration[];
}

/**
 * Every cluster once, with all of its configurations, which stand together and perhaps on two pages. Those that no page names come last.
 * What a page tells of other clusters is left out; so is what comes again, as when pages shift while they are read.
 */
export async function* clusterGroups(
  pages: AsyncIterable<readonly FoundConfiguration[]>,
  clusters: readonly Cluster[],
): AsyncGenerator<readonly SweptCluster[]> {
  const left = new Map(clusters.map((cluster) => [clusterKey(cluster.id), cluster]));
  let group: SweptCluster[] = [];
  let open: { readonly key: string; readonly configurations: FoundConfiguration[] } | undefined;
  for await (const page of pages) {
    for (const found of page) {
      const key = clusterKey(found.clusterId);
      if (key === open?.key) {
        if (!open.configurations.some(({ name }) => name === found.name)) open.configurations.push(found);
        continue;
      }
      const cluster = left.get(key);
      if (cluster === undefined) continue;
      left.delete(key);
      if (group.length === GROUP_CLUSTERS) {
        yield group;
        group = [];
      }
      open = { key, configurations: [found] };
      group.push({ cluster, configurations: open.configurations });
    }
  }
  if (group.length > 0) yield group;
  const rest = [...left.values()];
  for (let from = 0; from < rest.length; from += GROUP_CLUSTERS) {
    yield rest.slice(from, from + GROUP_CLUSTERS).map((cluster) => ({ cluster, configurations: [] }));
  }
}
