import { parseClusterId } from '../../contracts/cluster-id.ts';
import { type HistoryEntry, Snapshot } from '../../contracts/compliance.ts';
import {
  clusterMonthRange,
  historyBeforeRange,
  monthOf,
  monthOfRowKey,
  subscriptionPartition,
} from './compliance-rows.ts';
import { fromRow } from './row.ts';
import type { Row, Table } from './table.ts';

/** Rows that one call removes: some 10 reads and 100 transactions, a few seconds. The next call goes on. Ours. */
const DROPPED_ROWS_MAX = 10_000;
/** Rows read before they are removed. */
const DROPPED_TOGETHER = 1000;

/** What changed on one cluster, newest first. Costs two queries per month that there is history of, and one per 1,000 rows. */
export async function readHistory(
  table: Table,
  clusterId: string,
  query: { readonly since: number; readonly limit: number; readonly subject?: string },
): Promise<HistoryEntry[]> {
  const partition = subscriptionPartition(parseClusterId(clusterId)?.subscriptionId ?? '');
  const found: HistoryEntry[] = [];
  let month = await nextMonth(table, partition);
  while (month !== undefined && month >= monthOf(query.since)) {
    for await (const row of table.query(partition, clusterMonthRange(month, clusterId))) {
      const entry = fromRow(Snapshot, row);
      if (entry.changedAt < query.since || found.length >= query.limit) return found;
      if (query.subject === undefined || query.subject === entry.subject) found.push(entry);
    }
    month = await nextMonth(table, partition, month);
  }
  return found;
}

/** The newest month with history, or the newest one before `month`. */
async function nextMonth(table: Table, partition: string, month?: number): Promise<number | undefined> {
  for await (const { rowKey } of table.query(partition, historyBeforeRange(month), 1)) return monthOfRowKey(rowKey);
  return undefined;
}

/** Removes whole months that ended before `before`, at most `DROPPED_ROWS_MAX` rows. One query when there is nothing. */
export async function dropHistory(table: Table, subscriptionId: string, before: number): Promise<void> {
  const partition = subscriptionPartition(subscriptionId);
  let rows: Row[] = [];
  let seen = 0;
  for await (const row of table.query(partition, historyBeforeRange(monthOf(before)))) {
    rows.push(row);
    seen++;
    if (rows.length < DROPPED_TOGETHER && seen < DROPPED_ROWS_MAX) continue;
    await removeAll(table, partition, rows);
    rows = [];
    if (seen >= DROPPED_ROWS_MAX) return;
  }
  await removeAll(table, partition, rows);
}

/** Somebody else may have removed some of them first. */
async function removeAll(table: Table, partition: string, rows: readonly Row[]): Promise<void> {
  await table.writeEach(
    partition,
    rows.map(({ rowKey }) => ({ kind: 'delete', rowKey })),
  );
}
