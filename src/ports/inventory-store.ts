import type { Cluster, Inventory } from '../contracts/cluster.ts';

/** What is known of the stored inventory without reading it. */
export interface InventoryHead {
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly clusters: number;
}

/** The latest inventory of the fleet. Ids of subscriptions are compared without case. May throw `Transient`. */
export interface InventoryStore {
  /** Undefined before the first one was taken. One read, however large the fleet. */
  head(): Promise<InventoryHead | undefined>;
  /**
   * The clusters of these subscriptions, or of all: by subscription, and within one in the order they were given. Nothing else is
   * read. Undefined before the first inventory was taken.
   */
  read(subscriptions?: readonly string[]): Promise<Inventory | undefined>;
  /**
   * Replaces the inventory as a whole, after the last page has come: a reader sees the former or this one, never a mix, and pages that
   * throw leave the former. One older than the stored one changes nothing. No more than a page is held as objects.
   */
  write(takenAt: number, pages: ClusterPages): Promise<void>;
}

/** Each cluster once. */
export type ClusterPages = Iterable<readonly Cluster[]> | AsyncIterable<readonly Cluster[]>;
