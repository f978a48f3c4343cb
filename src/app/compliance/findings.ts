import type { Baseline, Snapshot } from '../../contracts/compliance.ts';
import { SNAPSHOTS_PER_WRITE } from '../../contracts/limits.ts';
import { HISTORY_SECONDS } from '../../contracts/timing.ts';
import { isHistory, nextSnapshot, type Sight } from '../../core/compliance/snapshot.ts';
import type { Deps } from '../deps.ts';

/** What a sweep of one subscription has to write: snapshots that have changed, and rows that nobody asks for any more. */
export class Findings {
  readonly #deps: Deps;
  readonly #subscription: string;
  readonly #now: number;
  readonly #changed: Snapshot[] = [];
  readonly #past: { readonly snapshots: Snapshot[]; readonly baselines: Baseline[] } = { snapshots: [], baselines: [] };
  #changes = 0;

  constructor(deps: Deps, subscription: string, now: number) {
    this.#deps = deps;
    this.#subscription = subscription;
    this.#now = now;
  }

  /**
   * Holds what is seen against what was seen before.
   *
   * @returns the snapshot as it is now; undefined when it is history.
   */
  take(sight: Sight, before: Snapshot | undefined): Snapshot | undefined {
    const next = nextSnapshot(before, sight, this.#now);
    if (next !== undefined) this.#changed.push(next);
    else if (before !== undefined) this.age(before);
    const snapshot = next ?? before;
    return snapshot === undefined || isHistory(snapshot) ? undefined : snapshot;
  }

  /** History from before the time of which history is kept is dropped. */
  age(snapshot: Snapshot): void {
    if (isHistory(snapshot) && this.#isPast(snapshot.changedAt)) this.#past.snapshots.push(snapshot);
  }

  /** So is what drift of a cluster was held against, when the cluster has been gone since before that time. */
  ageBaseline(baseline: Baseline, goneSince: number): void {
    if (this.#isPast(goneSince)) this.#past.baselines.push(baseline);
  }

  /** Writes what has changed once there is enough of it. */
  async write(atLeast: number): Promise<void> {
    if (this.#changed.length === 0 || this.#changed.length < atLeast) return;
    await this.#deps.compliance.writeSnapshots(this.#subscription, { changed: [...this.#changed] });
    this.#changes += this.#changed.length;
    this.#changed.length = 0;
  }

  /** Writes the rest, and drops a bounded number of rows; what is left is for the next sweep. Returns how many snapshots have changed. */
  async finish(): Promise<number> {
    await this.write(0);
    const snapshots = this.#past.snapshots.slice(0, SNAPSHOTS_PER_WRITE);
    const baselines = this.#past.baselines.slice(0, SNAPSHOTS_PER_WRITE);
    if (snapshots.length + baselines.length > 0)
      await this.#deps.compliance.forget(this.#subscription, { snapshots, baselines });
    return this.#changes;
  }

  #isPast(at: number): boolean {
    return at < this.#now - HISTORY_SECONDS * 1000;
  }
}
