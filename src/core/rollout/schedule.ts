import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { hasEnded, type Rollout, type RolloutStatus, type StageState } from '../../contracts/rollout-state.ts';
import * as timing from '../../contracts/timing.ts';
import { openStage } from './commands.ts';
import { deferredClusters } from './ending.ts';
import { holdsSlot, type Draft } from './draft.ts';
import { soakEndsAt } from './stages.ts';

/** Sets status, waiting reason and the next time at which asking again can change the answer. */
export function schedule(draft: Draft): void {
  const { rollout, now } = draft;
  if (hasEnded(rollout.status)) {
    rollout.nextCheckAt = now;
    return;
  }
  const status = statusOf(draft);
  if (status !== rollout.status) {
    rollout.status = status;
    rollout.statusSince = now;
  }
  rollout.nextCheckAt = draft.more ? now : Math.max(now, Math.min(...checks(draft)));
  explain(draft);
}

function statusOf(draft: Draft): RolloutStatus {
  const { rollout } = draft;
  const queued = [...draft.live.values()].some(({ state }) => state === 'queued');
  if (rollout.stop === 'pause' && !queued) return 'Paused';
  if (rollout.stop === 'halt' && !queued) return 'Halted';
  if (rollout.plan === undefined) return 'Planning';
  if (rollout.stop !== 'none') return 'Running';
  const phase = openStage(rollout)?.phase;
  if (phase === 'GateBefore' || phase === 'GateAfter') return 'WaitingForApproval';
  return phase === 'Soaking' ? 'Soaking' : 'Running';
}

function checks(draft: Draft): number[] {
  const { rollout, now } = draft;
  const at = [now + timing.IDLE_CHECK_SECONDS * 1000];
  if (rollout.plan === undefined && rollout.stop === 'none') at.push(now + timing.STATUS_POLL_SECONDS * 1000);
  for (const row of draft.live.values()) at.push(rowCheckAt(row, rollout, now));
  const stage = openStage(rollout);
  if (rollout.stop === 'none' && stage !== undefined) at.push(...stageChecks(rollout, stage, now));
  if (deferredClusters(rollout) > 0 && rollout.stop === 'none') {
    at.push(Math.max(now, rollout.deferCheckedAt + timing.DEFER_CHECK_SECONDS * 1000));
  }
  if (rollout.stop === 'none' && stage === undefined && deferredClusters(rollout) === 0) at.push(now);
  return at;
}

/** When looking at this row again can help. */
function rowCheckAt(row: LiveRow, rollout: Rollout, now: number): number {
  const poll = Math.max(now, rollout.polledAt + timing.STATUS_POLL_SECONDS * 1000);
  switch (row.state) {
    case 'queued':
      return orSoon(Math.max(row.slotAt, row.since) + timing.RESEND_AFTER_SECONDS * 1000, now);
    case 'claimed':
      return orSoon((row.claimedUntil ?? now) + timing.RESEND_AFTER_SECONDS * 1000, now);
    case 'written':
    case 'installing':
      return Math.max(poll, row.since + timing.FIRST_LOOK_SECONDS * 1000);
    case 'done':
      return now;
    case 'held':
      if (rollout.stop !== 'none') return Number.MAX_SAFE_INTEGER;
      return orSoon(row.slotAt, now);
  }
}

/** A time that has come without the row moving (no slot, no room) is not asked for again at once. */
function orSoon(at: number, now: number): number {
  return at > now ? at : now + timing.STATUS_POLL_SECONDS * 1000;
}

function stageChecks(rollout: Rollout, stage: StageState, now: number): number[] {
  switch (stage.phase) {
    case 'GateBefore':
    case 'GateAfter': {
      const expires = stage.gates[stage.phase === 'GateAfter' ? 'after' : 'before']?.expiresAfterSeconds;
      return expires === undefined ? [] : [stage.phaseSince + expires * 1000];
    }
    case 'Soaking':
      return [Math.max(now, Math.min(soakEndsAt(stage), rollout.soakCheckedAt + timing.SOAK_CHECK_SECONDS * 1000))];
    case 'Running':
      return stage.next < stage.first + stage.size ? [now + timing.STATUS_POLL_SECONDS * 1000] : [];
    case 'Pending':
    case 'Done':
      return [];
  }
}

/** Says why the rollout is not further (product, "Explainable"). */
function explain(draft: Draft): void {
  const { rollout, now } = draft;
  const { code, detail } = reason(draft);
  const since = rollout.waiting?.code === code ? rollout.waiting.since : now;
  rollout.waiting = { code, detail, since, nextCheckAt: rollout.nextCheckAt };
}

function reason(draft: Draft): { code: string; detail: string } {
  const { rollout } = draft;
  const working = [...draft.live.values()].filter(holdsSlot).length;
  if (rollout.stop !== 'none') {
    const what = rollout.stopReason ?? { code: rollout.stop, detail: '' };
    return { code: what.code, detail: working > 0 ? `${what.detail} (${working} in flight finish)` : what.detail };
  }
  if (rollout.plan === undefined) return { code: 'Planning', detail: 'The present configurations are being read.' };
  const stage = openStage(rollout);
  if (stage === undefined) return closing(rollout);
  const index = `stage ${stage.name}`;
  if (stage.phase === 'Soaking') return { code: 'Soaking', detail: `${index} soaks for ${stage.soakSeconds} s` };
  if (stage.phase === 'Running') return { code: 'ClustersInFlight', detail: `${index}: ${working} in flight` };
  return { code: 'ApprovalMissing', detail: `${index} waits for approval` };
}

function closing(rollout: Rollout): { code: string; detail: string } {
  const deferred = deferredClusters(rollout);
  return deferred > 0
    ? { code: 'ClustersOffline', detail: `${deferred} offline clusters are waited for` }
    : { code: 'FinalVerification', detail: 'Every stage is verified once more.' };
}
