import { z } from 'zod';
import type { RolloutStatus } from '../../contracts/rollout-state.ts';
import type { ActiveRollout, IdempotencyClaim, RolloutIndex, RolloutListItem } from '../../ports/rollout-index.ts';
import { keyPart, sha256, under } from './keys.ts';
import { newestFirstKey } from './newest-first.ts';
import { listPage } from './rollout-list.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';

const KEYS = 'keys';
const ACTIVE = 'active';
const LIST = 'list';

/** Sorts before the rows of the set (`r|…`), so that a reader sees a version that is no newer than the rows it sees. */
const ACTIVE_HEAD = 'head';
const ACTIVE_ROW = 'r';
/** Version of a set that nothing was ever added to. */
const NEVER_ADDED = 'none';

const StoredClaim = z.object({
  key: z.string(),
  requestHash: z.string(),
  rolloutId: z.string(),
}) satisfies z.ZodType<IdempotencyClaim>;

const StoredActive = z.object({
  rolloutId: z.string(),
  subjects: z.array(z.string()),
  createdAt: z.number(),
}) satisfies z.ZodType<ActiveRollout>;

/** The small tables beside the rollouts, as three partitions of one table. */
export class TableRolloutIndex implements RolloutIndex {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async claimKey(claim: IdempotencyClaim): Promise<IdempotencyClaim> {
    const rowKey = sha256(claim.key);
    const written = await this.#table.write(KEYS, [{ kind: 'insert', rowKey, columns: toColumns(claim) }]);
    if (written !== undefined) return claim;
    const row = await this.#table.get(KEYS, rowKey);
    if (row === undefined) throw new Error(`The claim of idempotency key '${claim.key}' was there and is gone.`);
    return fromRow(StoredClaim, row);
  }

  async active(): Promise<{ readonly rollouts: readonly ActiveRollout[]; readonly version: string }> {
    const rows = await this.#table.all(ACTIVE, { from: ACTIVE_HEAD, before: under(ACTIVE_ROW).before });
    const head = rows.find(({ rowKey }) => rowKey === ACTIVE_HEAD);
    const rollouts = rows.filter((row) => row !== head).map((row) => fromRow(StoredActive, row));
    return { rollouts, version: head?.version ?? NEVER_ADDED };
  }

  async activate(rollout: ActiveRollout, version: string): Promise<'added' | 'conflict'> {
    const rowKey = activeRowKey(rollout.rolloutId);
    const head = { rowKey: ACTIVE_HEAD, columns: toColumns({}) };
    const written = await this.#table.write(ACTIVE, [
      version === NEVER_ADDED ? { kind: 'insert', ...head } : { kind: 'replace', ...head, version },
      { kind: 'insert', rowKey, columns: toColumns(rollout) },
    ]);
    if (written !== undefined) return 'added';
    return (await this.#table.get(ACTIVE, rowKey)) === undefined ? 'conflict' : 'added';
  }

  async deactivate(rolloutId: string): Promise<void> {
    // A conflict means that it is not there.
    await this.#table.write(ACTIVE, [{ kind: 'delete', rowKey: activeRowKey(rolloutId) }]);
  }

  async upsertListItem(item: RolloutListItem): Promise<void> {
    await this.#table.write(LIST, [
      { kind: 'upsert', rowKey: newestFirstKey(item.rolloutId), columns: toColumns(item) },
    ]);
  }

  list(query: {
    readonly status?: RolloutStatus;
    readonly limit: number;
    readonly continuation?: string;
  }): Promise<{ readonly items: readonly RolloutListItem[]; readonly continuation?: string }> {
    return listPage(this.#table, LIST, query);
  }
}

function activeRowKey(rolloutId: string): string {
  return `${ACTIVE_ROW}|${keyPart(rolloutId)}`;
}
