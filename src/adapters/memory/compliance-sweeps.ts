import { decodeTime } from 'ulid';
import type { Sweep, SweepShard } from '../../contracts/compliance.ts';
import type { FrozenCopy } from './frozen-copy.ts';

/** Sweeps and their shards in memory. */
export class MemorySweeps {
  readonly #copy: FrozenCopy;
  readonly #sweeps = new Map<string, { readonly sweep: Sweep; readonly shards: Map<number, SweepShard> }>();

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  create(sweep: Sweep, shards: readonly SweepShard[]): void {
    if (this.#sweeps.has(sweep.id)) return;
    this.#sweeps.set(sweep.id, {
      sweep: this.#copy(sweep),
      shards: new Map(shards.map((shard) => [shard.shard, this.#copy(shard)])),
    });
  }

  read(sweepId: string): { readonly sweep: Sweep; readonly shards: readonly SweepShard[] } | undefined {
    const found = this.#sweeps.get(sweepId);
    if (found === undefined) return undefined;
    return { sweep: found.sweep, shards: [...found.shards.values()].sort((one, other) => one.shard - other.shard) };
  }

  finishShard(shard: SweepShard): void {
    const shards = this.#sweeps.get(shard.sweepId)?.shards;
    const known = shards?.get(shard.shard);
    if (known === undefined || (known.doneAt !== undefined && shard.doneAt === undefined)) return;
    shards?.set(shard.shard, this.#copy(shard));
  }

  list(limit: number): Sweep[] {
    const ids = [...this.#sweeps.keys()].sort().reverse().slice(0, limit);
    return ids.flatMap((id) => this.#sweeps.get(id)?.sweep ?? []);
  }

  dropBefore(before: number): void {
    for (const id of this.#sweeps.keys()) if (decodeTime(id) < before) this.#sweeps.delete(id);
  }
}
