import type { Rollout, StageState } from '../../contracts/rollout-state.ts';

/** Failures of one stage: failed, timed out, or good and then gone bad (product, "Failure budget" and "Soak"). */
export function stageFailures(stage: StageState): number {
  return stage.counts.Failed + stage.counts.TimedOut + stage.regressed;
}

export function rolloutFailures(rollout: Rollout): number {
  return rollout.stages.reduce((sum, stage) => sum + stageFailures(stage), 0);
}

/** A budget that `failures` would break. */
export interface Breach {
  readonly scope: string;
  readonly failures: number;
  readonly allowed: number;
}

/** The first budget that is broken once `more` failures are added to the stage. */
export function findBreach(rollout: Rollout, stage: StageState, more: number): Breach | undefined {
  const inStage = stageFailures(stage) - stage.failuresExcused + more;
  if (inStage > stage.maxFailures) {
    return { scope: `stage ${stage.name}`, failures: inStage, allowed: stage.maxFailures };
  }
  const inAll = rolloutFailures(rollout) - rollout.failuresExcused + more;
  if (inAll > rollout.maxFailures) return { scope: 'rollout', failures: inAll, allowed: rollout.maxFailures };
  return undefined;
}

/** Says a breach in words. */
export function describeBreach({ scope, failures, allowed }: Breach): string {
  return `${failures} failure${failures === 1 ? '' : 's'} in the ${scope}, ${allowed} allowed`;
}
