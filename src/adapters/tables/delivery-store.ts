import { DeliveryRecord, isOutdated } from '../../contracts/webhook.ts';
import type { DeliveryStore } from '../../ports/delivery-store.ts';
import { keyPart } from './keys.ts';
import { continuationOf, isUlid, newestFirstBehind, newestFirstKey, oldestKeyAt } from './newest-first.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';
import type { Columns } from './transaction.ts';

/** The list that people read; claims have a partition for each hook. */
const LIST = 'list';
/** Rows that one call looks at when it filters. Ours: five pages of the service. */
const SCANNED_ROWS_MAX = 5000;
/** Rows that one call drops. Ours: a few seconds of work. */
const DROPPED_ROWS_MAX = 1000;

/** Deliveries: `claim-HOOK` / ID of the provider, and `list` / our id, newest first. */
export class TableDeliveryStore implements DeliveryStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async claim(record: DeliveryRecord & { deliveryId: string }): Promise<DeliveryRecord | 'claimed'> {
    const { partition, rowKey } = claimKeys(record.hook, record.deliveryId);
    const inserted = await this.#table.write(partition, [{ kind: 'insert', rowKey, columns: toColumns(record) }]);
    if (inserted !== undefined) return 'claimed';
    const known = await this.claimed(record.hook, record.deliveryId);
    // Dropped for its age between the two: as good as never seen.
    return known ?? this.claim(record);
  }

  async claimed(hook: string, deliveryId: string): Promise<DeliveryRecord | undefined> {
    const { partition, rowKey } = claimKeys(hook, deliveryId);
    const row = await this.#table.get(partition, rowKey);
    return row && fromRow(DeliveryRecord, row);
  }

  /** Nearly all are new, and share a transaction; otherwise what stands there is looked at first. */
  async record(...records: readonly DeliveryRecord[]): Promise<void> {
    const operations = records.map((record) => ({ kind: 'insert' as const, ...toListRow(record) }));
    const areOfOneId = new Set(operations.map(({ rowKey }) => rowKey)).size < operations.length;
    if (!areOfOneId && (await this.#table.writeEach(LIST, operations))) return;
    for (const record of records) {
      if (isOutdated(record, await this.read(record.id))) continue;
      await this.#table.write(LIST, [{ kind: 'upsert', ...toListRow(record) }]);
    }
  }

  async read(id: string): Promise<DeliveryRecord | undefined> {
    if (!isUlid(id)) return undefined;
    const row = await this.#table.get(LIST, newestFirstKey(id));
    return row && fromRow(DeliveryRecord, row);
  }

  async list(
    query: Parameters<DeliveryStore['list']>[0],
  ): Promise<{ items: readonly DeliveryRecord[]; continuation?: string }> {
    const { outcome, hook, limit, continuation } = query;
    const from = continuation === undefined ? '0' : newestFirstBehind(continuation);
    const isFiltered = outcome !== undefined || hook !== undefined;
    const items: DeliveryRecord[] = [];
    let scanned = 0;
    let last = '';
    for await (const row of this.#table.query(LIST, { from, before: '~' }, isFiltered ? SCANNED_ROWS_MAX : limit + 1)) {
      if (items.length === limit || scanned === SCANNED_ROWS_MAX) return { items, continuation: continuationOf(last) };
      const record = fromRow(DeliveryRecord, row);
      if ((outcome ?? record.outcome) === record.outcome && (hook ?? record.hook) === record.hook) items.push(record);
      last = record.id;
      scanned++;
    }
    return { items };
  }

  async dropBefore(at: number): Promise<boolean> {
    const old: DeliveryRecord[] = [];
    for await (const row of this.#table.query(LIST, { from: oldestKeyAt(at), before: '~' }, DROPPED_ROWS_MAX)) {
      if (old.length === DROPPED_ROWS_MAX) break;
      old.push(fromRow(DeliveryRecord, row));
    }
    // Claims first: what is left of a clean-up that died half-way is found again by the list.
    for (const [hook, records] of Map.groupBy(old, (record) => record.hook)) {
      const keys = records.flatMap(({ deliveryId }) => (deliveryId === undefined ? [] : [claimKeys(hook, deliveryId)]));
      const partition = claimKeys(hook, '').partition;
      await this.#table.writeEach(
        partition,
        keys.map(({ rowKey }) => ({ kind: 'delete', rowKey })),
      );
    }
    await this.#table.writeEach(
      LIST,
      old.map(({ id }) => ({ kind: 'delete', rowKey: newestFirstKey(id) })),
    );
    return old.length === DROPPED_ROWS_MAX;
  }
}

function toListRow(record: DeliveryRecord): { rowKey: string; columns: Columns } {
  const pushes = record.pushes.map(({ changedPaths: _left, ...push }) => push);
  return { rowKey: newestFirstKey(record.id), columns: toColumns({ ...record, pushes }) };
}

function claimKeys(hook: string, deliveryId: string): { partition: string; rowKey: string } {
  return { partition: `claim-${keyPart(hook)}`, rowKey: keyPart(deliveryId) };
}
