import type { Baseline, Snapshot, Sweep, SweepShard } from '../../../src/contracts/compliance.ts';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import type { BindingRecord } from '../../../src/contracts/policy-binding.ts';
import type { BindingStore } from '../../../src/ports/binding-store.ts';
import type { ComplianceStore } from '../../../src/ports/compliance-store.ts';
import type { ClusterPages, InventoryStore } from '../../../src/ports/inventory-store.ts';
import { clusterKey, parseClusterId } from '../../../src/contracts/cluster-id.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { Fact } from './facts.ts';

/** Sees what is durable of compliance, as `Recorder` does of rollouts. */
export class ComplianceRecorder {
  readonly sweeps = new Map<string, { readonly sweep: Sweep; readonly shards: SweepShard[] }>();
  /** As stored, by `subjectKey`. */
  readonly baselines = new Map<string, Baseline>();
  readonly bindings = new Map<string, BindingRecord>();
  readonly #emit: (fact: Fact) => void;

  constructor(emit: (fact: Fact) => void) {
    this.#emit = emit;
  }

  compliance(inner: ComplianceStore, invocation: Invocation): ComplianceStore {
    const emit = this.#emit;
    return {
      snapshots: async function* (subscription) {
        for await (const page of inner.snapshots(subscription)) {
          emit({ kind: 'snapshotsRead', page, invocation });
          yield page;
        }
      },
      writeSnapshots: async (subscription, changes) => {
        await inner.writeSnapshots(subscription, changes);
        emit({ kind: 'snapshotsWritten', changed: changes.changed, invocation });
      },
      history: (clusterId, query) => inner.history(clusterId, query),
      dropHistoryBefore: (subscription, before) => inner.dropHistoryBefore(subscription, before),
      baselines: (subscription) => inner.baselines(subscription),
      writeBaselines: async (baselines) => {
        await inner.writeBaselines(baselines);
        const touched = new Set(baselines.map(({ clusterId }) => parseClusterId(clusterId)?.subscriptionId ?? ''));
        for (const subscription of touched) {
          for await (const page of inner.baselines(subscription))
            for (const one of page) this.baselines.set(subjectKey(one.clusterId, one.subject), one);
        }
      },
      forget: (subscription, past) => inner.forget(subscription, past),
      createSweep: async (sweep, shards) => {
        await inner.createSweep(sweep, shards);
        if (this.sweeps.has(sweep.id)) return;
        this.sweeps.set(sweep.id, { sweep, shards: [...shards] });
        emit({ kind: 'sweepCreated', sweep });
      },
      sweep: (id) => inner.sweep(id),
      finishShard: async (shard) => {
        await inner.finishShard(shard);
        const known = this.sweeps.get(shard.sweepId);
        const after = (await inner.sweep(shard.sweepId))?.shards.find((one) => one.shard === shard.shard);
        const before = known?.shards[shard.shard];
        if (known === undefined || before === undefined || after === undefined) return;
        known.shards[shard.shard] = after;
        emit({ kind: 'shardSaved', before, after, invocation });
      },
      listSweeps: (limit) => inner.listSweeps(limit),
      dropSweepsBefore: (before) => inner.dropSweepsBefore(before),
    };
  }

  inventory(inner: InventoryStore, invocation: Invocation): InventoryStore {
    const known = (clusters: readonly Cluster[]): void => {
      this.#emit({ kind: 'fleetKnown', clusters, invocation });
    };
    return {
      head: () => inner.head(),
      read: async (subscriptions) => {
        const found = await inner.read(subscriptions);
        if (found !== undefined) known(found.clusters);
        return found;
      },
      write: async (takenAt, pages) => {
        const read = await allPages(pages);
        await inner.write(takenAt, read);
        known(read.flat());
      },
    };
  }

  bindingStore(inner: BindingStore, invocation: Invocation): BindingStore {
    return {
      list: () => inner.list(),
      read: (name) => inner.read(name),
      clusters: (name, measureId) => inner.clusters(name, measureId),
      write: async (write) => {
        const version = await inner.write(write);
        if (version === undefined) return undefined;
        const { record, addClusters } = write;
        const before = this.bindings.get(record.name);
        this.bindings.set(record.name, record);
        this.#emit({ kind: 'bindingWritten', before, after: record, addClusters, invocation });
        return version;
      },
      remove: async (name, version) => {
        const answer = await inner.remove(name, version);
        const before = this.bindings.get(name);
        if (answer !== 'removed' || before === undefined) return answer;
        this.bindings.delete(name);
        this.#emit({ kind: 'bindingRemoved', before, invocation });
        return answer;
      },
    };
  }
}

export async function allPages(pages: ClusterPages): Promise<(readonly Cluster[])[]> {
  const read: (readonly Cluster[])[] = [];
  for await (const page of pages) read.push(page);
  return read;
}

export function subjectKey(clusterId: string, subject: string): string {
  return `${clusterKey(clusterId)}|${subject}`;
}

/** True for a shard list that is all done: such a sweep is shown as complete. */
export function isComplete(shards: readonly SweepShard[]): boolean {
  return shards.every(({ doneAt }) => doneAt !== undefined);
}

/** What is counted: what is there, and what is missed. */
export function isCounted({ state, drifts }: Snapshot): boolean {
  return state !== 'Absent' || drifts.length > 0;
}
