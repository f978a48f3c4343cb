import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { FAILURE_VERDICTS, type Outcome } from '../../contracts/verdict.ts';
import { describeBreach, findBreach } from './budget.ts';
import { account, change, leave, record, stageOf, takeRows, type Draft, type Regression } from './draft.ts';
import type { Sighting, Sightings } from './sightings.ts';
import { takeQueuedBack } from './stops.ts';

/** Turns what was seen, and the verdicts that operations wrote into their rows, into accounted verdicts. */
export function accountVerdicts(draft: Draft, sightings: Sightings): void {
  for (const sighting of sightings.clusters) applySighting(draft, sighting);
  for (const row of [...draft.live.values()]) {
    if (row.state === 'done' && row.outcome !== undefined) settle(draft, row, row.outcome);
  }
  for (const row of sightings.deferral?.expired ?? []) expire(draft, row);
}

function applySighting(draft: Draft, sighting: Sighting): void {
  const row = draft.live.get(sighting.ordinal);
  // The row may have moved on since it was looked at: evidence belongs to its attempt (law 7).
  if (row?.state !== 'written') return;
  if (row.attempt !== sighting.attempt || row.step !== sighting.step) return;
  switch (sighting.kind) {
    case 'outcome':
      settle(draft, row, sighting.outcome);
      return;
    case 'offline':
      goOffline(draft, row, sighting.detail);
      return;
    case 'again':
      change(draft, goOn(row, draft.now, row.action));
      return;
    case 'looked': {
      const provisionedAt = sighting.provisioned === true ? (row.provisionedAt ?? draft.now) : row.provisionedAt;
      change(draft, { ...row, lookedAt: draft.now, ...(provisionedAt !== undefined && { provisionedAt }) });
      return;
    }
  }
}

/** Accounts one verdict. A failure that breaks the budget is accounted only once nothing queued is left (law: S7). */
function settle(draft: Draft, row: LiveRow, outcome: Outcome): void {
  const isGood = outcome.verdict === 'Succeeded' || outcome.verdict === 'Unchanged';
  if (isGood && row.action < draft.rollout.actions.length - 1) {
    change(draft, goOn(row, draft.now, row.action + 1));
    return;
  }
  const failed = FAILURE_VERDICTS.includes(outcome.verdict);
  if (failed && !makeRoomForFailure(draft, row.stage)) {
    draft.more = true;
    return;
  }
  if (!account(draft, row, overall(row, outcome)) || !failed) return;
  record(draft, 'ClusterFailed', {
    stage: stageOf(draft, row.stage).name,
    clusterId: row.target.clusterId,
    code: outcome.code,
    detail: outcome.detail,
  });
}

/** A last action that found nothing to do does not make a changed cluster unchanged. */
function overall({ changed }: LiveRow, outcome: Outcome): Outcome {
  if (!changed || outcome.verdict !== 'Unchanged') return outcome;
  const detail = 'Earlier actions changed the cluster; the last had nothing left to do.';
  return { ...outcome, verdict: 'Succeeded', code: 'Compliant', detail };
}

/** The row at its next write. Held first: `admit` gives it a slot in the same step when one is free. */
function goOn(row: LiveRow, now: number, action: number): LiveRow {
  const { ordinal, stage, target, attempt, step, startedAt, wrote, changed, lease } = row;
  return {
    schema: 1,
    ordinal,
    stage,
    target,
    attempt,
    step,
    action,
    state: 'held',
    since: now,
    slotAt: now,
    tries: 0,
    wrote: false,
    changed: changed || wrote,
    ...(startedAt !== undefined && { startedAt }),
    // Another action has another subject, and so another lease.
    ...(action === row.action && lease && { lease }),
  };
}

function makeRoomForFailure(draft: Draft, stageIndex: number): boolean {
  const { rollout } = draft;
  const breach = findBreach(rollout, stageOf(draft, stageIndex), 1);
  if (breach === undefined) return true;
  if (rollout.stop === 'none' || rollout.stop === 'pause') {
    const detail = describeBreach(breach);
    rollout.stop = 'halt';
    rollout.stopReason = { code: 'FailureBudgetExceeded', detail };
    record(draft, 'BudgetBreached', { stage: stageOf(draft, stageIndex).name, detail });
  }
  return takeQueuedBack(draft);
}

function goOffline(draft: Draft, row: LiveRow, detail: string): void {
  const { rollout, now } = draft;
  const code = 'ClusterOffline';
  if (rollout.offline === 'skip') return settle(draft, row, { verdict: 'Skipped', code, detail, at: now });
  if (rollout.offline === 'fail') return settle(draft, row, { verdict: 'Failed', code, detail, at: now });
  if (!takeRows(draft, draft.changed.has(row.ordinal) ? 1 : 2)) return;
  leave(draft, row);
  const stage = stageOf(draft, row.stage);
  stage.deferred += 1;
  draft.deferred.push({
    schema: 1,
    ordinal: row.ordinal,
    stage: row.stage,
    target: row.target,
    attempt: row.attempt + 1,
    action: row.action,
    changed: row.changed,
    wrote: row.wrote,
    ...(row.writtenAt !== undefined && { writtenAt: row.writtenAt }),
    since: now,
    until: now + rollout.deferForSeconds * 1000,
    code,
  });
  record(draft, 'ClusterDeferred', { stage: stage.name, clusterId: row.target.clusterId, code, detail });
}

function expire(draft: Draft, row: Draft['expired'][number]): void {
  if (!takeRows(draft, 2)) return;
  const stage = stageOf(draft, row.stage);
  stage.deferred -= 1;
  stage.counts.Deferred += 1;
  draft.expired.push(row);
  const detail = 'The cluster stayed offline for as long as the plan waits for it (deferFor).';
  draft.accounted.push({
    schema: 1,
    ordinal: row.ordinal,
    stage: row.stage,
    clusterId: row.target.clusterId,
    attempt: row.attempt,
    wrote: row.wrote || row.changed,
    outcome: { verdict: 'Deferred', code: row.code, detail, at: draft.now },
  });
}

/**
 * Counts clusters that were good and are not any more; each counts once.
 *
 * @returns the stages in which something went bad.
 */
export function accountRegressions(draft: Draft, regressions: readonly Regression[]): ReadonlySet<number> {
  const stages = new Set<number>();
  for (const { row, code, detail } of regressions) {
    if (row.regressed !== undefined) continue;
    if (!makeRoomForFailure(draft, row.stage) || !takeRows(draft, 1)) {
      draft.more = true;
      continue;
    }
    const stage = stageOf(draft, row.stage);
    stage.regressed += 1;
    stages.add(row.stage);
    draft.regressions.push({ ...row, regressed: { at: draft.now, code, detail } });
    record(draft, 'ClusterRegressed', { stage: stage.name, clusterId: row.clusterId, code, detail });
  }
  return stages;
}
