import { z } from 'zod';
import { Actor } from '../../contracts/actor.ts';
import { Hook } from '../../contracts/webhook.ts';
import type { HookRecord, HookStore } from '../../ports/hook-store.ts';
import { keyPart, under } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';

/** One partition for all: hooks are few, and are written a few times a year. */
const PARTITION = 'hooks';

const StoredHook = z.object({
  schema: z.literal(1),
  name: z.string(),
  hook: Hook,
  changedAt: z.number(),
  changedBy: Actor,
}) satisfies z.ZodType<HookRecord>;

/** Hooks: a row `h|NAME` each. */
export class TableHookStore implements HookStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(): Promise<readonly HookRecord[]> {
    return (await this.#table.all(PARTITION, under('h'))).map((row) => fromRow(StoredHook, row));
  }

  async read(name: string): Promise<HookRecord | undefined> {
    const row = await this.#table.get(PARTITION, rowKey(name));
    return row && fromRow(StoredHook, row);
  }

  async write(record: HookRecord): Promise<'created' | 'replaced'> {
    const row = { rowKey: rowKey(record.name), columns: toColumns(record) };
    if ((await this.#table.write(PARTITION, [{ kind: 'insert', ...row }])) !== undefined) return 'created';
    await this.#table.write(PARTITION, [{ kind: 'upsert', ...row }]);
    return 'replaced';
  }

  async remove(name: string): Promise<'removed' | 'absent'> {
    const removed = await this.#table.write(PARTITION, [{ kind: 'delete', rowKey: rowKey(name) }]);
    return removed === undefined ? 'absent' : 'removed';
  }
}

function rowKey(name: string): string {
  return `h|${keyPart(name)}`;
}
