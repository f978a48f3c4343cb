import { clusterKey } from '../../contracts/cluster-id.ts';
import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { GRAPH_IDS_MAX } from '../../contracts/limits.ts';
import { sighted, type Sighting } from '../../core/rollout/sightings.ts';
import type { Connectivity } from '../../ports/graph.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/**
 * A cluster is not to blame for silence while it is offline: those about to be judged TimedOut are checked, and the
 * offline ones follow the plan's `offline` policy, the deleted ones are skipped (product, "Frozen" and "Deadline").
 */
export async function judgeUnreachable(
  deps: Deps,
  rows: readonly LiveRow[],
  sightings: readonly Sighting[],
): Promise<Sighting[]> {
  const late = sightings
    .filter((one) => one.kind === 'outcome' && one.outcome.verdict === 'TimedOut')
    .slice(0, GRAPH_IDS_MAX);
  if (late.length === 0) return [...sightings];
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  const ids = late.flatMap(({ ordinal }) => byOrdinal.get(ordinal)?.target.clusterId ?? []);
  const states = await readConnectivity(deps, ids);
  if (states === undefined) return sightings.filter((one) => !late.includes(one));
  return sightings.map((sighting) => {
    const id = byOrdinal.get(sighting.ordinal)?.target.clusterId;
    return id === undefined || !late.includes(sighting)
      ? sighting
      : rejudge(sighting, states.get(clusterKey(id)), deps.clock.now());
  });
}

function rejudge(sighting: Sighting, state: Connectivity | undefined, now: number): Sighting {
  const of = sighted(sighting);
  if (state === undefined) {
    const detail = 'The cluster is not in Azure any more.';
    return { ...of, kind: 'outcome', outcome: { verdict: 'Skipped', code: 'ClusterNotFound', detail, at: now } };
  }
  if (!state.offline) return sighting;
  return { ...of, kind: 'offline', detail: `The cluster is ${state.connectivity}.` };
}

/** Connectivity by cluster key; undefined when the query budget is used up now. Absent clusters do not exist. */
export async function readConnectivity(
  deps: Deps,
  clusterIds: readonly string[],
): Promise<ReadonlyMap<string, Connectivity> | undefined> {
  const queries = Math.ceil(clusterIds.length / GRAPH_IDS_MAX);
  if ((await reserve(deps, GRAPH_POOL, queries, 0)).length < queries) return undefined;
  const states = new Map<string, Connectivity>();
  for await (const page of deps.graph.connectivity(clusterIds)) {
    for (const state of page) states.set(clusterKey(state.clusterId), state);
  }
  return states;
}
