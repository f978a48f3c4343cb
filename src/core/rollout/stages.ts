import type { Rollout, StagePhase, StageState } from '../../contracts/rollout-state.ts';
import { openStage } from './commands.ts';
import { record, type Draft } from './draft.ts';

/** Moves the open stage through its phases as far as it goes; opens the next one when it is done. */
export function moveStages(draft: Draft): void {
  const { rollout } = draft;
  while (rollout.stop === 'none') {
    const stage = openStage(rollout);
    const next = stage && nextPhase(draft, stage);
    if (stage === undefined || next === undefined) return;
    enter(draft, stage, next);
  }
}

/** The phase that follows, or undefined while the present one has to wait. */
function nextPhase(draft: Draft, stage: StageState): StagePhase | undefined {
  const { rollout, now } = draft;
  switch (stage.phase) {
    case 'Pending':
      return stage.gates.before === undefined ? 'Running' : 'GateBefore';
    case 'GateBefore':
      return isApproved(draft, stage, 'before') ? 'Running' : undefined;
    case 'Running':
      if (!isWorkedOff(draft, stage)) return undefined;
      return stage.soakSeconds > 0 ? 'Soaking' : afterSoak(stage);
    case 'Soaking':
      return hasSoaked(rollout, stage, now) ? afterSoak(stage) : undefined;
    case 'GateAfter':
      return isApproved(draft, stage, 'after') ? 'Done' : undefined;
    case 'Done':
      return undefined;
  }
}

function afterSoak(stage: StageState): StagePhase {
  return stage.gates.after === undefined ? 'Done' : 'GateAfter';
}

/** When the soak of a stage ends if nothing goes bad. */
export function soakEndsAt(stage: StageState): number {
  return stage.phaseSince + stage.soakSeconds * 1000;
}

/** A soak has passed when it is over and the clusters were looked at after that moment. */
function hasSoaked(rollout: Rollout, stage: StageState, now: number): boolean {
  return now >= soakEndsAt(stage) && rollout.soakCheckedAt >= soakEndsAt(stage);
}

/** Every cluster dispatched and none in flight. Deferred ones are caught up later and hold nothing up. */
function isWorkedOff(draft: Draft, stage: StageState): boolean {
  if (stage.next < stage.first + stage.size) return false;
  const index = draft.rollout.stages.indexOf(stage);
  for (const row of draft.live.values()) if (row.stage === index) return false;
  return true;
}

/** Counts approvals; one that has waited too long cancels the rollout. */
function isApproved(draft: Draft, stage: StageState, side: 'before' | 'after'): boolean {
  const rule = stage.gates[side];
  if (rule === undefined) return true;
  if (stage.approvals.filter((given) => given.side === side).length >= rule.quorum) return true;
  if (rule.expiresAfterSeconds !== undefined && draft.now >= stage.phaseSince + rule.expiresAfterSeconds * 1000) {
    const detail = `Nobody approved stage ${stage.name} in time.`;
    draft.rollout.stop = 'cancel';
    draft.rollout.stopReason = { code: 'ApprovalExpired', detail };
    record(draft, 'ApprovalExpired', { stage: stage.name, detail });
  }
  return false;
}

function enter(draft: Draft, stage: StageState, phase: StagePhase): void {
  const from = stage.phase;
  stage.phase = phase;
  stage.phaseSince = draft.now;
  if (phase === 'GateBefore' || phase === 'GateAfter') record(draft, 'ApprovalRequested', { stage: stage.name });
  if (phase === 'Running') record(draft, 'StageStarted', { stage: stage.name, detail: `${stage.size} clusters` });
  if (phase === 'Soaking') record(draft, 'SoakStarted', { stage: stage.name });
  if (phase === 'Done' && from !== 'Done') record(draft, 'StageCompleted', { stage: stage.name });
}

/** A cluster went bad while the stage soaked: the soak begins again (product, "Soak"). */
export function restartSoak(draft: Draft, stages: ReadonlySet<number>): void {
  const stage = openStage(draft.rollout);
  if (stage?.phase !== 'Soaking' || !stages.has(draft.rollout.stages.indexOf(stage))) return;
  stage.phaseSince = draft.now;
  record(draft, 'SoakRestarted', { stage: stage.name });
}
