import { z } from 'zod';
import { BindingRecord } from '../../contracts/policy-binding.ts';
import type { BindingStore, BindingWrite } from '../../ports/binding-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { keyPart, under } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Row, Table } from './table.ts';

/** One partition for all: bindings are few, and are written a few times an hour. */
const PARTITION = 'bindings';
const StoredClusters = z.array(z.string());

/** Policy bindings: a row `b|NAME` each, and a row `c|NAME|MEASURE` for the clusters of each measure. */
export class TableBindingStore implements BindingStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(): Promise<readonly Versioned<BindingRecord>[]> {
    return (await this.#table.all(PARTITION, under('b'))).map(toRecord);
  }

  async read(name: string): Promise<Versioned<BindingRecord> | undefined> {
    const row = await this.#table.get(PARTITION, recordKey(name));
    return row && toRecord(row);
  }

  async write({ record, version, addClusters, dropClusters }: BindingWrite): Promise<string | undefined> {
    const { name } = record;
    const row = { rowKey: recordKey(name), columns: toColumns(record) };
    const [written] =
      (await this.#table.write(PARTITION, [
        version === undefined ? { kind: 'insert', ...row } : { kind: 'replace', ...row, version },
        ...addClusters.map(({ measureId, clusterIds }) => ({
          kind: 'insert' as const,
          rowKey: clustersKey(name, measureId),
          columns: toColumns(clusterIds),
        })),
        ...dropClusters.map((measureId) => ({ kind: 'delete' as const, rowKey: clustersKey(name, measureId) })),
      ])) ?? [];
    return written;
  }

  async clusters(name: string, measureId: string): Promise<readonly string[]> {
    const row = await this.#table.get(PARTITION, clustersKey(name, measureId));
    return row === undefined ? [] : fromRow(StoredClusters, row);
  }

  async remove(name: string, version: string): Promise<'removed' | 'conflict'> {
    const record = await this.#table.get(PARTITION, recordKey(name));
    if (record?.version !== version) return 'conflict';
    // The lists go first: what is left of a removal that died half-way is a record, which can be removed again.
    const lists = await this.#table.all(PARTITION, under(`c|${keyPart(name)}`));
    await this.#table.writeEach(
      PARTITION,
      lists.map(({ rowKey }) => ({ kind: 'delete', rowKey })),
    );
    const removed = await this.#table.write(PARTITION, [{ kind: 'delete', rowKey: recordKey(name), version }]);
    return removed === undefined ? 'conflict' : 'removed';
  }
}

function recordKey(name: string): string {
  return `b|${keyPart(name)}`;
}

function clustersKey(name: string, measureId: string): string {
  return `c|${keyPart(name)}|${keyPart(measureId)}`;
}

function toRecord(row: Row): Versioned<BindingRecord> {
  return { value: fromRow(BindingRecord, row), version: row.version };
}
