import { clusterKey } from '../../contracts/cluster-id.ts';
import { CORRECTIONS_PER_RUN_MAX, MEASURES_KEPT_MAX, REMEDIATIONS_PER_RUN_MAX } from '../../contracts/limits.ts';
import type { BindingRecord } from '../../contracts/policy-binding.ts';
import { claimsOfOthers } from '../../core/bindings/conflict.ts';
import { countsAsCorrection, isOpen } from '../../core/bindings/measure-state.ts';
import type { DriftingCluster, Remedy, Situation } from '../../core/bindings/situation.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { clustersAtWork } from './at-work.ts';
import { readDrifting, selectedClusters, type Drifting } from './drifting.ts';
import type { CompleteSweep } from './last-sweep.ts';
import { policyRemedies } from './policy-remedies.ts';
import { rolloutRemedies, type RemedyFinder } from './rollout-remedies.ts';

/** Everything that a binding decides from; undefined when it is not to be had just now. */
export async function readSituation(
  deps: Deps,
  record: BindingRecord,
  others: readonly BindingRecord[],
  sweep: CompleteSweep,
): Promise<Situation | undefined> {
  // Before the baselines: a rollout that ends in between has written its own by then, and so is seen in one of the two.
  const atWork = await clustersAtWork(deps);
  if (atWork === undefined) return undefined;
  const { binding, measures, brake } = record;
  const selected = selectedClusters(record, (await currentFleet(deps)).clusters);
  const { corrected, under } = await readMeasures(deps, record);
  const claimed = claimsOfOthers(record, others);
  const clusters: DriftingCluster[] = [];
  for await (const { subscription, drifting } of readDrifting(deps, record, selected)) {
    const find = drifting.length === 0 ? NO_REMEDIES : await remedyFinder(deps, record, subscription, drifting, sweep);
    for (const one of drifting) clusters.push(await driftingCluster(one, find, claimed));
  }
  const perRun = binding.mode === 'correct' ? CORRECTIONS_PER_RUN_MAX : REMEDIATIONS_PER_RUN_MAX;
  return {
    mode: binding.mode,
    limits: binding.limits,
    selected: selected.size,
    drifting: clusters,
    corrected,
    atWork: new Map([...atWork, ...under]),
    brake: brake?.detail,
    room: Math.max(0, Math.min(perRun, MEASURES_KEPT_MAX - measures.length)),
  };
}

const NO_REMEDIES: RemedyFinder = async () => [];

async function remedyFinder(
  deps: Deps,
  { binding: { source, mode } }: BindingRecord,
  subscription: string,
  drifting: readonly Drifting[],
  sweep: CompleteSweep,
): Promise<RemedyFinder> {
  if (mode === 'report') return NO_REMEDIES;
  if ('assignment' in source) return policyRemedies(deps, subscription, source.assignment);
  return rolloutRemedies(deps, subscription, drifting, sweep);
}

async function driftingCluster(
  { cluster, subjects }: Drifting,
  find: RemedyFinder,
  claimed: ReturnType<typeof claimsOfOthers>,
): Promise<DriftingCluster> {
  // The extension first: nothing else works without it.
  const sorted = [...subjects].sort((one, other) => (rank(one.subject) < rank(other.subject) ? -1 : 1));
  const found = await find({ cluster, subjects: sorted });
  const remedies = found.map((remedy, index): Remedy => {
    const other = claimed(cluster, sorted[index]?.subject ?? '');
    if (other === undefined) return remedy;
    return { kind: 'none', code: 'OtherBinding', detail: `Binding ${other} has the say here.` };
  });
  return { clusterId: cluster.id, offline: cluster.offline, remedies };
}

function rank(subject: string): string {
  return subject === EXTENSION_SUBJECT ? '' : subject;
}

/** What the binding did to clusters within the period, and what of that is still under way. */
async function readMeasures(
  { bindings, clock }: Deps,
  { name, measures, binding }: BindingRecord,
): Promise<{ corrected: Map<string, number>; under: Map<string, string> }> {
  const since = clock.now() - binding.limits.per * 1000;
  const corrected = new Map<string, number>();
  const under = new Map<string, string>();
  for (const measure of measures) {
    if (!countsAsCorrection(measure) || (measure.at < since && !isOpen(measure))) continue;
    for (const id of await bindings.clusters(name, measure.id)) {
      const key = clusterKey(id);
      corrected.set(key, (corrected.get(key) ?? 0) + 1);
      if (isOpen(measure)) under.set(key, `A ${measure.kind} of this binding`);
    }
  }
  return { corrected, under };
}
