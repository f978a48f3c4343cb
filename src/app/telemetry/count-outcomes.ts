import type { ResultRow } from '../../contracts/cluster-rows.ts';
import { hasEnded, type Rollout, type StageState } from '../../contracts/rollout-state.ts';
import { Verdict } from '../../contracts/verdict.ts';
import type { Decision } from '../../core/rollout/advance.ts';
import { countVerdict } from '../../core/rollout/ending.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/**
 * Counts what one commit brought about. To be called after that commit and by whoever made it: nothing is counted twice
 * then, and what a process dies before is not counted.
 */
export function countOutcomes(telemetry: Telemetry, before: Rollout, decision: Decision, committed: Rollout): void {
  const judged = tally(decision.results);
  for (const { verdict, code, clusters } of [...judged, ...unreached(before, committed, decision.results)]) {
    telemetry.count('flotilla.clusters.ended', { verdict, code }, clusters);
  }
  const isOver = hasEnded(committed.status);
  for (const [index, stage] of before.stages.entries()) {
    if (!wasLeft(stage, committed.stages[index], isOver)) continue;
    const seconds = (decision.now - stage.phaseSince) / 1000;
    telemetry.record('flotilla.stage.duration', seconds, { phase: stage.phase });
  }
  if (isOver) telemetry.count('flotilla.rollouts.ended', { status: committed.status });
}

interface Tally {
  readonly verdict: string;
  readonly code: string;
  readonly clusters: number;
}

function tally(results: readonly ResultRow[]): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const { outcome } of results) {
    const { verdict, code } = outcome;
    const key = `${verdict} ${code}`;
    tallies.set(key, { verdict, code, clusters: (tallies.get(key)?.clusters ?? 0) + 1 });
  }
  return [...tallies.values()];
}

/** Clusters that are only numbers in the header: a rollout that is called off has no result rows for those it never came to. */
function unreached(before: Rollout, committed: Rollout, results: readonly ResultRow[]): Tally[] {
  return Verdict.options.flatMap((verdict) => {
    const rows = results.filter(({ outcome }) => outcome.verdict === verdict).length;
    const clusters = countVerdict(committed, verdict) - countVerdict(before, verdict) - rows;
    return clusters > 0 ? [{ verdict, code: verdict === 'Deferred' ? 'ClusterOffline' : 'NotStarted', clusters }] : [];
  });
}

/** Its phase is over: another one follows, or nothing does, since the rollout is. A stage that has not begun was in none. */
function wasLeft({ phase }: StageState, after: StageState | undefined, isOver: boolean): boolean {
  if (phase === 'Pending' || phase === 'Done') return false;
  return isOver || after?.phase !== phase;
}
