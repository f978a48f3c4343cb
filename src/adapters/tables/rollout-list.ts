import { z } from 'zod';
import { Refusal } from '../../contracts/errors.ts';
import { RolloutStatus } from '../../contracts/rollout-state.ts';
import type { RolloutListItem } from '../../ports/rollout-index.ts';
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
}) satisfies z.ZodType<RolloutListItem>;

/** Digits of a ULID in ascending order (Crockford's base 32). */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Row key of a rollout in the list: its id with every digit inverted, so that the newest comes first. */
export function listRowKey(rolloutId: string): string {
  if (!ULID.test(rolloutId)) throw new Error(`'${rolloutId}' is no ULID: rollout ids are.`);
  return rolloutId.replace(/./g, (digit) => DIGITS.charAt(DIGITS.length - 1 - DIGITS.indexOf(digit)));
}

/** One page of the list. The continuation is the id of the last rollout looked at. */
export async function listPage(
  table: Table,
  partition: string,
  query: { readonly status?: RolloutStatus; readonly limit: number; readonly continuation?: string },
): Promise<{ items: RolloutListItem[]; continuation?: string }> {
  const from = query.continuation === undefined ? '0' : after(query.continuation);
  const pageRows = query.status === undefined ? query.limit + 1 : SCANNED_ROWS_MAX;
  const items: RolloutListItem[] = [];
  let scanned = 0;
  let last = '';
  for await (const row of table.query(partition, { from, before: '~' }, pageRows)) {
    if (items.length === query.limit || scanned === SCANNED_ROWS_MAX) return { items, continuation: encode(last) };
    const item = fromRow(StoredItem, row);
    if (query.status === undefined || query.status === item.status) items.push(item);
    last = item.rolloutId;
    scanned++;
  }
  return { items };
}

function encode(rolloutId: string): string {
  return Buffer.from(rolloutId).toString('base64url');
}

/** The row key behind the one that a continuation stands for. */
function after(continuation: string): string {
  const rolloutId = Buffer.from(continuation, 'base64url').toString();
  if (!ULID.test(rolloutId) || encode(rolloutId) !== continuation) {
    throw new Refusal(
      400,
      'InvalidContinuation',
      'The continuation is none that a list answer gave; leave it out to start again.',
    );
  }
  // Row keys are of one length, so anything longer lies behind.
  return `${listRowKey(rolloutId)}!`;
}
