import { under, type KeyRange } from './keys.ts';
import { oldestKeyAt } from './newest-first.ts';
import type { Table } from './table.ts';

/** Rows removed together: ten transactions. */
const REMOVED_TOGETHER = 1000;
/** Decisions of one definition that one call drops. Ours: the next call goes on. */
const DROPPED_DECISIONS_MAX = 10_000;

/** Removes every row of a range; somebody else may have removed some of them first. */
export async function removeRows(
  table: Table,
  partition: string,
  range: KeyRange,
  rowsMax = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (let removed = 0; removed < rowsMax;) {
    const rowKeys: string[] = [];
    for await (const { rowKey } of table.query(partition, range, REMOVED_TOGETHER)) {
      if (rowKeys.push(rowKey) === REMOVED_TOGETHER) break;
    }
    await table.writeEach(
      partition,
      rowKeys.map((rowKey) => ({ kind: 'delete', rowKey })),
    );
    if (rowKeys.length < REMOVED_TOGETHER) return;
    removed += rowKeys.length;
  }
}

/** Removes the decisions under a prefix that were made before a time, a bounded number of them. */
export async function dropDecisions(table: Table, partition: string, prefix: string, at: number): Promise<void> {
  const { from, before } = under(prefix);
  await removeRows(table, partition, { from: from + oldestKeyAt(at), before }, DROPPED_DECISIONS_MAX);
}
