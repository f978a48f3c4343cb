import { labelOf } from '../../contracts/actor.ts';
import type { ComplianceCounts, Sweep, SweepShard } from '../../contracts/compliance.ts';
import { Refusal } from '../../contracts/errors.ts';
import { SWEEP_SECONDS_MAX } from '../../contracts/timing.ts';
import { addCounts } from '../../core/compliance/counts.ts';
import type { Deps } from '../deps.ts';
import { isoTime } from './rollout-view.ts';

/** Sweeps that are looked through for one that is complete, or for the last look at a subscription. Ours: days of hourly ones. */
export const SWEEPS_LOOKED_BACK = 50;

/** A sweep with its shards, as stored. */
export interface FoundSweep {
  readonly sweep: Sweep;
  readonly shards: readonly SweepShard[];
}

/** `Incomplete`: not every shard was done in the time that a sweep may take. A shard that ends later still completes it. */
export type SweepStatus = 'Running' | 'Complete' | 'Incomplete';

/** `GET /api/compliance/sweeps/{id}`. Throws `Refusal` 404. */
export async function getSweep(deps: Deps, sweepId: string): Promise<object> {
  const found = await deps.compliance.sweep(sweepId);
  if (found === undefined) {
    const detail = `There is no sweep '${sweepId}'. GET /api/compliance?trend=10 lists the last ones.`;
    throw new Refusal(404, 'SweepNotFound', detail);
  }
  return { ...sweepView(found, deps.clock.now()), counts: sweepCounts(found) };
}

/** The newest of some sweeps, newest first, and the newest complete one. */
export async function findSweeps(
  deps: Deps,
  listed: readonly Sweep[],
): Promise<{ newest: FoundSweep | undefined; complete: FoundSweep | undefined }> {
  let newest: FoundSweep | undefined;
  for (const { id } of listed) {
    const found = await deps.compliance.sweep(id);
    newest ??= found;
    if (found !== undefined && sweepStatus(found, deps.clock.now()) === 'Complete') return { newest, complete: found };
  }
  return { newest, complete: undefined };
}

/** How far a sweep is, without its counts. `missingSubscriptions` are those it has not seen to the end. */
export function sweepView(found: FoundSweep, now: number) {
  const { sweep, shards } = found;
  const finishedAt = finishedAtOf(found);
  return {
    id: sweep.id,
    status: sweepStatus(found, now),
    startedAt: isoTime(sweep.startedAt),
    startedBy: labelOf(sweep.startedBy),
    ...(finishedAt !== undefined && { finishedAt: isoTime(finishedAt) }),
    shards: { total: sweep.shards, done: shards.filter(({ doneAt }) => doneAt !== undefined).length },
    missingSubscriptions: missingSubscriptions(found),
  };
}

export function sweepStatus(found: FoundSweep, now: number): SweepStatus {
  if (finishedAtOf(found) !== undefined) return 'Complete';
  return now < found.sweep.startedAt + SWEEP_SECONDS_MAX * 1000 ? 'Running' : 'Incomplete';
}

/** What the shards that are done have counted. */
export function sweepCounts({ shards }: FoundSweep): ComplianceCounts {
  return addCounts(shards.flatMap(({ counts }) => counts ?? []));
}

export function missingSubscriptions({ shards }: FoundSweep): string[] {
  return shards.filter(({ doneAt }) => doneAt === undefined).flatMap(({ subscriptions }) => subscriptions);
}

/**
 * When each subscription was last seen to the end, by id. Snapshots are written only when they change, so this is when everything
 * in them was last seen. Subscriptions that no recent sweep has finished are absent.
 */
export async function lastSweptTimes(deps: Deps): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const { id } of await deps.compliance.listSweeps(SWEEPS_LOOKED_BACK)) {
    const found = await deps.compliance.sweep(id);
    for (const { subscriptions, doneAt } of found?.shards ?? []) {
      if (doneAt === undefined) continue;
      for (const one of subscriptions) if (!times.has(one)) times.set(one, doneAt);
    }
    if (deps.subscriptions.every((one) => times.has(one))) break;
  }
  return times;
}

/** When the last shard was done; undefined while one is not. */
function finishedAtOf({ sweep, shards }: FoundSweep): number | undefined {
  const done = shards.flatMap(({ doneAt }) => doneAt ?? []);
  return done.length < sweep.shards ? undefined : Math.max(...done);
}
