import type { LiveRow } from '../../contracts/cluster-rows.ts';
import type { OperationMessage } from '../../contracts/messages.ts';
import { CLAIM_SECONDS } from '../../contracts/timing.ts';
import { actionsOf } from '../../core/change/actions.ts';
import type { Deps } from '../deps.ts';
import { deadlineMsOf, saveRow, type Progress } from './context.ts';

/**
 * Claims the row that a message stands for. The claim is a conditional write: once a stop has taken the row back, or
 * another delivery has claimed it, it fails and nothing is done (S10).
 */
export async function claim(deps: Deps, message: OperationMessage): Promise<Progress> {
  const { rolloutId, ordinal } = message;
  const stored = await deps.store.liveRow(rolloutId, ordinal);
  if (stored === undefined || !standsFor(message, stored.value, deps.clock.now())) return { kind: 'lost' };
  const request = await deps.store.request(rolloutId);
  const row = stored.value;
  const deadlineMs = deadlineMsOf(request, row.stage);
  const now = deps.clock.now();
  const claimed: LiveRow = {
    ...row,
    state: 'claimed',
    since: now,
    claimedUntil: now + CLAIM_SECONDS * 1000,
    startedAt: row.startedAt ?? now,
    deadlineAt: row.deadlineAt ?? now + deadlineMs,
  };
  const actions = actionsOf(request.change);
  return saveRow({ deps, rolloutId, actions, deadlineMs, row, version: stored.version }, claimed);
}

/** True when the row still waits for this very message, or was claimed by a handler that has not come back in time. */
function standsFor({ attempt, step }: OperationMessage, row: LiveRow, now: number): boolean {
  if (row.attempt !== attempt || row.step !== step) return false;
  return row.state === 'queued' || (row.state === 'claimed' && now >= (row.claimedUntil ?? 0));
}
