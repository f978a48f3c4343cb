import type { DeferredRow, LiveRow, OriginalRow, ResultRow, Target } from '../../contracts/cluster-rows.ts';
import type { Command } from '../../contracts/command.ts';
import type { EventRow } from '../../contracts/event.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import type { LoadedRollout, NewRollout, OrdinalRange, RolloutStore, Step } from '../../ports/rollout-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { RolloutPartition } from './rollout-partition.ts';
import { inRange } from './versioned-map.ts';

const EVERYTHING = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Rollouts in memory. */
export class MemoryRolloutStore implements RolloutStore {
  readonly #copy: FrozenCopy;
  readonly #partitions = new Map<string, RolloutPartition>();

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  async create(rollout: NewRollout): Promise<'created' | 'exists'> {
    const { id } = rollout.rollout;
    if (this.#partitions.has(id)) return 'exists';
    this.#partitions.set(id, new RolloutPartition(this.#copy, rollout));
    return 'created';
  }

  async load(rolloutId: string): Promise<LoadedRollout | undefined> {
    const partition = this.#partitions.get(rolloutId);
    if (partition === undefined) return undefined;
    return {
      rollout: partition.rollout,
      commands: inOrder([...partition.commands.values()].map(({ value }) => value)),
      live: inRange(partition.live, EVERYTHING),
    };
  }

  async header(rolloutId: string): Promise<Versioned<Rollout> | undefined> {
    return this.#partitions.get(rolloutId)?.rollout;
  }

  async request(rolloutId: string): Promise<RolloutRequest> {
    return this.#known(rolloutId).request;
  }

  async targets(rolloutId: string, { from, to }: OrdinalRange): Promise<Target[]> {
    return this.#known(rolloutId).targets.slice(Math.max(0, from), Math.max(0, to + 1));
  }

  async commit(step: Step): Promise<'committed' | 'conflict'> {
    return this.#partitions.get(step.rollout.value.id)?.commit(step) ?? 'conflict';
  }

  async liveRow(rolloutId: string, ordinal: number): Promise<Versioned<LiveRow> | undefined> {
    return this.#partitions.get(rolloutId)?.live.get(ordinal);
  }

  async liveRows(rolloutId: string, range: OrdinalRange): Promise<LiveRow[]> {
    const live = this.#partitions.get(rolloutId)?.live;
    return live === undefined ? [] : inRange(live, range).map(({ value }) => value);
  }

  async saveLive(
    rolloutId: string,
    { value, version }: Versioned<LiveRow>,
    original?: OriginalRow,
  ): Promise<{ saved: true; version: string } | { saved: false }> {
    const partition = this.#partitions.get(rolloutId);
    const saved = partition?.live.setIf(value.ordinal, value, version);
    if (partition === undefined || saved === undefined) return { saved: false };
    if (original !== undefined) {
      partition.originals.setIf(originalKey(original.ordinal, original.action), original, undefined);
    }
    return { saved: true, version: saved };
  }

  async original(rolloutId: string, ordinal: number, action: number): Promise<OriginalRow | undefined> {
    return this.#partitions.get(rolloutId)?.originals.get(originalKey(ordinal, action))?.value;
  }

  async addCommand(rolloutId: string, command: Command): Promise<void> {
    this.#known(rolloutId).commands.setIf(command.id, command, undefined);
  }

  async results(rolloutId: string, range: OrdinalRange): Promise<Versioned<ResultRow>[]> {
    const results = this.#partitions.get(rolloutId)?.results;
    return results === undefined ? [] : inRange(results, range);
  }

  async deferred(rolloutId: string, range: OrdinalRange, limit: number): Promise<DeferredRow[]> {
    const deferred = this.#partitions.get(rolloutId)?.deferred;
    if (deferred === undefined) return [];
    return inRange(deferred, range)
      .slice(0, Math.max(0, limit))
      .map(({ value }) => value);
  }

  async events(rolloutId: string, after: number, limit: number): Promise<EventRow[]> {
    const events = this.#partitions.get(rolloutId)?.events;
    if (events === undefined) return [];
    return inRange(events, { ...EVERYTHING, from: after + 1 })
      .slice(0, Math.max(0, limit))
      .map(({ value }) => value);
  }

  #known(rolloutId: string): RolloutPartition {
    const partition = this.#partitions.get(rolloutId);
    if (partition === undefined) throw new Error(`Rollout '${rolloutId}' is unknown.`);
    return partition;
  }
}

/** By time, and by id at one time, as a table sorts them. */
function inOrder(commands: readonly Command[]): Command[] {
  return [...commands].sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : Number(one.id > other.id)));
}

function originalKey(ordinal: number, action: number): string {
  return `${ordinal}|${action}`;
}
