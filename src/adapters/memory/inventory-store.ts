import type { Inventory } from '../../contracts/cluster.ts';
import type { InventoryStore } from '../../ports/inventory-store.ts';
import type { FrozenCopy } from './frozen-copy.ts';

/** The inventory in memory. */
export class MemoryInventoryStore implements InventoryStore {
  readonly #copy: FrozenCopy;
  #inventory: Inventory | undefined;

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  async read(): Promise<Inventory | undefined> {
    return this.#inventory;
  }

  async write(inventory: Inventory): Promise<void> {
    if (this.#inventory !== undefined && this.#inventory.takenAt > inventory.takenAt) return;
    this.#inventory = this.#copy(inventory);
  }
}
