import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { account, change, isAbandoned, type Draft } from './draft.ts';

/**
 * Takes queued clusters back while the rollout is stopped, in or before the commit that says it is stopped: a claim is a
 * conditional write on its row, so none can follow (architecture, "Stopping is exact"). A cancel also settles those that
 * a pause took back earlier.
 *
 * @returns true when no queued cluster is left.
 */
export function takeQueuedBack(draft: Draft): boolean {
  if (draft.rollout.stop === 'none') return true;
  for (const row of draft.live.values()) {
    if (row.state !== 'queued' && row.state !== 'held' && !isAbandoned(row, draft.now)) continue;
    if (!takeBack(draft, row)) return false;
  }
  return true;
}

function takeBack(draft: Draft, row: LiveRow): boolean {
  if (draft.rollout.stop !== 'cancel') {
    return row.state === 'held' || change(draft, { ...row, state: 'held', since: draft.now });
  }
  // After a write whose outcome is unknown, or an extension that is on, "Cancelled" still holds: no verdict was reached.
  const isSuperseded = draft.rollout.supersededBy !== undefined;
  const how = isSuperseded ? 'superseded' : 'cancelled';
  const code = isSuperseded ? 'RolloutSuperseded' : 'RolloutCancelled';
  const detail =
    row.wrote || row.changed
      ? `The rollout was ${how} before this cluster reached a verdict; a write had been sent.`
      : `The rollout was ${how} before this cluster was written.`;
  return account(draft, row, { verdict: 'Cancelled', code, detail, at: draft.now });
}
