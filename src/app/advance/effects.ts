import type { LiveRow } from '../../contracts/cluster-rows.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import { hasEnded } from '../../contracts/rollout-state.ts';
import type { Decision } from '../../core/rollout/advance.ts';
import { tellOfRollout } from '../../core/notifications/what-to-tell.ts';
import type { LoadedRollout } from '../../ports/rollout-store.ts';
import { queueStatus } from '../definitions/queue-status.ts';
import type { Deps } from '../deps.ts';
import { releaseLeases } from '../leases.ts';
import { operationMessage, wakeMessage } from '../messages.ts';
import { tell } from '../notifications/tell.ts';
import { countOutcomes } from '../telemetry/count-outcomes.ts';
import { leaving } from './commit.ts';
import { updateIndex } from './index-rows.ts';

/** Sends what follows from a commit. All of it is derivable from stored rows and may be repeated or lost (law 3). */
export async function sendEffects(
  deps: Deps,
  loaded: LoadedRollout,
  decision: Decision,
  rollout: Rollout,
): Promise<void> {
  const before = loaded.rollout.value;
  countOutcomes(deps.telemetry, before, decision, rollout);
  const queued = [...decision.insertLive, ...decision.updateLive].filter(({ state }) => state === 'queued');
  if (queued.length > 0) await deps.bus.sendOperations(queued.map((row) => operationMessage(rollout.id, row)));
  await releaseLeases(deps, rollout.id, [...leaving(loaded, decision), ...goneOn(loaded, decision)]);
  if (before.status !== rollout.status) {
    deps.log.info('rollout status changed', { rolloutId: rollout.id, from: before.status, to: rollout.status });
    await updateIndex(deps, rollout);
    await tell(deps, tellOfRollout(rollout, deps.clock.now()));
  }
  if (hasEnded(rollout.status)) return;
  if (rollout.wakeAt !== before.wakeAt) await deps.bus.sendWakeups([wakeMessage(rollout.id, rollout.wakeAt)]);
  await queueStatus(deps, before, rollout);
}

/** Rows, as they were stored, whose cluster goes on to another action: its lease is not the one they hold. */
function goneOn(loaded: LoadedRollout, { updateLive }: Decision): LiveRow[] {
  const actions = new Map(updateLive.map(({ ordinal, action }) => [ordinal, action]));
  return loaded.live
    .map(({ value }) => value)
    .filter(({ ordinal, action }) => (actions.get(ordinal) ?? action) !== action);
}
