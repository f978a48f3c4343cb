import type { Budget } from '../core/throttle/budget.ts';
import type { Versioned } from './versioned.ts';

/** Reservation state of one quota, such as the writes of one subscription (law 5). May throw `Transient`. */
export interface BudgetStore {
  read(pool: string): Promise<Versioned<Budget> | undefined>;
  /** The stored budgets of these pools, by pool: one query for all of them. */
  readAll(pools: readonly string[]): Promise<ReadonlyMap<string, Budget>>;
  /** Inserts when `version` is undefined, else replaces that version. */
  write(pool: string, budget: Budget, version: string | undefined): Promise<'written' | 'conflict'>;
}
