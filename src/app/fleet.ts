import { clusterKey } from '../contracts/cluster-id.ts';
import type { Cluster, Inventory } from '../contracts/cluster.ts';
import { INVENTORY_AGE_SECONDS_MAX } from '../contracts/timing.ts';
import { GRAPH_POOL, reserve } from './budgets.ts';
import type { Deps } from './deps.ts';

/** The fleet as last seen; taken anew when that is too old to plan on. */
export async function currentFleet(deps: Deps): Promise<Inventory> {
  const stored = await deps.inventory.read();
  const oldest = deps.clock.now() - INVENTORY_AGE_SECONDS_MAX * 1000;
  return stored !== undefined && stored.takenAt >= oldest ? stored : refreshInventory(deps);
}

/** Reads the whole fleet from Resource Graph and stores it. A reading that fails half-way stores nothing. */
export async function refreshInventory(deps: Deps): Promise<Inventory> {
  const takenAt = deps.clock.now();
  await reserve(deps, GRAPH_POOL, 1, Number.MAX_SAFE_INTEGER);
  const clusters = new Map<string, Cluster>();
  for await (const page of deps.graph.clusters(deps.subscriptions)) {
    for (const cluster of page) clusters.set(clusterKey(cluster.id), cluster);
    await reserve(deps, GRAPH_POOL, 1, Number.MAX_SAFE_INTEGER);
  }
  const inventory = { takenAt, clusters: [...clusters.values()] };
  await deps.inventory.write(inventory);
  deps.log.info('inventory refreshed', { clusters: inventory.clusters.length });
  return inventory;
}
