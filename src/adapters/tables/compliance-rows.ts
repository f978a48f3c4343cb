import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Baseline, Snapshot } from '../../contracts/compliance.ts';
import { clusterRowKeys, keyPart, sha256, under, type KeyRange } from './keys.ts';
import { toColumns } from './row.ts';
import type { Operation } from './transaction.ts';

/**
 * Rows of the table `compliance`: one partition per subscription, with what was seen, what was rolled out and what changed.
 * A snapshot and the entry in its history lie in one partition because only then can one transaction write both: a sweep
 * that dies between them would leave a change that no later sweep sees any more.
 *
 * History rows stand by month (UTC), then by cluster, the newest of each first: `h|<month>|<cluster>|<time>|<subject>`.
 * What is too old is one range of keys, so forgetting it reads nothing else, and a cluster's history is one short range per
 * month. A partition per cluster would cost a transaction per changed cluster; a table per month would take the right to create
 * tables, which the application does not have.
 */
export const SNAPSHOT = 's';
export const BASELINE = 'b';
const HISTORY = 'h';

const MONTH_DIGITS = 6;
const MONTH_MAX = 999_999;
const TIME_DIGITS = 13;
const TIME_MAX = 10 ** TIME_DIGITS - 1;

export function subscriptionPartition(subscriptionId: string): string {
  return keyPart(subscriptionId.toLowerCase());
}

/** The two rows of a changed snapshot; the history comes first, should the size of a transaction ever part them. */
export function snapshotOperations(snapshot: Snapshot): Operation[] {
  const columns = toColumns(snapshot);
  const { clusterId, subject, changedAt } = snapshot;
  const time = String(TIME_MAX - Math.floor(changedAt)).padStart(TIME_DIGITS, '0');
  const historyKey = `${monthPrefix(monthOf(changedAt))}|${clusterPart(clusterId)}|${time}|${sha256(subject)}`;
  return [
    { kind: 'upsert', rowKey: historyKey, columns },
    { kind: 'upsert', rowKey: snapshotRowKey(snapshot), columns },
  ];
}

export function snapshotRowKey({ clusterId, subject }: Snapshot): string {
  return `${SNAPSHOT}|${clusterRowKeys(clusterId, subject).rowKey}`;
}

export function baselineRowKey({ clusterId, subject }: Baseline): string {
  return `${BASELINE}|${clusterRowKeys(clusterId, subject).rowKey}`;
}

/** A calendar month (UTC) as a number: January 2026 is 202601. */
export function monthOf(at: number): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/** One cluster's changes in one month, newest first. */
export function clusterMonthRange(month: number, clusterId: string): KeyRange {
  return under(`${monthPrefix(month)}|${clusterPart(clusterId)}`);
}

/** Every change before `month`, newest months first; all there are when it is left out. */
export function historyBeforeRange(month?: number): KeyRange {
  const { from, before } = under(HISTORY);
  return { from: month === undefined ? from : under(monthPrefix(month)).before, before };
}

/** The month that a history row stands in. */
export function monthOfRowKey(rowKey: string): number {
  const start = HISTORY.length + 1;
  return MONTH_MAX - Number(rowKey.slice(start, start + MONTH_DIGITS));
}

/** Counts down, so that newer months come first. */
function monthPrefix(month: number): string {
  return `${HISTORY}|${String(MONTH_MAX - month).padStart(MONTH_DIGITS, '0')}`;
}

function clusterPart(clusterId: string): string {
  return sha256(clusterKey(clusterId));
}
