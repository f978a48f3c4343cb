import type { Baseline, HistoryEntry, Snapshot, Sweep, SweepShard } from '../contracts/compliance.ts';

/** What a sweep has to write about one subscription. */
export interface SnapshotChanges {
  /** Inserted or replaced; each is also appended to the history. */
  readonly changed: readonly Snapshot[];
}

/**
 * Snapshots, their history, baselines and sweeps. Cluster ids are compared without case. All may throw `Transient`; every write may be
 * repeated.
 */
export interface ComplianceStore {
  /** Every snapshot of a subscription, in pages, in no particular order. */
  snapshots(subscriptionId: string): AsyncIterable<readonly Snapshot[]>;
  /** In as few transactions as the store can; nothing is written for an empty list. */
  writeSnapshots(subscriptionId: string, changes: SnapshotChanges): Promise<void>;
  /** What changed on a cluster since `since`, newest first, at most `limit`. */
  history(
    clusterId: string,
    query: { readonly since: number; readonly limit: number; readonly subject?: string },
  ): Promise<readonly HistoryEntry[]>;
  /** Forgets history from before this time, as far as the store can do that in whole pieces. */
  dropHistoryBefore(before: number): Promise<void>;

  /** Baselines of a subscription, in pages. */
  baselines(subscriptionId: string): AsyncIterable<readonly Baseline[]>;
  /** Inserts or replaces those whose stored baseline is not of a newer verdict. */
  writeBaselines(baselines: readonly Baseline[]): Promise<void>;

  /** Inserts a sweep with its shards; one that is there already changes nothing. */
  createSweep(sweep: Sweep, shards: readonly SweepShard[]): Promise<void>;
  /** A sweep with its shards; undefined when it is unknown. */
  sweep(sweepId: string): Promise<{ readonly sweep: Sweep; readonly shards: readonly SweepShard[] } | undefined>;
  /** Replaces one shard: it is done. */
  finishShard(shard: SweepShard): Promise<void>;
  /** Newest first; ids are ULIDs. */
  listSweeps(limit: number): Promise<readonly Sweep[]>;
}
