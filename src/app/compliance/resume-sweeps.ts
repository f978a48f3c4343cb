import type { SweepShard } from '../../contracts/compliance.ts';
import { SWEEP_SHARDS_AT_ONCE } from '../../contracts/limits.ts';
import { HISTORY_SECONDS, SWEEP_SECONDS_MAX, TELL_AGAIN_SECONDS } from '../../contracts/timing.ts';
import { tellOfSweep } from '../../core/notifications/what-to-tell.ts';
import type { Deps } from '../deps.ts';
import { sweepMessage } from '../messages.ts';
import { tell } from '../notifications/tell.ts';

/** Sweeps that are looked at: older ones are over, complete or not. Ours. */
const SWEEPS_LOOKED_AT = 3;
/** A shard that is not done this long after its message should have arrived was lost. Half of what a sweep may take. */
const LOST_AFTER_MS = (SWEEP_SECONDS_MAX * 1000) / 2;

/**
 * Forgets old sweeps, and sends shards of recent sweeps that got lost on the way again: a sweep that died half-way goes on. As many as may
 * be at work at the same time; each that is done sends the next. A sweep that has run out of its time is told of.
 */
export async function resumeSweeps(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  await deps.compliance.dropSweepsBefore(now - HISTORY_SECONDS * 1000);
  for (const { id, startedAt } of await deps.compliance.listSweeps(SWEEPS_LOOKED_AT)) {
    const overAt = startedAt + SWEEP_SECONDS_MAX * 1000;
    if (now < startedAt + LOST_AFTER_MS || now >= overAt + TELL_AGAIN_SECONDS * 1000) continue;
    const found = await deps.compliance.sweep(id);
    const lost = found?.shards.filter(({ doneAt }) => doneAt === undefined) ?? [];
    if (found === undefined || lost.length === 0) continue;
    if (now >= overAt) {
      await tell(deps, tellOfSweep(found.sweep, lost.length, overAt));
      continue;
    }
    const first = lost.sort(failedLast).slice(0, SWEEP_SHARDS_AT_ONCE);
    deps.log.warn('shards of a sweep are sent again', { sweepId: id, shards: first.length, missing: lost.length });
    await deps.bus.sendSweeps(first.map(({ shard }) => sweepMessage(id, shard, now)));
  }
}

/** One that fails every time must not hold up those that it would have sent when it was done. */
function failedLast(one: SweepShard, other: SweepShard): number {
  return Number(one.failure !== undefined) - Number(other.failure !== undefined) || one.shard - other.shard;
}
