import type { Cluster, Inventory } from '../../contracts/cluster.ts';
import type { ClusterPages, InventoryHead, InventoryStore } from '../../ports/inventory-store.ts';
import type { FrozenCopy } from './frozen-copy.ts';

/** The inventory in memory. */
export class MemoryInventoryStore implements InventoryStore {
  readonly #copy: FrozenCopy;
  #inventory: Inventory | undefined;

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  async head(): Promise<InventoryHead | undefined> {
    return this.#inventory && { takenAt: this.#inventory.takenAt, clusters: this.#inventory.clusters.length };
  }

  async read(subscriptions?: readonly string[]): Promise<Inventory | undefined> {
    if (this.#inventory === undefined || subscriptions === undefined) return this.#inventory;
    const wanted = new Set(subscriptions.map((id) => id.toLowerCase()));
    const { takenAt, clusters } = this.#inventory;
    return { takenAt, clusters: clusters.filter((cluster) => wanted.has(subscriptionKey(cluster))) };
  }

  async write(takenAt: number, pages: ClusterPages): Promise<void> {
    const clusters: Cluster[] = [];
    for await (const page of pages) clusters.push(...page);
    if (this.#inventory !== undefined && this.#inventory.takenAt > takenAt) return;
    const bySubscription = Map.groupBy(clusters, subscriptionKey);
    const sorted = [...bySubscription.keys()].sort().flatMap((key) => bySubscription.get(key) ?? []);
    this.#inventory = this.#copy({ takenAt, clusters: sorted });
  }
}

function subscriptionKey({ subscriptionId }: Cluster): string {
  return subscriptionId.toLowerCase();
}
