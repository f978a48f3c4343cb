import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { Drift, DriftKind } from '../../contracts/compliance.ts';
import { CorrectableKind, type BindingRecord } from '../../contracts/policy-binding.ts';
import { compileSelector } from '../../core/fleet/select.ts';
import type { Deps } from '../deps.ts';

/** A selected cluster with the subjects in which it drifts from what the binding goes by. */
export interface Drifting {
  readonly cluster: Cluster;
  readonly subjects: readonly { readonly subject: string; readonly kinds: readonly DriftKind[] }[];
}

/** The clusters that a binding selects, by `clusterKey`. */
export function selectedClusters(
  { binding }: Pick<BindingRecord, 'binding'>,
  fleet: readonly Cluster[],
): ReadonlyMap<string, Cluster> {
  const selects = compileSelector(binding.selector);
  return new Map(fleet.filter(selects).map((cluster) => [clusterKey(cluster.id), cluster]));
}

/** Which of them drift, one subscription after the other. Snapshots are streamed: only what drifts is kept. */
export async function* readDrifting(
  deps: Deps,
  record: Pick<BindingRecord, 'binding'>,
  selected: ReadonlyMap<string, Cluster>,
): AsyncGenerator<{ readonly subscription: string; readonly drifting: readonly Drifting[] }> {
  const subscriptions = new Set([...selected.values()].map(({ subscriptionId }) => subscriptionId.toLowerCase()));
  for (const subscription of subscriptions) {
    const drifting = new Map<string, { cluster: Cluster; subjects: Drifting['subjects'][number][] }>();
    for await (const { clusterId, subject, kinds } of driftsOf(deps, record, subscription)) {
      const cluster = selected.get(clusterKey(clusterId));
      if (cluster === undefined) continue;
      const known = drifting.get(clusterKey(clusterId)) ?? { cluster, subjects: [] };
      known.subjects.push({ subject, kinds });
      drifting.set(clusterKey(clusterId), known);
    }
    yield { subscription, drifting: [...drifting.values()] };
  }
}

interface Found {
  readonly clusterId: string;
  readonly subject: string;
  readonly kinds: readonly DriftKind[];
}

async function* driftsOf(
  { compliance }: Deps,
  { binding }: Pick<BindingRecord, 'binding'>,
  subscription: string,
): AsyncGenerator<Found> {
  const isWanted = driftsThatCount(binding);
  for await (const page of compliance.snapshots(subscription)) {
    for (const { clusterId, subject, drifts } of page) {
      const kinds = drifts.filter(isWanted).map(({ kind }) => kind);
      if (kinds.length > 0) yield { clusterId, subject, kinds };
    }
  }
}

function driftsThatCount({ source, mode, limits }: BindingRecord['binding']): (drift: Drift) => boolean {
  if ('assignment' in source) {
    const assignment = source.assignment.toLowerCase();
    return ({ kind, owner }) => kind === 'PolicyNonCompliant' && owner?.toLowerCase() === assignment;
  }
  if (mode === 'report') return ({ kind }) => kind !== 'PolicyNonCompliant';
  return ({ kind }) => limits.kinds.some((one) => one === CorrectableKind.safeParse(kind).data);
}
