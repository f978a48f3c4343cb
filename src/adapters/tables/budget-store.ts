import { z } from 'zod';
import type { Budget } from '../../core/throttle/budget.ts';
import type { BudgetStore } from '../../ports/budget-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { keyPart } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';

const StoredBudget = z.object({
  fullAt: z.number(),
  throttled: z.number().optional(),
}) satisfies z.ZodType<Budget>;
const ROW_KEY = 'budget';

/** Budgets, one partition with one row per pool. */
export class TableBudgetStore implements BudgetStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(pool: string): Promise<Versioned<Budget> | undefined> {
    const row = await this.#table.get(keyPart(pool), ROW_KEY);
    return row && { value: fromRow(StoredBudget, row), version: row.version };
  }

  /** The table holds nothing else: two rows for each subscription. */
  async readAll(pools: readonly string[]): Promise<ReadonlyMap<string, Budget>> {
    if (pools.length === 0) return new Map();
    const poolOf = new Map(pools.map((pool) => [keyPart(pool), pool]));
    const found = new Map<string, Budget>();
    for await (const row of this.#table.everywhere(ROW_KEY)) {
      const pool = poolOf.get(row.partitionKey);
      if (pool !== undefined) found.set(pool, fromRow(StoredBudget, row));
    }
    return found;
  }

  async write(pool: string, budget: Budget, version: string | undefined): Promise<'written' | 'conflict'> {
    const written = await this.#table.writeVersion(keyPart(pool), ROW_KEY, toColumns(budget), version);
    return written === undefined ? 'conflict' : 'written';
  }
}
