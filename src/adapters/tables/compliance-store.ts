import type { z } from 'zod';
import { parseClusterId } from '../../contracts/cluster-id.ts';
import { Baseline, type HistoryEntry, Snapshot, type Sweep, type SweepShard } from '../../contracts/compliance.ts';
import { Transient } from '../../contracts/errors.ts';
import type { ComplianceStore, PastRows, SnapshotChanges } from '../../ports/compliance-store.ts';
import { dropHistory, readHistory } from './compliance-history.ts';
import {
  BASELINE,
  baselineRowKey,
  SNAPSHOT,
  snapshotOperations,
  snapshotRowKey,
  subscriptionPartition,
} from './compliance-rows.ts';
import { TableSweeps } from './compliance-sweeps.ts';
import { under } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Row, Table } from './table.ts';
import type { Operation } from './transaction.ts';

/** Rows handed out together. Ours: a page of the service. */
const PAGE_ROWS = 1000;
/** Tries against others that write baselines of the same clusters. Ours: only two rollouts that end at once do. */
const TRIES_MAX = 5;

/** What sweeps see and what they compare it with, on the tables `compliance` and `sweeps`. */
export class TableComplianceStore implements ComplianceStore {
  readonly #table: Table;
  readonly #sweeps: TableSweeps;

  constructor(compliance: Table, sweeps: Table) {
    this.#table = compliance;
    this.#sweeps = new TableSweeps(sweeps);
  }

  snapshots(subscriptionId: string): AsyncIterable<readonly Snapshot[]> {
    return this.#pages(subscriptionId, SNAPSHOT, Snapshot);
  }

  /** One transaction per 50 snapshots: each is two rows, written together. */
  async writeSnapshots(subscriptionId: string, { changed }: SnapshotChanges): Promise<void> {
    const operations = new Map(changed.flatMap(snapshotOperations).map((operation) => [operation.rowKey, operation]));
    await this.#table.writeEach(subscriptionPartition(subscriptionId), [...operations.values()]);
  }

  history(
    clusterId: string,
    query: { readonly since: number; readonly limit: number; readonly subject?: string },
  ): Promise<readonly HistoryEntry[]> {
    return readHistory(this.#table, clusterId, query);
  }

  dropHistoryBefore(subscriptionId: string, before: number): Promise<void> {
    return dropHistory(this.#table, subscriptionId, before);
  }

  baselines(subscriptionId: string): AsyncIterable<readonly Baseline[]> {
    return this.#pages(subscriptionId, BASELINE, Baseline);
  }

  /**
   * For each subscription one query per 1,000 baselines that it has, and one transaction per 100 that are written. Reading
   * them one by one would take a query each; writing blindly could not tell an older verdict from a newer one.
   */
  async writeBaselines(baselines: readonly Baseline[]): Promise<void> {
    const byPartition = new Map<string, Map<string, Baseline>>();
    for (const baseline of baselines) {
      const partition = subscriptionPartition(parseClusterId(baseline.clusterId)?.subscriptionId ?? '');
      const wanted = byPartition.get(partition) ?? new Map<string, Baseline>();
      byPartition.set(partition, wanted);
      const rowKey = baselineRowKey(baseline);
      if ((wanted.get(rowKey)?.at ?? baseline.at) <= baseline.at) wanted.set(rowKey, baseline);
    }
    for (const [partition, wanted] of byPartition) await this.#writeNewer(partition, wanted);
  }

  /** One query per 1,000 rows of each kind, and one transaction per 100 that go. */
  async forget(subscriptionId: string, { snapshots, baselines }: PastRows): Promise<void> {
    const partition = subscriptionPartition(subscriptionId);
    const times = new Map([
      ...snapshots.map((one) => [snapshotRowKey(one), one.changedAt] as const),
      ...baselines.map((one) => [baselineRowKey(one), one.at] as const),
    ]);
    if (snapshots.length > 0) await this.#remove(partition, SNAPSHOT, (row) => fromRow(Snapshot, row).changedAt, times);
    if (baselines.length > 0) await this.#remove(partition, BASELINE, (row) => fromRow(Baseline, row).at, times);
  }

  createSweep(sweep: Sweep, shards: readonly SweepShard[]): Promise<void> {
    return this.#sweeps.create(sweep, shards);
  }

  sweep(sweepId: string): Promise<{ readonly sweep: Sweep; readonly shards: readonly SweepShard[] } | undefined> {
    return this.#sweeps.read(sweepId);
  }

  finishShard(shard: SweepShard): Promise<void> {
    return this.#sweeps.finishShard(shard);
  }

  listSweeps(limit: number): Promise<readonly Sweep[]> {
    return this.#sweeps.list(limit);
  }

  dropSweepsBefore(before: number): Promise<void> {
    return this.#sweeps.dropBefore(before);
  }

  async #writeNewer(partition: string, wanted: ReadonlyMap<string, Baseline>): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const operations = new Map<string, Operation>(
        [...wanted].map(([rowKey, baseline]) => [rowKey, { kind: 'insert', rowKey, columns: toColumns(baseline) }]),
      );
      for await (const row of this.#table.query(partition, under(BASELINE))) {
        const { rowKey, version } = row;
        const baseline = wanted.get(rowKey);
        if (baseline === undefined) continue;
        if (fromRow(Baseline, row).at > baseline.at) operations.delete(rowKey);
        else operations.set(rowKey, { kind: 'replace', rowKey, columns: toColumns(baseline), version });
      }
      if (await this.#table.writeEach(partition, [...operations.values()])) return;
    }
    throw new Transient('BaselinesContended', `Others wrote the same baselines ${TRIES_MAX} times meanwhile.`);
  }

  /** What has another time, or another version by now, stays. */
  async #remove(
    partition: string,
    kind: string,
    timeOf: (row: Row) => number,
    times: ReadonlyMap<string, number>,
  ): Promise<void> {
    const operations: Operation[] = [];
    for await (const row of this.#table.query(partition, under(kind))) {
      const { rowKey, version } = row;
      const time = times.get(rowKey);
      if (time !== undefined && timeOf(row) === time) operations.push({ kind: 'delete', rowKey, version });
    }
    await this.#table.writeEach(partition, operations);
  }

  async *#pages<T>(subscriptionId: string, kind: string, schema: z.ZodType<T>): AsyncGenerator<readonly T[]> {
    let page: T[] = [];
    for await (const row of this.#table.query(subscriptionPartition(subscriptionId), under(kind))) {
      if (page.push(fromRow(schema, row)) < PAGE_ROWS) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }
}
