import type { Decision } from '../../core/rollout/advance.ts';
import { findViolations } from '../../core/rollout/invariants.ts';
import type { LiveRow, ResultRow } from '../../contracts/cluster-rows.ts';
import { hasEnded, type Rollout } from '../../contracts/rollout-state.ts';
import type { LoadedRollout } from '../../ports/rollout-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { Deps } from '../deps.ts';
import { sealEvents } from '../events.ts';

/**
 * Commits one decision as one transaction (law 2).
 *
 * @returns the rollout as committed, or undefined when somebody else was faster.
 * @throws Error when the decision breaks an invariant: a bug, and nothing is stored.
 */
export async function commitDecision(
  deps: Deps,
  loaded: LoadedRollout,
  decision: Decision,
  regressed: ReadonlyMap<number, string>,
): Promise<Rollout | undefined> {
  const liveBefore = loaded.live.map(({ value }) => value);
  const violations = findViolations(loaded.rollout.value, liveBefore, decision);
  if (violations.length > 0) throw new Error(`rollout ${decision.rollout.id}: ${violations.join('; ')}`);
  const before = loaded.rollout.value;
  const end = { sequence: before.eventSequence, hash: before.eventHash };
  const event = decision.events.length > 0 ? sealEvents(deps.digest, end, decision.events, decision.now) : undefined;
  const rollout: Rollout = {
    ...decision.rollout,
    wakeAt: nextWakeAt(before, decision),
    ...(event && { eventSequence: event.sequence, eventHash: event.hash }),
  };
  const versions = new Map(loaded.live.map(({ value, version }) => [value.ordinal, version]));
  const answer = await deps.store.commit({
    rollout: { value: rollout, version: loaded.rollout.version },
    insertLive: decision.insertLive,
    updateLive: withVersions(decision.updateLive, versions),
    deleteLive: withVersions(leaving(loaded, decision), versions),
    insertResults: decision.results,
    updateResults: withVersions<ResultRow>(decision.regressions, regressed),
    insertDeferred: decision.insertDeferred,
    deleteDeferred: decision.deleteDeferred,
    deleteCommands: decision.consumed,
    event,
  });
  return answer === 'committed' ? rollout : undefined;
}

/** A wake-up is sent only when none is outstanding that comes early enough (law 13). */
function nextWakeAt(before: Rollout, { rollout, now }: Decision): number {
  if (hasEnded(rollout.status)) return before.wakeAt;
  return before.wakeAt > now && before.wakeAt <= rollout.nextCheckAt ? before.wakeAt : rollout.nextCheckAt;
}

/** Live rows that leave with this decision, as they were stored. */
export function leaving(loaded: LoadedRollout, { deleteLive }: Decision): LiveRow[] {
  const gone = new Set(deleteLive);
  return loaded.live.map(({ value }) => value).filter(({ ordinal }) => gone.has(ordinal));
}

function withVersions<T extends { ordinal: number }>(
  rows: readonly T[],
  versions: ReadonlyMap<number, string>,
): Versioned<T>[] {
  return rows.map((value) => {
    const version = versions.get(value.ordinal);
    if (version === undefined) throw new RangeError(`row ${value.ordinal} was not loaded`);
    return { value, version };
  });
}
