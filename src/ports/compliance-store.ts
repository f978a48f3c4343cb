import type { Baseline, HistoryEntry, Snapshot, Sweep, SweepShard } from '../contracts/compliance.ts';

/** What a sweep has to write about one subscription. */
export interface SnapshotChanges {
  /** Inserted or replaced; each is also added to the history, together with that. Of one subject the last counts. */
  readonly changed: readonly Snapshot[];
}

/** What nobody asks for any more. */
export interface PastRows {
  readonly snapshots: readonly Snapshot[];
  readonly baselines: readonly Baseline[];
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
  /**
   * Forgets what changed in a subscription in the calendar months (UTC) that ended before this time. A bounded piece of work:
   * what is left is for the next call, so each shard of a sweep may call it.
   */
  dropHistoryBefore(subscriptionId: string, before: number): Promise<void>;

  /** Baselines of a subscription, in pages. */
  baselines(subscriptionId: string): AsyncIterable<readonly Baseline[]>;
  /** Inserts or replaces those whose stored baseline is not of a newer verdict. */
  writeBaselines(baselines: readonly Baseline[]): Promise<void>;

  /**
   * Removes snapshots and baselines of a subscription, each if it is stored as it is given: with the same `changedAt`, or the same `at`.
   * Their history stays.
   */
  forget(subscriptionId: string, past: PastRows): Promise<void>;

  /** Inserts a sweep with its shards; one that is there already changes nothing. */
  createSweep(sweep: Sweep, shards: readonly SweepShard[]): Promise<void>;
  /** A sweep with its shards; undefined when it is unknown. */
  sweep(sweepId: string): Promise<{ readonly sweep: Sweep; readonly shards: readonly SweepShard[] } | undefined>;
  /** Replaces one shard. One that is done stays done, and one of a sweep that is forgotten stays forgotten. */
  finishShard(shard: SweepShard): Promise<void>;
  /** Newest first; ids are ULIDs. */
  listSweeps(limit: number): Promise<readonly Sweep[]>;
  /** Forgets sweeps whose ids are from before this time, with their shards: a bounded piece of work. */
  dropSweepsBefore(before: number): Promise<void>;
}
