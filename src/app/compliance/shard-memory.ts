import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Baseline, Snapshot } from '../../contracts/compliance.ts';
import { actionsOf, type Action } from '../../core/change/actions.ts';
import type { DesiredState, RolledOut } from '../../core/compliance/drift.ts';
import type { Deps } from '../deps.ts';

/** What is stored about one subscription, by (cluster, subject). */
export interface ShardMemory {
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly baselines: ReadonlyMap<string, Baseline>;
  /** What the last rollout wants of a subject; undefined when there was none. */
  desired(clusterId: string, subject: string): Promise<DesiredState | undefined>;
}

export function subjectKey(clusterId: string, subject: string): string {
  return `${clusterKey(clusterId)}\n${subject}`;
}

/** Reads what earlier sweeps and rollouts left about a subscription. Small: a few hundred bytes for each subject. */
export async function loadShardMemory(deps: Deps, subscriptionId: string): Promise<ShardMemory> {
  const snapshots = new Map<string, Snapshot>();
  for await (const page of deps.compliance.snapshots(subscriptionId)) {
    for (const snapshot of page) snapshots.set(subjectKey(snapshot.clusterId, snapshot.subject), snapshot);
  }
  const baselines = new Map<string, Baseline>();
  for await (const page of deps.compliance.baselines(subscriptionId)) {
    for (const baseline of page) baselines.set(subjectKey(baseline.clusterId, baseline.subject), baseline);
  }
  const actions = new Map<string, Promise<readonly Action[]>>();
  const actionsOfRollout = (rolloutId: string): Promise<readonly Action[]> => {
    const known = actions.get(rolloutId) ?? deps.store.request(rolloutId).then(({ change }) => actionsOf(change));
    actions.set(rolloutId, known);
    return known;
  };
  const rolledOut = async ({
    rolloutId,
    action: index,
    values,
  }: Pick<Baseline, 'rolloutId' | 'action' | 'values'>): Promise<RolledOut | undefined> => {
    const action = (await actionsOfRollout(rolloutId))[index];
    return action && { rolloutId, action, values };
  };
  return {
    snapshots,
    baselines,
    desired: async (clusterId, subject) => {
      const baseline = baselines.get(subjectKey(clusterId, subject));
      const base = baseline && (await rolledOut(baseline));
      if (baseline === undefined || base === undefined) return undefined;
      const edits = await Promise.all(baseline.edits.map(rolledOut));
      return { ...base, edits: edits.flatMap((edit) => edit ?? []) };
    },
  };
}
