import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Baseline, Snapshot } from '../../contracts/compliance.ts';
import { actionsOf, type Action } from '../../core/change/actions.ts';
import type { DesiredState, RolledOut } from '../../core/compliance/drift.ts';
import type { Deps } from '../deps.ts';

/** What earlier sweeps and rollouts left about one subject of one cluster. */
export interface Known {
  readonly snapshot?: Snapshot;
  readonly baseline?: Baseline;
}

/** What is stored about one subscription. */
export interface ShardMemory {
  /** By cluster key, then by subject. A cluster that has been swept is taken out: what is left is not in the fleet any more. */
  readonly clusters: Map<string, ReadonlyMap<string, Known>>;
  /** What rollouts want of a subject; undefined when there was none. */
  desired(baseline: Baseline | undefined): Promise<DesiredState | undefined>;
}

export function subjectKey(clusterId: string, subject: string): string {
  return `${clusterKey(clusterId)}\n${subject}`;
}

/** Reads what earlier sweeps and rollouts left about a subscription. Small: some kilobytes for each cluster. */
export async function loadShardMemory(deps: Deps, subscriptionId: string): Promise<ShardMemory> {
  const clusters = new Map<string, Map<string, Known>>();
  for await (const page of deps.compliance.snapshots(subscriptionId)) {
    for (const snapshot of page) add(clusters, snapshot, { snapshot });
  }
  for await (const page of deps.compliance.baselines(subscriptionId)) {
    for (const baseline of page) add(clusters, baseline, { baseline });
  }
  return { clusters, desired: desiredStates(deps) };
}

function add(
  clusters: Map<string, Map<string, Known>>,
  { clusterId, subject }: { readonly clusterId: string; readonly subject: string },
  found: Known,
): void {
  const key = clusterKey(clusterId);
  const subjects = clusters.get(key) ?? new Map<string, Known>();
  clusters.set(key, subjects);
  subjects.set(subject, { ...subjects.get(subject), ...found });
}

/** Finds the actions that baselines point to; the request of each rollout is read once. */
function desiredStates({ store }: Deps): ShardMemory['desired'] {
  const actions = new Map<string, Promise<readonly Action[]>>();
  const actionsOfRollout = (rolloutId: string): Promise<readonly Action[]> => {
    const known = actions.get(rolloutId) ?? store.request(rolloutId).then(({ change }) => actionsOf(change));
    actions.set(rolloutId, known);
    return known;
  };
  const rolledOut = async (one: Omit<RolledOut, 'action'> & { action: number }): Promise<RolledOut | undefined> => {
    const action = (await actionsOfRollout(one.rolloutId))[one.action];
    return action && { rolloutId: one.rolloutId, action, values: one.values };
  };
  return async (baseline) => {
    const base = baseline && (await rolledOut(baseline));
    if (baseline === undefined || base === undefined) return undefined;
    const edits = await Promise.all(baseline.edits.map(rolledOut));
    const { stage } = baseline;
    return { ...base, edits: edits.flatMap((edit) => edit ?? []), ...(stage !== undefined && { stage }) };
  };
}
