import type { BudgetStore } from '../../src/ports/budget-store.ts';
import type { InventoryStore } from '../../src/ports/inventory-store.ts';
import type { LeaseStore } from '../../src/ports/lease-store.ts';
import type { RolloutIndex } from '../../src/ports/rollout-index.ts';
import type { RolloutStore } from '../../src/ports/rollout-store.ts';

/** The stores under test; every suite runs on each implementation. */
export interface Stores {
  readonly rolloutStore: RolloutStore;
  readonly rolloutIndex: RolloutIndex;
  readonly leases: LeaseStore;
  readonly budgets: BudgetStore;
  readonly inventory: InventoryStore;
}

/** Gives empty stores. */
export type OpenStores = () => Promise<Stores>;
