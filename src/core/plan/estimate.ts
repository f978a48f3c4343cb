import { parseClusterId } from '../../contracts/cluster-id.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import type { StageState } from '../../contracts/rollout-state.ts';
import { ARM_WRITES } from '../throttle/budget.ts';

/** What a rollout will draw from the quotas of Azure, and how long it takes at the least. */
export interface Estimate {
  readonly writes: number;
  readonly reads: number;
  /** Time in which the busiest subscription can take the writes at all. */
  readonly quotaSeconds: number;
  /** With every stage's concurrency, the time of a cluster, and soaks; gates and offline clusters not counted. */
  readonly expectedSeconds: number;
}

/** Seconds from the write to evidence, as seen on public clusters (reference: about a minute). */
const CLUSTER_SECONDS = 75;
/** Seconds an extension takes to install (reference: about 90 s). */
const EXTENSION_SECONDS = 90;
/** Reads per cluster: the present configuration, and the one that confirms the verdict. */
const READS_PER_CLUSTER = 2;

export function estimate(stages: readonly StageState[], targets: readonly Target[]): Estimate {
  const perStage = stages.map((stage) => targets.slice(stage.first, stage.first + stage.size));
  return {
    writes: targets.reduce((sum, target) => sum + writesFor(target), 0),
    reads: targets.length * READS_PER_CLUSTER,
    quotaSeconds: Math.ceil(quotaSeconds(targets)),
    expectedSeconds: Math.ceil(
      stages.reduce((sum, stage, index) => sum + stageSeconds(stage, perStage[index] ?? []), 0),
    ),
  };
}

function writesFor({ extension }: Target): number {
  return extension === 'Succeeded' ? 1 : 2;
}

function quotaSeconds(targets: readonly Target[]): number {
  const writes = new Map<string, number>();
  for (const target of targets) {
    const subscription = parseClusterId(target.clusterId)?.subscriptionId ?? '';
    writes.set(subscription, (writes.get(subscription) ?? 0) + writesFor(target));
  }
  const busiest = Math.max(0, ...writes.values());
  return Math.max(0, busiest - ARM_WRITES.capacity) / ARM_WRITES.refillPerSecond;
}

function stageSeconds(stage: StageState, targets: readonly Target[]): number {
  if (targets.length === 0) return 0;
  const perCluster =
    CLUSTER_SECONDS + (targets.some(({ extension }) => extension !== 'Succeeded') ? EXTENSION_SECONDS : 0);
  const rounds = Math.ceil(targets.length / stage.maxConcurrency);
  return Math.max(rounds * perCluster, quotaSeconds(targets) + perCluster) + stage.soakSeconds;
}
