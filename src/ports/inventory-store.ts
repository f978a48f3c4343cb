import type { Inventory } from '../contracts/cluster.ts';

/** The latest inventory of the fleet. May throw `Transient`. */
export interface InventoryStore {
  /** Undefined before the first one was taken. */
  read(): Promise<Inventory | undefined>;
  /** Replaces the inventory as a whole: a reader sees the former or this one, never a mix. One older than the stored one changes nothing. */
  write(inventory: Inventory): Promise<void>;
}
