import type { BudgetStore } from '../../../src/ports/budget-store.ts';
import type { LeaseStore, Lease } from '../../../src/ports/lease-store.ts';
import type { NewRollout, RolloutStore, Step } from '../../../src/ports/rollout-store.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { OriginalRow } from '../../../src/contracts/cluster-rows.ts';
import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import type { Fact, Mirror } from './facts.ts';

/**
 * Sees every write that a store accepted and keeps the mirrors. It stands right in front of the store, behind faults and
 * planted bugs, so it records what is durable, not what the application believes.
 */
export class Recorder {
  readonly mirrors = new Map<string, Mirror>();
  readonly leases = new Map<string, Lease>();
  /** Versions of the leases that were written last, and not given back. */
  readonly leaseVersions = new Map<string, string>();
  readonly #emit: (fact: Fact) => void;

  constructor(emit: (fact: Fact) => void) {
    this.#emit = emit;
  }

  mirror(rolloutId: string | undefined): Mirror | undefined {
    return rolloutId === undefined ? undefined : this.mirrors.get(rolloutId);
  }

  store(inner: RolloutStore, invocation: Invocation): RolloutStore {
    return {
      ...delegate(inner),
      create: async (rollout) => {
        const answer = await inner.create(rollout);
        if (answer === 'created') this.#created(rollout, invocation);
        return answer;
      },
      commit: async (step) => {
        const answer = await inner.commit(step);
        if (answer === 'committed') this.#committed(step, invocation);
        return answer;
      },
      saveLive: async (rolloutId, row, original) => {
        const answer = await inner.saveLive(rolloutId, row, original);
        const mirror = this.mirrors.get(rolloutId);
        const before = mirror?.live.get(row.value.ordinal);
        if (answer.saved && mirror !== undefined && before !== undefined) {
          mirror.live.set(row.value.ordinal, row.value);
          if (original !== undefined) keepFirst(mirror.originals, original);
          this.#emit({ kind: 'liveSaved', mirror, before, after: row.value, invocation });
        }
        return answer;
      },
      addCommand: async (rolloutId, command) => {
        await inner.addCommand(rolloutId, command);
        const mirror = this.mirrors.get(rolloutId);
        if (mirror === undefined || mirror.commands.some(({ id }) => id === command.id)) return;
        mirror.pending.set(command.id, command);
        mirror.commands.push(command);
        this.#emit({ kind: 'commandAdded', mirror, command });
      },
    };
  }

  leaseStore(inner: LeaseStore, invocation: Invocation, seen: (lease: Lease) => void): LeaseStore {
    return {
      read: async (clusterId, subject) => {
        const lease = await inner.read(clusterId, subject);
        if (lease !== undefined) seen(lease.value);
        return lease;
      },
      write: async (lease, version) => {
        const answer = await inner.write(lease, version);
        if (answer.written) {
          seen(lease);
          this.leaseVersions.set(leaseKey(lease.clusterId, lease.subject), answer.version);
          this.#leaseWritten(lease, invocation);
        }
        return answer;
      },
      writeAll: async (leases) => {
        for (const one of leases) {
          const { clusterId, subject } = one.value;
          const isCurrent = (await inner.read(clusterId, subject))?.version === one.version;
          await inner.writeAll([one]);
          if (!isCurrent) continue;
          this.leaseVersions.delete(leaseKey(clusterId, subject));
          this.#leaseWritten(one.value, invocation);
        }
      },
    };
  }

  budgetStore(inner: BudgetStore, invocation: Invocation): BudgetStore {
    return {
      read: (pool) => inner.read(pool),
      readAll: (pools) => inner.readAll(pools),
      write: async (pool, budget, version) => {
        const answer = await inner.write(pool, budget, version);
        if (answer === 'written') this.#emit({ kind: 'budgetWritten', pool, invocation });
        return answer;
      },
    };
  }

  #leaseWritten(after: Lease, invocation: Invocation): void {
    const key = leaseKey(after.clusterId, after.subject);
    const before = this.leases.get(key);
    this.leases.set(key, after);
    this.#emit({ kind: 'leaseWritten', before, after, invocation });
  }

  #created({ rollout, request, targets }: NewRollout, invocation: Invocation): void {
    const rows = { live: new Map(), results: new Map(), deferred: new Map(), pending: new Map(), originals: new Map() };
    const mirror: Mirror = { id: rollout.id, request, targets, header: rollout, ...rows, commands: [], commits: 0 };
    this.mirrors.set(rollout.id, mirror);
    this.#emit({ kind: 'created', mirror, invocation });
  }

  #committed(step: Step, invocation: Invocation): void {
    const mirror = this.mirrors.get(step.rollout.value.id);
    if (mirror === undefined) return;
    const before = mirror.header;
    mirror.header = step.rollout.value;
    mirror.commits += 1;
    for (const row of step.insertLive) mirror.live.set(row.ordinal, row);
    for (const { value } of step.updateLive) mirror.live.set(value.ordinal, value);
    for (const { value } of step.deleteLive) mirror.live.delete(value.ordinal);
    for (const row of step.insertResults) mirror.results.set(row.ordinal, row);
    for (const { value } of step.updateResults) mirror.results.set(value.ordinal, value);
    for (const row of step.insertDeferred) mirror.deferred.set(row.ordinal, row);
    for (const ordinal of step.deleteDeferred) mirror.deferred.delete(ordinal);
    for (const id of step.deleteCommands) mirror.pending.delete(id);
    this.#emit({ kind: 'committed', mirror, step, before, invocation });
  }
}

export function leaseKey(clusterId: string, subject: string): string {
  return `${clusterKey(clusterId)}|${subject}`;
}

/** As the store does: what is recorded stays. */
function keepFirst(originals: Mirror['originals'], original: OriginalRow): void {
  const key = originalKey(original.ordinal, original.action);
  if (!originals.has(key)) originals.set(key, original);
}

export function originalKey(ordinal: number, action: number): string {
  return `${ordinal}/${action}`;
}

/** A store's methods as plain properties, so that some can be replaced. */
export function delegate(inner: RolloutStore): RolloutStore {
  return {
    create: (rollout) => inner.create(rollout),
    load: (id) => inner.load(id),
    header: (id) => inner.header(id),
    request: (id) => inner.request(id),
    targets: (id, range) => inner.targets(id, range),
    commit: (step) => inner.commit(step),
    liveRow: (id, ordinal) => inner.liveRow(id, ordinal),
    liveRows: (id, range) => inner.liveRows(id, range),
    saveLive: (id, row, original) => inner.saveLive(id, row, original),
    original: (id, ordinal, action) => inner.original(id, ordinal, action),
    addCommand: (id, command) => inner.addCommand(id, command),
    results: (id, range) => inner.results(id, range),
    deferred: (id, range, limit) => inner.deferred(id, range, limit),
    events: (id, after, limit) => inner.events(id, after, limit),
  };
}
