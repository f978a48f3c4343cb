import { clusterKey, parseClusterId } from '../../contracts/cluster-id.ts';
import type { ComplianceReader, SeenCluster } from './compliance-reader.ts';
import { readLimit, refuse, type Page } from './page.ts';

/** Snapshots read for one page before it is answered as far as it is: rare matches must not cost a scan of a large fleet. Ours. */
const SNAPSHOTS_PER_PAGE_MAX = 50_000;
const CONTINUATION_LENGTH_MAX = 600;

/** Where a page begins: at the first cluster whose key is not before `key`; of `key` itself, `skip` items were shown. */
interface Start {
  readonly skip: number;
  readonly key: string;
}

/**
 * One page of a list over clusters, in the order of their ids. It may hold fewer items than asked for, even none, while there is
 * more: only an absent `continuation` ends the list.
 */
export async function compliancePage<T>(
  reader: ComplianceReader,
  itemsOf: (seen: SeenCluster) => readonly T[],
  query: { readonly limit?: string; readonly continuation?: string },
): Promise<Page<T>> {
  const limit = readLimit(query.limit);
  const start = readStart(query.continuation);
  const from = start.key.split('/')[2] ?? '';
  const items: T[] = [];
  let read = 0;
  for (const subscriptionId of reader.subscriptions.filter((one) => one >= from)) {
    if (read >= SNAPSHOTS_PER_PAGE_MAX) return { items, continuation: `0:/subscriptions/${subscriptionId}/` };
    const { clusters, snapshotsRead } = await reader.read(subscriptionId);
    read += snapshotsRead;
    for (const seen of clusters) {
      const key = clusterKey(seen.clusterId);
      if (key < start.key) continue;
      const skip = key === start.key ? start.skip : 0;
      const own = itemsOf(seen).slice(skip);
      const room = limit - items.length;
      items.push(...own.slice(0, room));
      if (own.length > room) return { items, continuation: `${skip + room}:${key}` };
    }
  }
  return { items };
}

function readStart(continuation: string | undefined): Start {
  if (continuation === undefined) return { skip: 0, key: '' };
  const [, skip, key = ''] = /^(\d{1,6}):(\/subscriptions\/.+)$/.exec(continuation) ?? [];
  const isBounded = continuation.length <= CONTINUATION_LENGTH_MAX;
  const isKnown = parseClusterId(key) !== undefined || /^\/subscriptions\/[0-9a-f-]{36}\/$/.test(key);
  if (skip !== undefined && isBounded && isKnown) return { skip: Number(skip), key: clusterKey(key) };
  throw refuse('continuation', 'is not one this list gave out; leave it away to start over');
}
