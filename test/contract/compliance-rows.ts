import { ulid } from 'ulid';
import type { Baseline, Snapshot, Sweep, SweepShard } from '../../src/contracts/compliance.ts';

/** Rows for the contract suites of the compliance store. */

export const SUBSCRIPTION = '00000000-0000-0000-0000-00000000000a';
export const OTHER_SUBSCRIPTION = '00000000-0000-0000-0000-00000000000b';

export function clusterIn(subscription: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/Rg/providers/Microsoft.Kubernetes/connectedClusters/${name}`;
}

export const CLUSTER = clusterIn(SUBSCRIPTION, 'One');

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    ...{ schema: 1, clusterId: CLUSTER, subject: 'shop', state: 'Compliant', drifts: [], firstSeenAt: 1000 },
    changedAt: 1000,
    ...changes,
  };
}

export function baseline(changes: Partial<Baseline> = {}): Baseline {
  const rolledOut = { rolloutId: 'r1', action: 0, values: { 'cluster.name': 'One' } };
  return { schema: 1, clusterId: CLUSTER, subject: 'shop', ...rolledOut, edits: [], at: 1000, ...changes };
}

export function sweepAt(startedAt: number, shards: number): { readonly sweep: Sweep; readonly shards: SweepShard[] } {
  const id = ulid(startedAt);
  return {
    sweep: { schema: 1, id, startedAt, startedBy: { kind: 'system', name: 'flotilla' }, shards },
    shards: Array.from({ length: shards }, (_, shard) => ({
      ...{ schema: 1, sweepId: id, shard },
      subscriptions: [`sub-${shard}`],
    })),
  };
}

export function finished(shard: SweepShard, doneAt: number): SweepShard {
  const none = { byDrift: {}, bySubscription: {}, byConfiguration: {}, byStage: {}, byRevision: {}, byTag: {} };
  const states = { byState: { Compliant: 1 }, clustersByState: { Compliant: 1 } };
  const counts = { clusters: 1, subjects: 1, ...states, drifting: 0, changed: 1, ...none };
  return { ...shard, doneAt, counts };
}

/** All rows of all pages. */
export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

/** In an order that does not depend on the store. */
export function sorted<T extends { readonly clusterId: string; readonly subject: string }>(rows: readonly T[]): T[] {
  const key = ({ clusterId, subject }: T): string => `${clusterId}\n${subject}`;
  return [...rows].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
