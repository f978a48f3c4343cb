import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { hasEnded, type Rollout, type RolloutStatus, type StageState } from '../../contracts/rollout-state.ts';
import * as timing from '../../contracts/timing.ts';
import { openStage } from './commands.ts';
import { awaitsVerification, deferredClusters } from './ending.ts';
import { claimGivenUpAt, holdsSlot, type Draft } from './draft.ts';
import { soakEndsAt } from './stages.ts';

const FINAL_VERIFICATION = 'FinalVerification';

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
    at.push(orSoon(rollout.deferCheckedAt + timing.DEFER_CHECK_SECONDS * 1000, now));
  }
  if (awaitsVerification(rollout) && draft.live.size === 0) {
    // Asked for already and not passed: something could not be read.
    at.push(rollout.waiting?.code === FINAL_VERIFICATION ? orSoon(now, now) : now);
  }
  return at;
}

/** When looking at this row again can help. */
function rowCheckAt(row: LiveRow, rollout: Rollout, now: number): number {
  const poll = Math.max(now, rollout.polledAt + timing.STATUS_POLL_SECONDS * 1000);
  switch (row.state) {
    case 'queued':
      return orSoon(Math.max(row.slotAt, row.since) + timing.RESEND_AFTER_SECONDS * 1000, now);
    case 'claimed':
      return orSoon(claimGivenUpAt(row.claimedUntil), now);
    case 'written':
      return Math.max(poll, row.since + timing.FIRST_LOOK_SECONDS * 1000);
    case 'done':
      return now;
    case 'held':
      if (rollout.stop !== 'none') return Number.MAX_SAFE_INTEGER;
      return orSoon(row.slotAt, now);
  }
}

/** A time that has come without anything moving (no slot, no room, an incomplete look) is not asked for again at once. */
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
      return [orSoon(Math.min(soakEndsAt(stage), rollout.soakCheckedAt + timing.SOAK_CHECK_SECONDS * 1000), now)];
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
  if (stage === undefined) return closing(rollout, working);
  const index = `stage ${stage.name}`;
  if (stage.phase === 'Soaking') return { code: 'Soaking', detail: `${index} soaks for ${stage.soakSeconds} s` };
  if (stage.phase === 'Running') return { code: 'ClustersInFlight', detail: `${index}: ${working} in flight` };
  return { code: 'ApprovalMissing', detail: `${index} waits for approval` };
}

/** What a rollout whose stages are done waits for. */
function closing(rollout: Rollout, working: number): { code: string; detail: string } {
  const deferred = deferredClusters(rollout);
  if (working > 0) return { code: 'ClustersInFlight', detail: `${working} in flight after being offline` };
  return deferred > 0
    ? { code: 'ClustersOffline', detail: `${deferred} offline clusters are waited for` }
    : { code: FINAL_VERIFICATION, detail: 'Every stage is verified once more.' };
}
