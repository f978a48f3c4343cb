import { hasEnded, type Rollout, type StageState } from '../../contracts/rollout-state.ts';
import { COMMIT_STATUS_SECONDS } from '../../contracts/timing.ts';
import { rolloutFailures } from '../rollout/budget.ts';
import { openStage } from '../rollout/commands.ts';
import { countVerdict } from '../rollout/ending.ts';

/** How a rollout goes, as its commit is told. */
export interface StatusText {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** `12/48 clusters, canary soaking`: how many are as they should be, and what the rollout does now. */
  readonly description: string;
}

export function statusText(rollout: Rollout): StatusText {
  const failures = rolloutFailures(rollout);
  const regressed = rollout.stages.reduce((sum, stage) => sum + stage.regressed, 0);
  const good = countVerdict(rollout, 'Succeeded') + countVerdict(rollout, 'Unchanged') - regressed;
  const parts = [`${good}/${rollout.targets} clusters`, failures > 0 ? `${failures} failed` : '', activity(rollout)];
  return { state: stateOf(rollout), description: parts.filter((part) => part !== '').join(', ') };
}

/** A superseded or cancelled rollout did not fail, and says nothing good about its commit either. */
function stateOf({ status }: Rollout): StatusText['state'] {
  switch (status) {
    case 'Planning':
    case 'WaitingForApproval':
    case 'Running':
    case 'Soaking':
    case 'Paused':
      return 'pending';
    case 'Succeeded':
      return 'success';
    case 'Halted':
    case 'CompletedWithFailures':
    case 'Failed':
      return 'failure';
    case 'Cancelled':
    case 'Superseded':
      return 'error';
  }
}

function activity(rollout: Rollout): string {
  const stage = openStage(rollout);
  switch (rollout.status) {
    case 'Planning':
      return 'planning';
    case 'WaitingForApproval':
      return stage === undefined ? 'waiting for approval' : `${stage.name} waits for approval`;
    case 'Running':
    case 'Soaking':
      return stage === undefined ? 'waiting for the last clusters' : `${stage.name} ${doing(stage)}`;
    case 'Paused':
      return 'paused';
    case 'Halted':
      return stage === undefined ? 'halted' : `halted in ${stage.name}`;
    case 'Succeeded':
      return 'done';
    case 'CompletedWithFailures':
      return 'done, not all are well';
    case 'Failed':
      return 'the rollout failed';
    case 'Cancelled':
      return 'cancelled';
    case 'Superseded':
      return 'superseded by a newer revision';
  }
}

function doing({ phase }: StageState): string {
  switch (phase) {
    case 'Soaking':
      return 'soaking';
    case 'GateBefore':
    case 'GateAfter':
      return 'waits for approval';
    case 'Pending':
    case 'Running':
    case 'Done':
      return 'rolling out';
  }
}

/** How far apart statuses are, by the age of the rollout, in seconds: below the 1,000 that GitHub takes, however long it runs. */
const PERIODS = [
  { untilAge: 3600, seconds: COMMIT_STATUS_SECONDS },
  { untilAge: 24 * 3600, seconds: 300 },
  { untilAge: 20 * 24 * 3600, seconds: 3600 },
  { untilAge: Infinity, seconds: 24 * 3600 },
] as const;

/** What is told to a commit in one message. */
export interface StatusSlot {
  /** Repeats of it are dropped. */
  readonly slot: string;
  readonly at: number;
}

/**
 * When the commit is told of a change: at the end of a period, so that everything in it is told at once. Progress of an old
 * rollout is told less often than that its status has changed; the end is told at once.
 *
 * @returns undefined when there is nothing new to tell.
 */
export function statusSlot(before: Rollout, rollout: Rollout, now: number): StatusSlot | undefined {
  if (hasEnded(rollout.status)) return { slot: 'end', at: now };
  const isSame = statusText(before).description === statusText(rollout).description;
  if (isSame && before.status === rollout.status) return undefined;
  const ageSeconds = (now - rollout.createdAt) / 1000;
  const period = PERIODS.find(({ untilAge }) => before.status !== rollout.status || ageSeconds < untilAge);
  return slotOf(period?.seconds ?? COMMIT_STATUS_SECONDS, now);
}

/** The period of this length that is running. */
export function slotOf(seconds: number, now: number): StatusSlot {
  const number = Math.floor(now / 1000 / seconds) + 1;
  return { slot: `${seconds}s-${number}`, at: number * seconds * 1000 };
}
