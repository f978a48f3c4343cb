import type { Target } from '../../contracts/cluster-rows.ts';
import { DISPATCH_HORIZON_SECONDS } from '../../contracts/timing.ts';
import { readsOf, reserve, subscriptionOf, writesOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/**
 * Slots reserved by one run of the engine, by subscription. A run that loses a commit to another keeps its unused slots for
 * its next try, so that contention does not eat the budget.
 */
export class SlotPurse {
  readonly #deps: Deps;
  readonly #slots = new Map<string, number[]>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Reserves what is missing for these clusters: one write and one read each, at most a minute ahead (law 5). */
  async fill(targets: readonly Target[]): Promise<void> {
    const bySubscription = Map.groupBy(targets, ({ clusterId }) => subscriptionOf(clusterId));
    for (const [subscription, group] of bySubscription) {
      const kept = (this.#slots.get(subscription) ?? []).filter((at) => at >= this.#deps.clock.now());
      const added = await this.#reserve(group, group.length - kept.length);
      this.#slots.set(subscription, [...kept, ...added]);
    }
  }

  async #reserve(group: readonly Target[], wanted: number): Promise<number[]> {
    const [first] = group;
    if (first === undefined || wanted <= 0) return [];
    const horizonMs = DISPATCH_HORIZON_SECONDS * 1000;
    const writes = await reserve(this.#deps, writesOf(first.clusterId), wanted, horizonMs);
    const reads = await reserve(this.#deps, readsOf(first.clusterId), writes.length, horizonMs);
    return reads.map((readAt, index) => Math.max(readAt, writes[index] ?? readAt));
  }

  /** The next slot for a cluster, or undefined when its subscription has none left. */
  take({ clusterId }: Target): number | undefined {
    return this.#slots.get(subscriptionOf(clusterId))?.shift();
  }
}
