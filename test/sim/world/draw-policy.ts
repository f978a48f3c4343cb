import { PolicyBinding } from '../../../src/contracts/policy-binding.ts';
import { Random } from '../kernel/random.ts';
import { START_MS, type ClusterEvent } from './draw-cluster.ts';
import type { BindingAsk } from './draw-drift.ts';
import { ASSIGNMENT, BASE } from './policy-cloud.ts';

/** The part of a run that is about Azure Policy: a binding of its assignment, and who undoes what it deploys. */
export interface PolicyPlan {
  /** There is no other binding; else its clusters are those in test. */
  readonly isAlone: boolean;
  readonly asks: readonly BindingAsk[];
  readonly meddling: readonly ClusterEvent[];
}

const MINUTE_MS = 60_000;
/** Share of the runs about compliance that have such a part. */
const SHARE = 0.4;
const NAME = 'policy';

/** Undefined in a run in which nothing is assigned. */
export function drawPolicy(seed: number, clusterIds: readonly string[], safetyMs: number): PolicyPlan | undefined {
  const random = new Random(seed, 'policy');
  if (!random.chance(SHARE)) return undefined;
  const isAlone = random.chance(0.6);
  return { isAlone, asks: drawAsks(random, isAlone, safetyMs), meddling: drawMeddling(seed, clusterIds, safetyMs) };
}

/** A binding of what was last rolled out leaves the clusters in test to Policy: on any cluster there is one writer. */
export function inProduction(ask: BindingAsk): BindingAsk {
  if (ask.what !== 'put') return ask;
  return { ...ask, binding: { ...ask.binding, selector: { ...ask.binding.selector, tags: { env: ['prod'] } } } };
}

function drawAsks(random: Random, isAlone: boolean, safetyMs: number): BindingAsk[] {
  const name = NAME;
  const some = (): number => START_MS + random.int(0, safetyMs - START_MS);
  const usual = drawBinding(random, isAlone);
  const put = (atMs: number, binding = usual): BindingAsk => ({ atMs, what: 'put', name, binding });
  // Twice, since Policy may not answer when it is put first.
  const asks: BindingAsk[] = [0, 6].map((minutes) => put(START_MS + (minutes + random.int(0, 5)) * MINUTE_MS));
  if (random.chance(0.3)) asks.push(put(some(), drawBinding(random, isAlone)));
  for (let times = random.int(0, 3); times > 0; times--) asks.push({ atMs: some(), what: 'evaluate', name });
  if (random.chance(0.5)) for (let time = 0; time < 3; time++) asks.push({ atMs: some(), what: 'resume', name });
  // While a task runs, with luck; then it may be put anew.
  const next = (atMs: number): number => atMs + random.int(15, 45) * MINUTE_MS;
  for (let atMs = next(START_MS); atMs < safetyMs && random.chance(0.6); atMs = next(atMs)) {
    asks.push({ atMs, what: 'delete', name });
    if (random.chance(0.8)) asks.push(put(atMs + random.int(0, 10) * MINUTE_MS));
  }
  return asks.filter(({ atMs }) => atMs < safetyMs);
}

function drawBinding(random: Random, isAlone: boolean): PolicyBinding {
  return PolicyBinding.parse({
    source: { assignment: ASSIGNMENT },
    selector: isAlone ? {} : { tags: { env: 'test' } },
    mode: random.chance(0.85) ? 'remediate' : 'report',
    every: 900,
    limits: {
      correctionsPerCluster: random.int(1, 3),
      per: random.pick([1, 2, 24]) * 3600,
      // At first there is nothing of what the assignment wants, so that everything drifts.
      maxDriftShare: random.chance(0.2) ? '50%' : '100%',
      maxConcurrency: random.pick([1, 3, '50%']),
      maxFailures: random.pick([0, 1, '100%']),
    },
  });
}

function drawMeddling(seed: number, clusterIds: readonly string[], safetyMs: number): ClusterEvent[] {
  return clusterIds.flatMap((clusterId, index) => {
    const random = new Random(seed, `policy/${index}`);
    return Array.from({ length: random.chance(0.5) ? random.int(1, 4) : 0 }, (): ClusterEvent => {
      const what = random.pick(['edited', 'dropped', 'dropped'] as const);
      return { atMs: START_MS + random.int(10 * MINUTE_MS, safetyMs - START_MS), clusterId, what, name: BASE };
    });
  });
}
