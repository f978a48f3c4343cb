import { hasEnded, type Rollout, type RolloutStatus } from '../../contracts/rollout-state.ts';
import { Verdict, type Verdict as VerdictName } from '../../contracts/verdict.ts';
import { rolloutFailures } from './budget.ts';
import { openStage } from './commands.ts';
import { record, type Draft } from './draft.ts';

/** Accounted clusters of one verdict over all stages. */
export function countVerdict(rollout: Rollout, verdict: VerdictName): number {
  return rollout.stages.reduce((sum, stage) => sum + stage.counts[verdict], 0);
}

export function deferredClusters(rollout: Rollout): number {
  return rollout.stages.reduce((sum, stage) => sum + stage.deferred, 0);
}

/** All stages done, nobody waited for, nothing stopped: only the last verification is left. */
export function awaitsVerification(rollout: Rollout): boolean {
  return (
    rollout.plan !== undefined &&
    rollout.stop === 'none' &&
    !rollout.verified &&
    !hasEnded(rollout.status) &&
    openStage(rollout) === undefined &&
    deferredClusters(rollout) === 0
  );
}

/** Ends the rollout when nothing is left to do. */
export function endWhenDone(draft: Draft): void {
  const { rollout } = draft;
  if (draft.live.size > 0 || draft.more) return;
  if (rollout.stop === 'cancel') end(draft, stoppedAs(rollout), settleUnreached(rollout));
  else if (rollout.stop === 'none' && rollout.verified) end(draft, completedAs(rollout), summary(rollout));
}

function stoppedAs({ stopReason }: Rollout): RolloutStatus {
  switch (stopReason?.code) {
    case 'FailureBudgetExceeded':
      return 'Failed';
    case 'Superseded':
      return 'Superseded';
    default:
      return 'Cancelled';
  }
}

/** Clusters that were never reached get their verdict by this count; no row is written for each of them. */
function settleUnreached(rollout: Rollout): string {
  for (const stage of rollout.stages) {
    const unreached = stage.first + stage.size - stage.next;
    stage.counts.Cancelled += unreached;
    stage.counts.Deferred += stage.deferred;
    stage.next += unreached;
    stage.deferred = 0;
  }
  return rollout.stopReason?.detail ?? summary(rollout);
}

function completedAs(rollout: Rollout): RolloutStatus {
  const good = countVerdict(rollout, 'Succeeded') + countVerdict(rollout, 'Unchanged') - regressedClusters(rollout);
  if (good === rollout.targets) return 'Succeeded';
  return good <= 0 && rolloutFailures(rollout) > 0 ? 'Failed' : 'CompletedWithFailures';
}

function regressedClusters(rollout: Rollout): number {
  return rollout.stages.reduce((sum, stage) => sum + stage.regressed, 0);
}

function summary(rollout: Rollout): string {
  const parts = Verdict.options
    .map((verdict) => ({ verdict, n: countVerdict(rollout, verdict) }))
    .filter(({ n }) => n > 0)
    .map(({ verdict, n }) => `${n} ${verdict}`);
  const regressed = regressedClusters(rollout);
  return [...parts, ...(regressed > 0 ? [`${regressed} went bad later`] : [])].join(', ');
}

function end(draft: Draft, status: RolloutStatus, detail: string): void {
  const { rollout, now } = draft;
  const isStopped = status === 'Failed' || status === 'Cancelled';
  const code = isStopped ? (rollout.stopReason?.code ?? status) : status;
  rollout.status = status;
  rollout.statusSince = now;
  rollout.endedAt = now;
  rollout.endReason = { code, detail };
  delete rollout.waiting;
  record(draft, 'RolloutEnded', { code, detail: `${status}: ${detail}` });
}
