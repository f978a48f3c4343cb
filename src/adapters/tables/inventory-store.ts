import { z } from 'zod';
import { Cluster, type Inventory } from '../../contracts/cluster.ts';
import { Transient } from '../../contracts/errors.ts';
import type { InventoryStore } from '../../ports/inventory-store.ts';
import { blobRows, compress, fromBlobRows } from './blob.ts';
import { sha256, under } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';

const PARTITION = 'inventory';
const HEAD = 'head';
/** Tries against other writers, or against a writer that cleans up while we read. Ours. */
const TRIES_MAX = 5;
/** Generations this much older than the stored one are removed: no reader and no writer is still at them. Ours. */
const GENERATION_KEPT_MS = 15 * 60 * 1000;

/** Points to the rows that hold the inventory; replacing it replaces the inventory as a whole. */
const Head = z.object({ takenAt: z.number(), generation: z.string(), rows: z.number().int() });
type Head = z.infer<typeof Head>;

/**
 * The inventory, compressed over as many rows as it needs, under a generation that names its age and its content: writers
 * never touch each other's rows, and the head row says which generation counts.
 */
export class TableInventoryStore implements InventoryStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(): Promise<Inventory | undefined> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const head = await this.#table.get(PARTITION, HEAD);
      if (head === undefined) return undefined;
      const { takenAt, generation, rows } = fromRow(Head, head);
      const [first, ...others] = await this.#table.all(PARTITION, under(generation));
      // Fewer rows than written: a writer moved the head on meanwhile and removed this generation.
      if (first === undefined || others.length + 1 < rows) continue;
      return { takenAt, clusters: fromBlobRows(z.array(Cluster), [first, ...others]) };
    }
    throw new Transient('InventoryMoving', `The inventory was replaced ${TRIES_MAX} times while it was read.`);
  }

  async write(inventory: Inventory): Promise<void> {
    const bytes = compress(inventory.clusters);
    const generation = `${generationPrefix(inventory.takenAt)}-${sha256(bytes).slice(0, 16)}`;
    const rows = blobRows(generation, bytes);
    const next: Head = { takenAt: inventory.takenAt, generation, rows: rows.length };
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const head = await this.#table.get(PARTITION, HEAD);
      if (head !== undefined && fromRow(Head, head).takenAt > inventory.takenAt) return;
      if (tries === 0) await this.#table.writeEach(PARTITION, rows);
      const written = await this.#table.writeVersion(PARTITION, HEAD, toColumns(next), head?.version);
      if (written !== undefined) return this.#removeBefore(inventory.takenAt - GENERATION_KEPT_MS);
    }
    throw new Transient('InventoryContended', `Others wrote the inventory ${TRIES_MAX} times meanwhile.`);
  }

  async #removeBefore(takenAt: number): Promise<void> {
    const range = { from: generationPrefix(0), before: generationPrefix(Math.max(0, takenAt)) };
    const rows = await this.#table.all(PARTITION, range);
    // Another writer may have removed some of them first.
    await this.#table.writeEach(
      PARTITION,
      rows.map(({ rowKey }) => ({ kind: 'delete', rowKey })),
    );
  }
}

/** Generations sort by age, and before the head. */
function generationPrefix(takenAt: number): string {
  return `g${String(Math.floor(takenAt)).padStart(15, '0')}`;
}
