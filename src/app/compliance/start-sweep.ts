import type { Actor } from '../../contracts/actor.ts';
import type { Sweep, SweepShard } from '../../contracts/compliance.ts';
import { Transient } from '../../contracts/errors.ts';
import { SWEEP_SHARDS_AT_ONCE, SWEEP_SHARDS_MAX } from '../../contracts/limits.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { sweepMessage } from '../messages.ts';

/**
 * Starts a sweep over the fleet: its shards are stored first, so that what is lost on the way is sent again. The first few are sent;
 * each that is done sends the next (`run-sweep-shard.ts`).
 */
export async function startSweep(deps: Deps, actor: Actor): Promise<Sweep> {
  await takeInventory(deps);
  const id = deps.ids.next();
  const groups = shardsOf(deps.subscriptions);
  const sweep: Sweep = { schema: 1, id, startedAt: deps.clock.now(), startedBy: actor, shards: groups.length };
  const shards = groups.map((subscriptions, shard): SweepShard => ({ schema: 1, sweepId: id, shard, subscriptions }));
  await deps.compliance.createSweep(sweep, shards);
  const first = shards.slice(0, SWEEP_SHARDS_AT_ONCE);
  await deps.bus.sendSweeps(first.map(({ shard }) => sweepMessage(id, shard, sweep.startedAt)));
  deps.log.info('sweep started', { sweepId: id, shards: shards.length, actor: actor.name });
  return sweep;
}

/** Once, where it is too old: shards that begin together would each take it. When it cannot be taken now, they try again themselves. */
async function takeInventory(deps: Deps): Promise<void> {
  try {
    await currentFleet(deps, []);
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('a sweep starts without an inventory', { code: error.code });
  }
}

/** One subscription each, as long as there are not too many: a shard's partition of snapshots is that of its subscription. */
function shardsOf(subscriptions: readonly string[]): string[][] {
  const size = Math.ceil(subscriptions.length / SWEEP_SHARDS_MAX);
  const groups: string[][] = [];
  for (let from = 0; from < subscriptions.length; from += size) groups.push(subscriptions.slice(from, from + size));
  return groups;
}
