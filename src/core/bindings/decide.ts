import { resolveAmount } from '../../contracts/amount.ts';
import { clusterKey } from '../../contracts/cluster-id.ts';
import { formatDuration } from '../../contracts/duration.ts';
import type { Held } from '../../contracts/policy-binding.ts';
import { formMeasures, type PlannedMeasure } from './measures.ts';
import type { DriftingCluster, Obstacle, Situation } from './situation.ts';

export interface Decision {
  readonly measures: readonly PlannedMeasure[];
  /** Every other drifting cluster, each once, with the reason. */
  readonly held: readonly Held[];
  /** Why the brake goes on, or stays on. */
  readonly brake: string | undefined;
}

/**
 * What a binding does about drift. Nothing at all is written in mode `report`, while the brake is on, or when more than `maxDriftShare`
 * of the selected clusters would have to be written to; a single cluster is never mass drift. Clusters that something is at work on do
 * not count: where they end up is not known yet.
 */
export function decide(situation: Situation): Decision {
  const { mode, drifting, brake: former, room } = situation;
  if (mode === 'report') return { measures: [], held: split(drifting, () => REPORTED).held, brake: former };
  const first = split(drifting, (cluster) => underWay(situation, cluster) ?? hopeless(cluster));
  const brake = former ?? massDrift(situation, first.free.length);
  if (brake !== undefined) {
    const stopped = split(first.free, () => ({ code: 'MassDrift', detail: brake }));
    return { measures: [], held: [...first.held, ...stopped.held], brake };
  }
  const second = split(first.free, (cluster) => offline(cluster) ?? flapping(situation, cluster));
  const { measures, left } = formMeasures(second.free, room);
  return { measures, held: [...first.held, ...second.held, ...split(left, () => LATER).held], brake };
}

const REPORTED: Obstacle = { code: 'ModeReport', detail: 'This binding only reports.' };
const LATER: Obstacle = { code: 'LaterRun', detail: 'One run does only so much; a later one comes to this cluster.' };

function split(
  clusters: readonly DriftingCluster[],
  obstacleOf: (cluster: DriftingCluster) => Obstacle | undefined,
): { readonly free: readonly DriftingCluster[]; readonly held: readonly Held[] } {
  const free: DriftingCluster[] = [];
  const held: Held[] = [];
  for (const cluster of clusters) {
    const obstacle = obstacleOf(cluster);
    if (obstacle === undefined) free.push(cluster);
    else held.push({ clusterId: cluster.clusterId, code: obstacle.code, detail: obstacle.detail });
  }
  return { free, held };
}

function underWay({ atWork }: Situation, { clusterId }: DriftingCluster): Obstacle | undefined {
  const what = atWork.get(clusterKey(clusterId));
  return what === undefined ? undefined : { code: 'RolloutAtWork', detail: `${what} is at work on this cluster.` };
}

/** The first obstacle, when there is nothing but obstacles. */
function hopeless({ remedies }: DriftingCluster): Obstacle | undefined {
  const obstacles = remedies.filter((remedy) => remedy.kind === 'none');
  return obstacles.length === remedies.length ? obstacles[0] : undefined;
}

function massDrift({ limits, selected }: Situation, drifting: number): string | undefined {
  const allowed = Math.max(1, resolveAmount(limits.maxDriftShare, selected));
  if (drifting <= allowed) return undefined;
  return `${drifting} of ${selected} clusters drift, which is more than ${limits.maxDriftShare} (${allowed}). Look what happened; then raise limits.maxDriftShare if they are to be written to, and POST resume with a reason.`;
}

function offline({ offline: isOffline }: DriftingCluster): Obstacle | undefined {
  return isOffline ? { code: 'Offline', detail: 'The cluster takes no change now.' } : undefined;
}

function flapping({ corrected, limits }: Situation, { clusterId }: DriftingCluster): Obstacle | undefined {
  const times = corrected.get(clusterKey(clusterId)) ?? 0;
  if (times < limits.correctionsPerCluster) return undefined;
  const detail = `It was corrected ${times} times within ${formatDuration(limits.per)} and drifts again. Find out who changes it: GET /api/drift says who wrote last.`;
  return { code: 'AntiFlap', detail };
}
