import { PolicyBinding } from '../../../src/contracts/policy-binding.ts';
import { Random } from '../kernel/random.ts';
import { START_MS, type ClusterEvent } from './draw-cluster.ts';
import { NAMES } from './draw-change.ts';
import { drawPolicy, inProduction } from './draw-policy.ts';

/** What people ask of a binding. */
export type BindingAsk =
  | { readonly atMs: number; readonly what: 'put'; readonly name: string; readonly binding: PolicyBinding }
  | { readonly atMs: number; readonly what: 'resume' | 'delete' | 'evaluate'; readonly name: string };

/** The part of a run that is about compliance: sweeps, bindings, and somebody who changes clusters behind our back. */
export interface DriftPlan {
  /** When people, or the timer, start a sweep. */
  readonly sweeps: readonly number[];
  readonly asks: readonly BindingAsk[];
  readonly meddling: readonly ClusterEvent[];
  /** Whether Azure Policy wants something, too. */
  readonly assigns: boolean;
}

const MINUTE_MS = 60_000;
/** Share of the runs that have such a part. */
const SHARE = 0.2;

/** Says of a seed whether compliance is part of its run. */
export function hasDrift(seed: number): boolean {
  return new Random(seed, 'drift?').chance(SHARE);
}

export function drawDrift(seed: number, clusterIds: readonly string[], safetyMs: number): DriftPlan {
  const random = new Random(seed, 'drift');
  const sweeps: number[] = [];
  for (let at = START_MS + random.int(0, 10) * MINUTE_MS; at < safetyMs; at += random.int(3, 15) * MINUTE_MS) {
    sweeps.push(at);
    if (random.chance(0.15)) sweeps.push(at + random.int(0, 3000));
  }
  const asks = drawAsks(random, safetyMs);
  const meddling = drawMeddling(seed, clusterIds, safetyMs);
  const policy = drawPolicy(seed, clusterIds, safetyMs);
  if (policy === undefined) return { sweeps, asks, meddling, assigns: false };
  return {
    sweeps,
    asks: [...(policy.isAlone ? [] : asks.map(inProduction)), ...policy.asks],
    meddling: [...meddling, ...policy.meddling],
    assigns: true,
  };
}

function drawAsks(random: Random, safetyMs: number): BindingAsk[] {
  const asks: BindingAsk[] = [];
  const some = (): number => START_MS + random.int(0, safetyMs - START_MS);
  for (const name of random.chance(0.4) ? ['keep', 'watch'] : ['keep']) {
    const put = (atMs: number, what: string): void => {
      asks.push({ atMs, what: 'put', name, binding: drawBinding(random, what) });
    };
    put(START_MS + random.int(0, 15) * MINUTE_MS, name);
    if (random.chance(0.25)) put(some(), name);
    if (random.chance(0.6)) for (let time = 0; time < 3; time++) asks.push({ atMs: some(), what: 'resume', name });
    if (!random.chance(0.15)) continue;
    const atMs = some();
    asks.push({ atMs, what: 'delete', name });
    if (random.chance(0.6)) put(atMs + random.int(0, 10) * MINUTE_MS, name);
  }
  return asks;
}

function drawBinding(random: Random, name: string): PolicyBinding {
  const corrects = random.chance(name === 'keep' ? 0.9 : 0.3);
  return PolicyBinding.parse({
    source: { lastRollout: true },
    selector: random.pick([{}, {}, {}, { tags: { env: 'prod' } }]),
    mode: corrects ? 'correct' : 'report',
    every: 900,
    limits: {
      correctionsPerCluster: random.int(1, 3),
      per: random.pick([1, 2, 24]) * 3600,
      maxDriftShare: random.pick(['5%', '20%', '50%', '100%', '100%']),
      maxConcurrency: random.pick([1, 3, '50%']),
      maxFailures: random.pick([0, 1, '100%']),
      ...(random.chance(0.5) && { kinds: ['Missing', 'Modified', 'Unmanaged', 'ExtensionMissing', 'ExtensionFailed'] }),
    },
  });
}

/** Somebody who comes back to the same clusters, and sometimes to all of them at once. */
function drawMeddling(seed: number, clusterIds: readonly string[], safetyMs: number): ClusterEvent[] {
  const random = new Random(seed, 'meddling');
  const everywhere = random.chance(0.3) ? START_MS + random.int(15 * MINUTE_MS, safetyMs - START_MS) : undefined;
  return clusterIds.flatMap((clusterId, index) => {
    const own = new Random(seed, `meddling/${index}`);
    const times = own.chance(0.4) ? own.int(1, 6) : 0;
    const moments = Array.from({ length: times }, () => START_MS + own.int(5 * MINUTE_MS, safetyMs - START_MS));
    if (everywhere !== undefined) moments.push(everywhere + own.int(0, 2 * MINUTE_MS));
    const favourite = own.chance(0.7) ? 'app' : own.pick(NAMES);
    return moments.map((atMs): ClusterEvent => {
      const roll = own.unit();
      const what = roll < 0.55 ? 'edited' : roll < 0.85 ? 'dropped' : 'added';
      return { atMs, clusterId, what, name: own.chance(0.8) ? favourite : own.pick(NAMES) };
    });
  });
}
