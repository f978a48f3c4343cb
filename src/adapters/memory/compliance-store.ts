import { clusterKey, parseClusterId } from '../../contracts/cluster-id.ts';
import type { Baseline, HistoryEntry, Snapshot, Sweep, SweepShard } from '../../contracts/compliance.ts';
import type { ComplianceStore, PastRows, SnapshotChanges } from '../../ports/compliance-store.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { MemorySweeps } from './compliance-sweeps.ts';

/** Rows handed out together, as on Table Storage. */
const PAGE_ROWS = 1000;

/** What is stored about one subscription. */
interface Stored {
  readonly snapshots: Map<string, Snapshot>;
  readonly baselines: Map<string, Baseline>;
  readonly history: Map<string, HistoryEntry>;
}

/** Snapshots, history, baselines and sweeps in memory. */
export class MemoryComplianceStore implements ComplianceStore {
  readonly #copy: FrozenCopy;
  readonly #subscriptions = new Map<string, Stored>();
  readonly #sweeps: MemorySweeps;

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
    this.#sweeps = new MemorySweeps(copy);
  }

  async *snapshots(subscriptionId: string): AsyncGenerator<readonly Snapshot[]> {
    yield* pages([...this.#of(subscriptionId).snapshots.values()]);
  }

  async writeSnapshots(subscriptionId: string, { changed }: SnapshotChanges): Promise<void> {
    const { snapshots, history } = this.#of(subscriptionId);
    for (const snapshot of changed) {
      const stored = this.#copy(snapshot);
      snapshots.set(keyOf(snapshot), stored);
      history.set(`${keyOf(snapshot)}\n${snapshot.changedAt}`, stored);
    }
  }

  async history(
    clusterId: string,
    query: { readonly since: number; readonly limit: number; readonly subject?: string },
  ): Promise<readonly HistoryEntry[]> {
    return [...this.#ofCluster(clusterId).history.values()]
      .filter((entry) => clusterKey(entry.clusterId) === clusterKey(clusterId) && entry.changedAt >= query.since)
      .filter(({ subject }) => query.subject === undefined || subject === query.subject)
      .sort((one, other) => other.changedAt - one.changedAt)
      .slice(0, query.limit);
  }

  async dropHistoryBefore(subscriptionId: string, before: number): Promise<void> {
    const { history } = this.#of(subscriptionId);
    const monthStart = startOfMonth(before);
    for (const [key, { changedAt }] of history) if (changedAt < monthStart) history.delete(key);
  }

  async *baselines(subscriptionId: string): AsyncGenerator<readonly Baseline[]> {
    yield* pages([...this.#of(subscriptionId).baselines.values()]);
  }

  async writeBaselines(baselines: readonly Baseline[]): Promise<void> {
    for (const baseline of baselines) {
      const stored = this.#ofCluster(baseline.clusterId).baselines;
      const known = stored.get(keyOf(baseline));
      if (known === undefined || known.at <= baseline.at) stored.set(keyOf(baseline), this.#copy(baseline));
    }
  }

  async forget(subscriptionId: string, past: PastRows): Promise<void> {
    const { snapshots, baselines } = this.#of(subscriptionId);
    for (const one of past.snapshots) {
      if (snapshots.get(keyOf(one))?.changedAt === one.changedAt) snapshots.delete(keyOf(one));
    }
    for (const one of past.baselines) if (baselines.get(keyOf(one))?.at === one.at) baselines.delete(keyOf(one));
  }

  async createSweep(sweep: Sweep, shards: readonly SweepShard[]): Promise<void> {
    this.#sweeps.create(sweep, shards);
  }

  async sweep(sweepId: string): Promise<{ readonly sweep: Sweep; readonly shards: readonly SweepShard[] } | undefined> {
    return this.#sweeps.read(sweepId);
  }

  async finishShard(shard: SweepShard): Promise<void> {
    this.#sweeps.finishShard(shard);
  }

  async listSweeps(limit: number): Promise<readonly Sweep[]> {
    return this.#sweeps.list(limit);
  }

  async dropSweepsBefore(before: number): Promise<void> {
    this.#sweeps.dropBefore(before);
  }

  #ofCluster(clusterId: string): Stored {
    return this.#of(parseClusterId(clusterId)?.subscriptionId ?? '');
  }

  #of(subscriptionId: string): Stored {
    const key = subscriptionId.toLowerCase();
    const stored = this.#subscriptions.get(key) ?? { snapshots: new Map(), baselines: new Map(), history: new Map() };
    this.#subscriptions.set(key, stored);
    return stored;
  }
}

function keyOf({ clusterId, subject }: { readonly clusterId: string; readonly subject: string }): string {
  return `${clusterKey(clusterId)}\n${subject}`;
}

function* pages<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let first = 0; first < rows.length; first += PAGE_ROWS) yield rows.slice(first, first + PAGE_ROWS);
}

function startOfMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}
