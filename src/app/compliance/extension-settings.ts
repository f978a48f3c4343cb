import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import { GRAPH_IDS_MAX } from '../../contracts/limits.ts';
import type { ArmJson } from '../../ports/arm.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** Raw `properties` of the extensions of these clusters by cluster key: of those whose settings were rolled out. */
export async function readExtensionSettings(
  deps: Deps,
  clusters: readonly Cluster[],
): Promise<ReadonlyMap<string, ArmJson>> {
  const settings = new Map<string, ArmJson>();
  if (clusters.length === 0) return settings;
  await reserve(deps, GRAPH_POOL, Math.ceil(clusters.length / GRAPH_IDS_MAX), Number.MAX_SAFE_INTEGER);
  const ids = clusters.map(({ id }) => id);
  for await (const page of deps.graph.extensions(ids, { withProperties: true })) {
    for (const { clusterId, properties } of page) if (properties) settings.set(clusterKey(clusterId), properties);
  }
  return settings;
}
