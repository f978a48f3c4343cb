import type { Budget } from '../../core/throttle/budget.ts';
import type { BudgetStore } from '../../ports/budget-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { VersionedMap } from './versioned-map.ts';

/** Budgets in memory. */
export class MemoryBudgetStore implements BudgetStore {
  readonly #budgets: VersionedMap<string, Budget>;

  constructor(copy: FrozenCopy) {
    this.#budgets = new VersionedMap(copy);
  }

  async read(pool: string): Promise<Versioned<Budget> | undefined> {
    return this.#budgets.get(pool);
  }

  async readAll(pools: readonly string[]): Promise<ReadonlyMap<string, Budget>> {
    const found = new Map<string, Budget>();
    for (const pool of pools) {
      const stored = this.#budgets.get(pool);
      if (stored !== undefined) found.set(pool, stored.value);
    }
    return found;
  }

  async write(pool: string, budget: Budget, version: string | undefined): Promise<'written' | 'conflict'> {
    return this.#budgets.setIf(pool, budget, version) === undefined ? 'conflict' : 'written';
  }
}
