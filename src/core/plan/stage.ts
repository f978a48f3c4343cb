import { resolveAmount } from '../../contracts/amount.ts';
import type { Approval, RequestStage, RolloutRequest } from '../../contracts/rollout-request.ts';
import type { StageState, VerdictCounts } from '../../contracts/rollout-state.ts';

export function noVerdicts(): VerdictCounts {
  return { Succeeded: 0, Unchanged: 0, Failed: 0, TimedOut: 0, Skipped: 0, Deferred: 0, Cancelled: 0 };
}

/** A stage before its start, with percents resolved: they floor, and concurrency is at least 1 (product, "Stages in order"). */
export function newStage(
  stage: RequestStage,
  strategy: RolloutRequest['strategy'],
  { first, size }: { first: number; size: number },
  now: number,
): StageState {
  const { before, after } = stage.gates;
  return {
    name: stage.name,
    first,
    size,
    maxConcurrency: Math.max(1, resolveAmount(stage.maxConcurrency ?? strategy.maxConcurrency, size)),
    // A stage without a budget of its own is bound by the rollout's alone.
    maxFailures: stage.maxFailures === undefined ? size : resolveAmount(stage.maxFailures, size),
    soakSeconds: stage.soak,
    progressDeadlineSeconds: stage.progressDeadline ?? strategy.progressDeadline,
    gates: {
      ...(before?.approval && { before: rule(before.approval) }),
      ...(after?.approval && { after: rule(after.approval) }),
    },
    phase: 'Pending',
    phaseSince: now,
    next: first,
    counts: noVerdicts(),
    deferred: 0,
    regressed: 0,
    failuresExcused: 0,
    approvals: [],
  };
}

function rule({ quorum, requesterMayApprove, expiresAfter }: Approval): NonNullable<StageState['gates']['before']> {
  return { quorum, requesterMayApprove, ...(expiresAfter !== undefined && { expiresAfterSeconds: expiresAfter }) };
}
