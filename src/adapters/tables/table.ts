import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';
import { TRANSACTION_BYTES_MAX, TRANSACTION_ENTITIES_MAX } from '../../contracts/limits.ts';
import { isConflict, translateError } from './errors.ts';
import type { KeyRange } from './keys.ts';
import { type Columns, type Operation, transactionRequest, transactionVersions } from './transaction.ts';

/** What one billed transaction of Table Storage was. */
export type TransactionKind = 'get' | 'query' | 'write' | 'batch';

/** A row as read. */
export interface Row {
  readonly table: string;
  readonly partitionKey: string;
  readonly rowKey: string;
  /** Its ETag. */
  readonly version: string;
  readonly columns: Readonly<Record<string, unknown>>;
}

/** Rows in one page of a query (service limit). */
const PAGE_ROWS_MAX = 1000;
/** Room that one row takes in a transaction beside its columns: URL, headers, names. */
const ROW_ENVELOPE_BYTES = 2048;

/** One table: rows and versions instead of entities and ETags, and our errors instead of the SDK's. */
export class Table {
  readonly #client: TableClient;
  readonly #http: HttpClient;
  readonly #onTransaction: (kind: TransactionKind, table: string) => void;

  constructor(client: TableClient, http: HttpClient, onTransaction: (kind: TransactionKind, table: string) => void) {
    this.#client = client;
    this.#http = http;
    this.#onTransaction = onTransaction;
  }

  get name(): string {
    return this.#client.tableName;
  }

  async get(partitionKey: string, rowKey: string): Promise<Row | undefined> {
    try {
      const entity = await this.#call('get', () =>
        this.#client.getEntity<Record<string, unknown>>(partitionKey, rowKey),
      );
      return this.#row(partitionKey, entity);
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw translateError(error, this.name);
    }
  }

  /** Rows of a key range in key order, read page by page as they are asked for; no snapshot across pages. */
  async *query(partitionKey: string, range: KeyRange, pageRows = PAGE_ROWS_MAX): AsyncGenerator<Row, void> {
    const filter = `PartitionKey eq '${partitionKey}' and RowKey ge '${range.from}' and RowKey lt '${range.before}'`;
    yield* this.#pages(filter, pageRows);
  }

  /** The rows with this key of all partitions: only for tables that stay small, since all of the table is looked through. */
  everywhere(rowKey: string): AsyncGenerator<Row, void> {
    return this.#pages(`RowKey eq '${rowKey}'`, PAGE_ROWS_MAX);
  }

  async *#pages(filter: string, pageRows: number): AsyncGenerator<Row, void> {
    const entities = this.#client.listEntities<Record<string, unknown>>({ queryOptions: { filter } });
    const maxPageSize = Math.min(pageRows, PAGE_ROWS_MAX);
    let continuationToken: string | undefined;
    do {
      const settings = continuationToken === undefined ? { maxPageSize } : { maxPageSize, continuationToken };
      const page = await this.#call('query', () => entities.byPage(settings).next()).catch((error: unknown) => {
        throw translateError(error, this.name);
      });
      if (page.done === true) return;
      for (const entity of page.value) yield this.#row(entity.partitionKey ?? '', entity);
      continuationToken = page.value.continuationToken;
    } while (continuationToken !== undefined);
  }

  /** Every row of a key range, in key order. */
  async all(partitionKey: string, range: KeyRange): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.query(partitionKey, range)) rows.push(row);
    return rows;
  }

  /**
   * Does all of the writes or none, in one transaction.
   *
   * @returns the new version of each row in the order of the writes ('' for a deleted one), or undefined when a row was not
   * as its write wants it.
   */
  async write(partitionKey: string, operations: readonly Operation[]): Promise<readonly string[] | undefined> {
    const [only] = operations;
    try {
      if (only !== undefined && operations.length === 1) return [await this.#writeOne(partitionKey, only)];
      const request = transactionRequest(this.#client, partitionKey, operations);
      const answer = await this.#call('batch', () => this.#client.pipeline.sendRequest(this.#http, request));
      return transactionVersions(answer, operations.length);
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw translateError(error, this.name);
    }
  }

  /** Inserts a row when `version` is undefined, else replaces that version. Returns the new version; undefined as `write`. */
  async writeVersion(
    partitionKey: string,
    rowKey: string,
    columns: Columns,
    version: string | undefined,
  ): Promise<string | undefined> {
    const [written] =
      (await this.write(partitionKey, [
        version === undefined ? { kind: 'insert', rowKey, columns } : { kind: 'replace', rowKey, columns, version },
      ])) ?? [];
    return written;
  }

  /**
   * Does each write whose row is as it wants it, in as few transactions as they fit into, and leaves the others out.
   *
   * @returns true when none was left out.
   */
  async writeEach(partitionKey: string, operations: readonly Operation[]): Promise<boolean> {
    let all = true;
    for (const group of transactionGroups(operations)) {
      const done = await this.write(partitionKey, group);
      if (done !== undefined) continue;
      all = false;
      if (group.length === 1) continue;
      // The answer names only the first that failed, so look for the others in the halves.
      const half = Math.ceil(group.length / 2);
      await this.writeEach(partitionKey, group.slice(0, half));
      await this.writeEach(partitionKey, group.slice(half));
    }
    return all;
  }

  async #writeOne(partitionKey: string, operation: Operation): Promise<string> {
    return this.#call('write', async () => {
      const { rowKey } = operation;
      switch (operation.kind) {
        case 'insert':
          return (await this.#client.createEntity({ partitionKey, rowKey, ...operation.columns })).etag ?? '';
        case 'upsert':
          return (
            (await this.#client.upsertEntity({ partitionKey, rowKey, ...operation.columns }, 'Replace')).etag ?? ''
          );
        case 'replace': {
          const condition = { etag: operation.version };
          const entity = { partitionKey, rowKey, ...operation.columns };
          return (await this.#client.updateEntity(entity, 'Replace', condition)).etag ?? '';
        }
        case 'delete':
          await this.#client.deleteEntity(partitionKey, rowKey, { etag: operation.version ?? '*' });
          return '';
      }
    });
  }

  #call<T>(kind: TransactionKind, send: () => Promise<T>): Promise<T> {
    this.#onTransaction(kind, this.name);
    return send();
  }

  #row(partitionKey: string, entity: Readonly<Record<string, unknown>> & { etag: string; rowKey?: string }): Row {
    const { etag, rowKey = '', ...columns } = entity;
    return { table: this.name, partitionKey, rowKey, version: etag, columns };
  }
}

/** Splits writes of different rows into groups that fit into one transaction each. */
function* transactionGroups(operations: readonly Operation[]): Generator<Operation[]> {
  let group: Operation[] = [];
  let bytes = 0;
  for (const operation of operations) {
    const more = ROW_ENVELOPE_BYTES + ('columns' in operation ? columnBytes(operation.columns) : 0);
    if (group.length > 0 && (group.length === TRANSACTION_ENTITIES_MAX || bytes + more > TRANSACTION_BYTES_MAX)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(operation);
    bytes += more;
  }
  if (group.length > 0) yield group;
}

/** What columns take in a transaction: binary as base64, text as escaped ASCII at worst. */
function columnBytes(columns: Columns): number {
  let bytes = 0;
  for (const value of Object.values(columns)) {
    if (value instanceof Uint8Array) bytes += Math.ceil(value.length / 3) * 4;
    else bytes += typeof value === 'string' ? value.length * 6 : 20;
  }
  return bytes;
}
