import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { hasEnded, type Rollout } from '../../contracts/rollout-state.ts';
import * as timing from '../../contracts/timing.ts';
import { isOnCommit } from '../flux/health.ts';
import { openStage } from './commands.ts';
import { awaitsVerification, deferredClusters } from './ending.ts';
import { soakEndsAt } from './stages.ts';

/** What is worth looking at before the next step. */
export interface Looks {
  /** The live set is due for a look. */
  readonly poll: boolean;
  /** Rows awaiting evidence whose first look is due; all of them are covered by pages of Resource Graph, if there are many. */
  readonly awaiting: readonly LiveRow[];
  /** Use pages of Resource Graph for `awaiting`; a small set is read by GET, which does not lag (law 6). */
  readonly byGraph: boolean;
  /** Rows that must be read by GET whatever Resource Graph says. */
  readonly mustRead: readonly LiveRow[];
  readonly plan: boolean;
  readonly deferral: boolean;
  /** Index of the soaking stage, when it is due. */
  readonly soak: number | undefined;
  readonly verification: boolean;
}

/** Plans the looks of one step. Pure; the app takes them within the read budgets. */
export function planLooks(rollout: Rollout, live: readonly LiveRow[], now: number): Looks {
  const ended = hasEnded(rollout.status);
  const awaiting = live.filter((row) => isDue(row, now));
  const poll = !ended && awaiting.length > 0 && now >= rollout.polledAt + timing.STATUS_POLL_SECONDS * 1000;
  const byGraph = awaiting.length > timing.SMALL_LIVE_SET;
  return {
    poll,
    awaiting,
    byGraph,
    mustRead: awaiting.filter((row) => (byGraph ? mustRead(row, now) : isReadable(row, now))),
    plan: !ended && rollout.plan === undefined && rollout.stop === 'none',
    deferral: !ended && isDeferralDue(rollout, now),
    soak: ended ? undefined : soakDue(rollout, now),
    verification: live.length === 0 && awaitsVerification(rollout),
  };
}

function isDue(row: LiveRow, now: number): boolean {
  return row.state === 'written' && (now >= row.since + timing.FIRST_LOOK_SECONDS * 1000 || isOverdue(row, now));
}

/** Past its deadline: it has to be read once more, and then it is judged. */
export function isOverdue(row: LiveRow, now: number): boolean {
  return row.deadlineAt !== undefined && now >= row.deadlineAt;
}

/** A cluster of a small set is read again once its last GET is old enough to have missed something. */
function isReadable(row: LiveRow, now: number): boolean {
  const isOld = now >= (row.lookedAt ?? 0) + timing.SMALL_SET_READ_SECONDS * 1000;
  return isOld || hasReported(row) || isOverdue(row, now);
}

/** Its Flux has told of itself since it was read last. */
function hasReported({ reportedAt, lookedAt }: LiveRow): boolean {
  return reportedAt !== undefined && reportedAt > (lookedAt ?? 0);
}

function mustRead(row: LiveRow, now: number): boolean {
  if (hasReported(row)) return true;
  const lastRead = row.lookedAt ?? row.since;
  const nearDeadline = row.deadlineAt !== undefined && now >= row.deadlineAt - timing.NEAR_DEADLINE_SECONDS * 1000;
  if (nearDeadline) return isOverdue(row, now) || now >= lastRead + timing.FIRST_LOOK_SECONDS * 1000;
  return now >= lastRead + timing.STANDING_STILL_SECONDS * 1000;
}

function isDeferralDue(rollout: Rollout, now: number): boolean {
  const due = now >= rollout.deferCheckedAt + timing.DEFER_CHECK_SECONDS * 1000;
  return rollout.stop === 'none' && rollout.plan !== undefined && deferredClusters(rollout) > 0 && due;
}

function soakDue(rollout: Rollout, now: number): number | undefined {
  const stage = openStage(rollout);
  if (rollout.stop !== 'none' || stage?.phase !== 'Soaking') return undefined;
  const due = now >= soakEndsAt(stage) || now >= rollout.soakCheckedAt + timing.SOAK_CHECK_SECONDS * 1000;
  return due ? rollout.stages.indexOf(stage) : undefined;
}

/** A configuration as Resource Graph shows it. */
export interface StatusHint {
  readonly provisioningState: string | undefined;
  readonly complianceState: string | undefined;
  readonly sourceSyncedCommitId: string | undefined;
  readonly statusUpdatedAt: number | undefined;
}

/** True when a hint of Resource Graph says that a GET would probably decide the cluster. */
export function isWorthReading(row: LiveRow, hint: StatusHint, commit: string | undefined, now: number): boolean {
  if (hint.provisioningState === 'Failed' || hint.provisioningState === 'Canceled') return true;
  const since = row.writtenAt ?? row.since;
  if (row.wrote && (hint.statusUpdatedAt === undefined || hint.statusUpdatedAt <= since)) return false;
  const good = hint.complianceState === 'Compliant' || hint.complianceState === 'Suspended';
  const notJustRead = now >= (row.lookedAt ?? 0) + timing.SMALL_SET_READ_SECONDS * 1000;
  if (good) return notJustRead && isOnCommit(hint.sourceSyncedCommitId, commit);
  const confirmed = now >= since + (timing.FAILURE_CONFIRM_SECONDS + timing.FIRST_LOOK_SECONDS) * 1000;
  const notReadLately = now >= (row.lookedAt ?? 0) + timing.FAILURE_CONFIRM_SECONDS * 1000;
  return hint.complianceState === 'Non-Compliant' && confirmed && notReadLately;
}

/** True when Resource Graph shows a configuration as compliant (or suspended) on the pinned commit. */
export function looksGood(hint: StatusHint, commit: string | undefined): boolean {
  if (hint.provisioningState === 'Failed' || hint.provisioningState === 'Canceled') return false;
  if (hint.complianceState === 'Suspended') return true;
  return hint.complianceState === 'Compliant' && isOnCommit(hint.sourceSyncedCommitId, commit);
}
