import { parseClusterId } from '../../contracts/cluster-id.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import type { StageState } from '../../contracts/rollout-state.ts';
import { onlyEnsuresPresence, type Action } from '../change/actions.ts';
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
/** Reads per action: what is there, and the one that confirms the verdict. */
const READS_PER_ACTION = 2;

/** Counts for the worst case: every action writes on every cluster. An extension that is there already is not even read. */
export function estimate(
  stages: readonly StageState[],
  targets: readonly Target[],
  actions: readonly Action[],
): Estimate {
  const perStage = stages.map((stage) => targets.slice(stage.first, stage.first + stage.size));
  const cost = (target: Target): number => actions.filter((action) => acts(action, target)).length;
  return {
    writes: targets.reduce((sum, target) => sum + cost(target), 0),
    reads: targets.reduce((sum, target) => sum + cost(target), 0) * READS_PER_ACTION,
    quotaSeconds: Math.ceil(quotaSeconds(targets, cost)),
    expectedSeconds: Math.ceil(
      stages.reduce((sum, stage, index) => sum + stageSeconds(stage, perStage[index] ?? [], actions, cost), 0),
    ),
  };
}

function acts(action: Action, { extension, blocked }: Target): boolean {
  return blocked === undefined && !(onlyEnsuresPresence(action) && extension === 'Succeeded');
}

function quotaSeconds(targets: readonly Target[], cost: (target: Target) => number): number {
  const writes = new Map<string, number>();
  for (const target of targets) {
    const subscription = parseClusterId(target.clusterId)?.subscriptionId ?? '';
    writes.set(subscription, (writes.get(subscription) ?? 0) + cost(target));
  }
  const busiest = Math.max(0, ...writes.values());
  return Math.max(0, busiest - ARM_WRITES.capacity) / ARM_WRITES.refillPerSecond;
}

function stageSeconds(
  stage: StageState,
  targets: readonly Target[],
  actions: readonly Action[],
  cost: (target: Target) => number,
): number {
  if (targets.length === 0) return 0;
  const perCluster = Math.max(...targets.map((target) => clusterSeconds(target, actions)));
  const rounds = Math.ceil(targets.length / stage.maxConcurrency);
  return Math.max(rounds * perCluster, quotaSeconds(targets, cost) + perCluster) + stage.soakSeconds;
}

function clusterSeconds(target: Target, actions: readonly Action[]): number {
  const needed = actions.filter((action) => acts(action, target));
  return needed.reduce((sum, { kind }) => sum + (kind.endsWith('Extension') ? EXTENSION_SECONDS : CLUSTER_SECONDS), 0);
}
