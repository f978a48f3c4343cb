import { z } from 'zod';
import { Cluster, type Inventory } from '../../contracts/cluster.ts';
import { Transient } from '../../contracts/errors.ts';
import type { ClusterPages, InventoryHead, InventoryStore } from '../../ports/inventory-store.ts';
import { blobRows, compress, fromBlobRows } from './blob.ts';
import { keyPart, sha256, under } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Row, Table } from './table.ts';
import type { Operation } from './transaction.ts';

const PARTITION = 'inventory';
const HEAD = 'current';
/** Tries against other writers, or against a writer that cleans up while we read. Ours. */
const TRIES_MAX = 5;
/** Generations this much older than the stored one are removed: no reader and no writer is still at them. Ours. */
const GENERATION_KEPT_MS = 15 * 60 * 1000;

/** Points to the rows that hold the inventory; replacing it replaces the inventory as a whole. */
const Head = z.object({
  takenAt: z.number(),
  generation: z.string(),
  clusters: z.number().int(),
  /** How many rows each subscription has; one without clusters has none. */
  rows: z.record(z.string(), z.number().int()),
});
type Head = z.infer<typeof Head>;

/**
 * The inventory under a generation that names its age and its content: writers never touch each other's rows, and the head row says
 * which generation counts. Each subscription has a compressed blob for each page that told of it, in the rows
 * `<generation>|<subscription>|<blob>|<piece>`, so that reading one subscription decodes no other.
 */
export class TableInventoryStore implements InventoryStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async head(): Promise<InventoryHead | undefined> {
    const row = await this.#table.get(PARTITION, HEAD);
    if (row === undefined) return undefined;
    const { takenAt, clusters } = fromRow(Head, row);
    return { takenAt, clusters };
  }

  async read(subscriptions?: readonly string[]): Promise<Inventory | undefined> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const row = await this.#table.get(PARTITION, HEAD);
      if (row === undefined) return undefined;
      const head = fromRow(Head, row);
      const rows = await this.#rows(head, subscriptions);
      if (rows !== undefined) return { takenAt: head.takenAt, clusters: decode(rows) };
    }
    throw new Transient('InventoryMoving', `The inventory was replaced ${TRIES_MAX} times while it was read.`);
  }

  async write(takenAt: number, pages: ClusterPages): Promise<void> {
    const packed = await pack(pages);
    const generation = `${generationPrefix(takenAt)}-${sha256(Buffer.concat(packed.blobs)).slice(0, 16)}`;
    const rows: Record<string, number> = {};
    const operations: Operation[] = [];
    for (const [subscription, blobs] of packed.bySubscription) {
      const own = blobs.flatMap((bytes, index) => blobRows(blobKey(generation, subscription, index), bytes));
      rows[subscription] = own.length;
      operations.push(...own);
    }
    await this.#publish({ takenAt, generation, clusters: packed.clusters, rows }, operations);
  }

  async #publish(next: Head, operations: readonly Operation[]): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const head = await this.#table.get(PARTITION, HEAD);
      if (head !== undefined && fromRow(Head, head).takenAt > next.takenAt) return;
      if (tries === 0) await this.#table.writeEach(PARTITION, operations);
      const written = await this.#table.writeVersion(PARTITION, HEAD, toColumns(next), head?.version);
      if (written !== undefined) return this.#removeBefore(next.takenAt - GENERATION_KEPT_MS);
    }
    throw new Transient('InventoryContended', `Others wrote the inventory ${TRIES_MAX} times meanwhile.`);
  }

  /** Undefined when there are fewer than were written: a writer moved the head on meanwhile and removed this generation. */
  async #rows({ generation, rows }: Head, subscriptions?: readonly string[]): Promise<Row[] | undefined> {
    const named = subscriptions && new Set(subscriptions.map((id) => id.toLowerCase()));
    const wanted = named && [...named].filter((id) => Object.hasOwn(rows, id)).sort();
    const ranges = wanted?.map((id) => under(subscriptionKey(generation, id))) ?? [under(generation)];
    const expected = (wanted ?? Object.keys(rows)).reduce((sum, id) => sum + (rows[id] ?? 0), 0);
    const found: Row[] = [];
    if (expected > 0) for (const range of ranges) found.push(...(await this.#table.all(PARTITION, range)));
    return found.length < expected ? undefined : found;
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

/** Compresses each page as it comes: of a large fleet, only that is kept until the last page is known. */
async function pack(pages: ClusterPages) {
  const bySubscription = new Map<string, Buffer[]>();
  const blobs: Buffer[] = [];
  let clusters = 0;
  for await (const page of pages) {
    clusters += page.length;
    for (const [subscription, own] of Map.groupBy(page, ({ subscriptionId }) => subscriptionId.toLowerCase())) {
      const bytes = compress(own);
      blobs.push(bytes);
      const known = bySubscription.get(subscription);
      if (known === undefined) bySubscription.set(subscription, [bytes]);
      else known.push(bytes);
    }
  }
  return { clusters, blobs, bySubscription };
}

function decode(rows: readonly Row[]): Cluster[] {
  const byBlob = Map.groupBy(rows, ({ rowKey }) => rowKey.slice(0, rowKey.lastIndexOf('|')));
  return [...byBlob.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : fromBlobRows(z.array(Cluster), [first, ...others]),
  );
}

function blobKey(generation: string, subscription: string, index: number): string {
  return `${subscriptionKey(generation, subscription)}|${String(index).padStart(4, '0')}`;
}

function subscriptionKey(generation: string, subscription: string): string {
  return `${generation}|${keyPart(subscription)}`;
}

/** Generations sort by age. */
function generationPrefix(takenAt: number): string {
  return `g${String(Math.floor(takenAt)).padStart(15, '0')}`;
}
