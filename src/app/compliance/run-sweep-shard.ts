import type { SweepMessage } from '../../contracts/messages.ts';
import { HISTORY_SECONDS } from '../../contracts/timing.ts';
import { emptyCounts, mostFrequent } from '../../core/compliance/counts.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { sweepSubscription } from './sweep-subscription.ts';

/**
 * Sweeps one shard: what is there now, held against what was there before and what was rolled out. Only what has changed is written.
 * A shard that is delivered twice, or died half-way, is swept anew and gives the same (law 1).
 *
 * @throws Transient when Azure or a store does not answer: the message is delivered again.
 */
export async function runSweepShard(deps: Deps, { sweepId, shard }: SweepMessage): Promise<void> {
  const found = await deps.compliance.sweep(sweepId);
  const row = found?.shards.find((one) => one.shard === shard);
  if (row === undefined || row.doneAt !== undefined) return;
  const { clusters } = await currentFleet(deps);
  const counts = emptyCounts();
  for (const subscription of row.subscriptions) {
    const own = clusters.filter(({ subscriptionId }) => subscriptionId.toLowerCase() === subscription.toLowerCase());
    await sweepSubscription(deps, subscription, own, counts);
    await deps.compliance.dropHistoryBefore(subscription, deps.clock.now() - HISTORY_SECONDS * 1000);
  }
  const kept = { ...counts, byRevision: mostFrequent(counts.byRevision) };
  const { failure: _earlier, ...swept } = row;
  await deps.compliance.finishShard({ ...swept, doneAt: deps.clock.now(), counts: kept });
  deps.log.info('shard swept', { sweepId, shard, clusters: counts.clusters, changed: counts.changed });
}
