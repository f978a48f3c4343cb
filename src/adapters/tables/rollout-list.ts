import { z } from 'zod';
import { RolloutStatus } from '../../contracts/rollout-state.ts';
import type { RolloutListItem } from '../../ports/rollout-index.ts';
import { continuationOf, newestFirstBehind } from './newest-first.ts';
import { fromRow } from './row.ts';
import type { Table } from './table.ts';

/** Rows that one call looks at when it filters. Ours: five pages of the service. */
const SCANNED_ROWS_MAX = 5000;

const StoredItem = z.object({
  rolloutId: z.string(),
  name: z.string(),
  actions: z.array(z.string()),
  status: RolloutStatus,
  createdAt: z.number(),
  createdBy: z.string(),
  targets: z.number().int(),
  definition: z.string().optional(),
}) satisfies z.ZodType<RolloutListItem>;

/** One page of the list. The continuation is the id of the last rollout looked at. */
export async function listPage(
  table: Table,
  partition: string,
  query: { readonly status?: RolloutStatus; readonly limit: number; readonly continuation?: string },
): Promise<{ items: RolloutListItem[]; continuation?: string }> {
  const from = query.continuation === undefined ? '0' : newestFirstBehind(query.continuation);
  const pageRows = query.status === undefined ? query.limit + 1 : SCANNED_ROWS_MAX;
  const items: RolloutListItem[] = [];
  let scanned = 0;
  let last = '';
  for await (const row of table.query(partition, { from, before: '~' }, pageRows)) {
    if (items.length === query.limit || scanned === SCANNED_ROWS_MAX)
      return { items, continuation: continuationOf(last) };
    const item = fromRow(StoredItem, row);
    if (query.status === undefined || query.status === item.status) items.push(item);
    last = item.rolloutId;
    scanned++;
  }
  return { items };
}
