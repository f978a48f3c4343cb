import { Sweep, SweepShard } from '../../contracts/compliance.ts';
import { keyPart, numbered, under } from './keys.ts';
import { newestFirstKey, oldestKeyAt } from './newest-first.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';

/** Partition of the sweeps themselves, the newest first; their shards have a partition each. No ULID reads like this. */
const LIST = 'list';
const SHARD = 's';
/** The end of all row keys of the list. */
const LIST_END = '~';
/** Sweeps that one call removes. Ours: more than a day of them; the next call goes on. */
const DROPPED_SWEEPS_MAX = 50;

/** The table `sweeps`. */
export class TableSweeps {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** The list's row comes last: until then nobody knows of the sweep, so none is seen with half of its shards. */
  async create(sweep: Sweep, shards: readonly SweepShard[]): Promise<void> {
    const rowKey = newestFirstKey(sweep.id);
    await this.#table.writeEach(
      keyPart(sweep.id),
      shards.map((shard) => ({ kind: 'insert', rowKey: numbered(SHARD, shard.shard), columns: toColumns(shard) })),
    );
    // A conflict means that it is there already.
    await this.#table.write(LIST, [{ kind: 'insert', rowKey, columns: toColumns(sweep) }]);
  }

  async read(sweepId: string): Promise<{ readonly sweep: Sweep; readonly shards: readonly SweepShard[] } | undefined> {
    const shards = await this.#table.all(keyPart(sweepId), under(SHARD));
    // Only sweeps have shards, so an id that is no ULID ends here.
    if (shards.length === 0) return undefined;
    const row = await this.#table.get(LIST, newestFirstKey(sweepId));
    return row && { sweep: fromRow(Sweep, row), shards: shards.map((shard) => fromRow(SweepShard, shard)) };
  }

  /** One that was removed with its sweep meanwhile does not come back, and one that was done meanwhile stays done. */
  async finishShard(shard: SweepShard): Promise<void> {
    const rowKey = numbered(SHARD, shard.shard);
    const version = shard.doneAt === undefined ? await this.#versionOfUndone(shard, rowKey) : '*';
    if (version === undefined) return;
    await this.#table.write(keyPart(shard.sweepId), [{ kind: 'replace', rowKey, columns: toColumns(shard), version }]);
  }

  async #versionOfUndone({ sweepId }: SweepShard, rowKey: string): Promise<string | undefined> {
    const row = await this.#table.get(keyPart(sweepId), rowKey);
    return row === undefined || fromRow(SweepShard, row).doneAt !== undefined ? undefined : row.version;
  }

  async list(limit: number): Promise<Sweep[]> {
    const found: Sweep[] = [];
    for await (const row of this.#table.query(LIST, { from: '0', before: LIST_END }, limit)) {
      if (found.push(fromRow(Sweep, row)) >= limit) break;
    }
    return found;
  }

  /** The sweep's row goes last, so that what is left half done is found again. */
  async dropBefore(before: number): Promise<void> {
    const from = oldestKeyAt(before);
    let dropped = 0;
    for await (const { rowKey, ...row } of this.#table.query(LIST, { from, before: LIST_END }, DROPPED_SWEEPS_MAX)) {
      const { id } = fromRow(Sweep, { rowKey, ...row });
      const shards = await this.#table.all(keyPart(id), under(SHARD));
      await this.#table.writeEach(
        keyPart(id),
        shards.map((shard) => ({ kind: 'delete', rowKey: shard.rowKey })),
      );
      await this.#table.write(LIST, [{ kind: 'delete', rowKey }]);
      if (++dropped >= DROPPED_SWEEPS_MAX) return;
    }
  }
}
