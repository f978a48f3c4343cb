import { isSameActor, labelOf } from '../../contracts/actor.ts';
import type { Command } from '../../contracts/command.ts';
import { hasEnded, type Rollout, type RolloutStatus, type StageState } from '../../contracts/rollout-state.ts';
import { rolloutFailures, stageFailures } from './budget.ts';
import { record, takeRows, type Draft } from './draft.ts';

/** Why a command cannot be carried out now; `allowedIn` names the states that do allow it. */
export interface CommandProblem {
  readonly code: 'CommandNotAllowed' | 'RequesterMayNotApprove' | 'AlreadyApproved';
  readonly detail: string;
  readonly allowedIn: readonly RolloutStatus[];
}

const AT_WORK = ['Planning', 'WaitingForApproval', 'Running', 'Soaking', 'Paused', 'Halted'] as const;

const ALLOWED_IN: Readonly<Record<Command['kind'], readonly RolloutStatus[]>> = {
  pause: ['Planning', 'WaitingForApproval', 'Running', 'Soaking'],
  resume: ['Paused', 'Halted'],
  approve: ['WaitingForApproval'],
  reject: ['WaitingForApproval'],
  cancel: AT_WORK,
  supersede: AT_WORK,
};

/** Judges a command against the rollout as it is stored. */
export function judgeCommand(rollout: Rollout, command: Pick<Command, 'kind' | 'actor'>): CommandProblem | undefined {
  const allowedIn = ALLOWED_IN[command.kind];
  if (!fits(rollout, command.kind)) {
    const state =
      rollout.stop === 'none' || hasEnded(rollout.status)
        ? rollout.status
        : `${rollout.status} (${rollout.stop} on its way)`;
    const detail = `The rollout is ${state}; ${command.kind} is possible in ${allowedIn.join(', ')}.`;
    return { code: 'CommandNotAllowed', detail, allowedIn };
  }
  return command.kind === 'approve' ? judgeApprover(rollout, command, allowedIn) : undefined;
}

/** The state as people see it, and what is on its way: a stop counts from the moment it is decided. */
function fits(rollout: Rollout, kind: Command['kind']): boolean {
  if (hasEnded(rollout.status) || rollout.stop === 'cancel') return false;
  switch (kind) {
    case 'resume':
      return rollout.stop === 'pause' || rollout.stop === 'halt';
    case 'pause':
      return rollout.stop === 'none';
    case 'approve':
    case 'reject':
      return rollout.stop === 'none' && rollout.status === 'WaitingForApproval';
    case 'cancel':
    case 'supersede':
      return true;
  }
}

function judgeApprover(
  rollout: Rollout,
  { actor }: Pick<Command, 'actor'>,
  allowedIn: readonly RolloutStatus[],
): CommandProblem | undefined {
  const stage = openStage(rollout);
  const side = stage?.phase === 'GateAfter' ? 'after' : 'before';
  const rule = stage?.gates[side];
  if (stage === undefined || rule === undefined) return undefined;
  // Callers of the local cloud are not told apart, so the rule can only bind identified ones.
  const isRequester = actor.kind !== 'local' && isSameActor(actor, rollout.createdBy);
  if (isRequester && !rule.requesterMayApprove) {
    const detail = `${labelOf(actor)} asked for this rollout; stage ${stage.name} wants somebody else's approval.`;
    return { code: 'RequesterMayNotApprove', detail, allowedIn };
  }
  const given = stage.approvals.some((one) => one.side === side && isSameActor(one.actor, actor));
  if (given && actor.kind !== 'local') {
    const detail = `${labelOf(actor)} has approved stage ${stage.name} already; ${rule.quorum} different people are needed.`;
    return { code: 'AlreadyApproved', detail, allowedIn };
  }
  return undefined;
}

/** The stage that is at work or next: the first that is not done. */
export function openStage(rollout: Rollout): StageState | undefined {
  return rollout.stages.find(({ phase }) => phase !== 'Done');
}

/** Consumes stored commands in order. One that no longer fits is refused in the audit trail, never lost. */
export function consumeCommands(draft: Draft, commands: readonly Command[]): void {
  for (const command of commands) {
    if (!takeRows(draft, 1)) return;
    draft.consumed.push(command.id);
    const problem = judgeCommand(draft.rollout, command);
    const { actor, reason } = command;
    if (problem === undefined) apply(draft, command);
    else
      record(draft, 'CommandRefused', {
        actor,
        code: problem.code,
        detail: `${command.kind}: ${problem.detail}${because(reason)}`,
      });
  }
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}

function apply(draft: Draft, command: Command): void {
  const { rollout } = draft;
  const { kind, actor, reason } = command;
  const detail = reason ?? `by ${labelOf(actor)}`;
  switch (kind) {
    case 'pause':
      rollout.stop = 'pause';
      rollout.stopReason = { code: 'PausedByPerson', detail };
      record(draft, 'RolloutPaused', { actor, detail });
      return;
    case 'resume':
      resume(draft);
      record(draft, 'RolloutResumed', { actor, detail });
      return;
    case 'cancel':
      // A halted rollout was stopped by its budget; giving it up does not make it merely cancelled.
      rollout.stopReason = rollout.stop === 'halt' ? rollout.stopReason : { code: 'CancelledByPerson', detail };
      rollout.stop = 'cancel';
      record(draft, 'CancelRequested', { actor, detail });
      return;
    case 'supersede':
      supersede(draft, command);
      return;
    case 'reject':
      rollout.stop = 'cancel';
      rollout.stopReason = { code: 'Rejected', detail };
      record(draft, 'RolloutRejected', { actor, detail });
      return;
    case 'approve':
      approve(draft, { actor, detail, reason });
      return;
  }
}

/** Clusters in flight finish and nothing new starts, as in a cancel. That it was halted stays to be seen. */
function supersede(draft: Draft, { actor, supersededBy }: Command & { kind: 'supersede' }): void {
  const { rollout } = draft;
  const halted =
    rollout.stop === 'halt' && rollout.stopReason ? ` It had been halted: ${rollout.stopReason.detail}` : '';
  const detail = `Rollout ${supersededBy} takes its place.${halted}`;
  rollout.stop = 'cancel';
  rollout.stopReason = { code: 'Superseded', detail };
  rollout.supersededBy = supersededBy;
  record(draft, 'SupersedeRequested', { actor, detail });
}

/** Resuming a halted rollout accepts the failures so far: the budget counts afresh from here. */
function resume({ rollout }: Draft): void {
  if (rollout.stop === 'halt') {
    rollout.failuresExcused = rolloutFailures(rollout);
    for (const stage of rollout.stages) stage.failuresExcused = stageFailures(stage);
  }
  rollout.stop = 'none';
  delete rollout.stopReason;
}

function approve(
  draft: Draft,
  { actor, detail, reason }: Pick<Command, 'actor' | 'reason'> & { detail: string },
): void {
  const stage = openStage(draft.rollout);
  if (stage === undefined) return;
  const side = stage.phase === 'GateAfter' ? 'after' : 'before';
  stage.approvals.push({ side, actor, at: draft.now, ...(reason !== undefined && { reason }) });
  record(draft, 'ApprovalGiven', { actor, stage: stage.name, detail });
}
