import { clusterKey } from '../../contracts/cluster-id.ts';
import { REMEDIATION_CLUSTERS_MAX, SELECTOR_ENTRIES_MAX } from '../../contracts/limits.ts';
import type { DriftingCluster, Remedy } from './situation.ts';

/** One rollout, or one remediation task, with its clusters in the order of their ids. */
export type PlannedMeasure =
  | {
      readonly kind: 'correction';
      readonly rolloutId: string;
      /** Indexes of actions in the change of that rollout, ascending. */
      readonly actions: readonly number[];
      readonly clusterIds: readonly string[];
    }
  | {
      readonly kind: 'remediation';
      readonly subscriptionId: string;
      readonly referenceId?: string;
      readonly clusterIds: readonly string[];
    };

/** What one measure does, without its clusters. */
type Deed =
  | Omit<Extract<PlannedMeasure, { kind: 'correction' }>, 'clusterIds'>
  | Omit<Extract<PlannedMeasure, { kind: 'remediation' }>, 'clusterIds'>;

/**
 * Puts clusters that need the same into one measure, as large as a rollout's list of ids or a remediation task may be. A cluster is in
 * one measure only, for what is most fundamental on it: two writers at once would be in each other's way, and the next sweep sees what is left.
 *
 * @returns at most `room` measures, and the clusters that found no place.
 */
export function formMeasures(
  clusters: readonly DriftingCluster[],
  room: number,
): { readonly measures: readonly PlannedMeasure[]; readonly left: readonly DriftingCluster[] } {
  const groups = new Map<string, { deed: Deed; members: DriftingCluster[] }>();
  for (const cluster of clusters) {
    const deed = deedFor(cluster);
    if (deed === undefined) continue;
    const key = JSON.stringify(deed);
    const group = groups.get(key) ?? { deed, members: [] };
    group.members.push(cluster);
    groups.set(key, group);
  }
  const sorted = [...groups].sort(([one], [other]) => compare(one, other)).map(([, group]) => group);
  const chunks = sorted.flatMap(({ deed, members }) =>
    inChunks(members, sizeMax(deed)).map((part) => ({ deed, part })),
  );
  return {
    measures: chunks
      .slice(0, room)
      .map(({ deed, part }) => ({ ...deed, clusterIds: part.map(({ clusterId }) => clusterId) })),
    left: chunks.slice(room).flatMap(({ part }) => part),
  };
}

/** The first remedy, with all that the same rollout left behind. */
function deedFor({ remedies }: DriftingCluster): Deed | undefined {
  const possible = remedies.filter((remedy) => remedy.kind !== 'none');
  const [first] = possible;
  if (first === undefined) return undefined;
  if (first.kind === 'policy') return { ...first, kind: 'remediation' };
  const { rolloutId } = first;
  const actions = possible.flatMap((remedy) => (isOf(remedy, rolloutId) ? [remedy.action] : []));
  return { kind: 'correction', rolloutId, actions: [...new Set(actions)].sort((one, other) => one - other) };
}

function isOf(remedy: Remedy, rolloutId: string): remedy is Extract<Remedy, { kind: 'rollout' }> {
  return remedy.kind === 'rollout' && remedy.rolloutId === rolloutId;
}

function sizeMax({ kind }: Deed): number {
  return kind === 'correction' ? SELECTOR_ENTRIES_MAX : REMEDIATION_CLUSTERS_MAX;
}

function inChunks(clusters: readonly DriftingCluster[], size: number): DriftingCluster[][] {
  const sorted = [...clusters].sort((one, other) => compare(clusterKey(one.clusterId), clusterKey(other.clusterId)));
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, n) => sorted.slice(n * size, (n + 1) * size));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
