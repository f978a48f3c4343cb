import type { Sweep, SweepShard } from '../../contracts/compliance.ts';
import { SWEEP_SHARDS_AT_ONCE } from '../../contracts/limits.ts';
import type { SweepMessage } from '../../contracts/messages.ts';
import { HISTORY_SECONDS } from '../../contracts/timing.ts';
import { boundedCounts, emptyCounts } from '../../core/compliance/counts.ts';
import type { Deps } from '../deps.ts';
import { fleetOf } from '../fleet.ts';
import { sweepMessage } from '../messages.ts';
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
  if (found === undefined || row === undefined) return;
  if (row.doneAt === undefined) await sweepShard(deps, found.sweep, row);
  await sendNext(deps, found.sweep, shard);
}

/** Its own message may have been the last there was: the next shard is sent again even by a repeat, which does no harm. */
async function sendNext({ bus }: Deps, { id, shards, startedAt }: Sweep, shard: number): Promise<void> {
  const next = shard + SWEEP_SHARDS_AT_ONCE;
  if (next < shards) await bus.sendSweeps([sweepMessage(id, next, startedAt)]);
}

async function sweepShard(deps: Deps, sweep: Sweep, row: SweepShard): Promise<void> {
  const counts = emptyCounts();
  for (const subscription of row.subscriptions) {
    const { clusters } = await fleetOf(deps, sweep.startedAt, [subscription]);
    await sweepSubscription(deps, subscription, clusters, counts);
    await deps.compliance.dropHistoryBefore(subscription, deps.clock.now() - HISTORY_SECONDS * 1000);
  }
  const { failure: _earlier, ...known } = row;
  await deps.compliance.finishShard({ ...known, doneAt: deps.clock.now(), counts: boundedCounts(counts) });
  const { clusters: swept, changed } = counts;
  deps.log.info('shard swept', { sweepId: row.sweepId, shard: row.shard, clusters: swept, changed });
}
