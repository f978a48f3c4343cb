import { clusterKey } from '../../contracts/cluster-id.ts';
import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { GRAPH_IDS_MAX, GRAPH_PAGE_ROWS_MAX } from '../../contracts/limits.ts';
import { isOverdue } from '../../core/rollout/looks.ts';
import type { Sighting } from '../../core/rollout/sightings.ts';
import type { ExtensionState } from '../../contracts/cluster-rows.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { timedOut } from './read-cluster.ts';
import { judgeUnreachable } from './unreachable.ts';

/** Looks at extensions that are being installed, in pages of Resource Graph; the write that follows proves them right. */
export async function pollInstalling(deps: Deps, installing: readonly LiveRow[]): Promise<Sighting[]> {
  const rows = installing.slice(0, GRAPH_PAGE_ROWS_MAX);
  const queries = Math.ceil(rows.length / GRAPH_IDS_MAX);
  if ((await reserve(deps, GRAPH_POOL, queries, 0)).length < queries) return [];
  const states = new Map<string, { state: ExtensionState; detail: string }>();
  for await (const page of deps.graph.extensions(rows.map(({ target }) => target.clusterId))) {
    for (const { clusterId, state, detail } of page) states.set(clusterKey(clusterId), { state, detail });
  }
  const now = deps.clock.now();
  const sightings = rows.flatMap((row) => judge(row, states.get(clusterKey(row.target.clusterId)), now) ?? []);
  return judgeUnreachable(deps, rows, sightings);
}

function judge(
  row: LiveRow,
  seen: { state: ExtensionState; detail: string } | undefined,
  now: number,
): Sighting | undefined {
  const { ordinal } = row;
  if (seen?.state === 'Succeeded') return { ordinal, kind: 'extensionReady' };
  if (seen?.state === 'Failed') {
    return {
      ordinal,
      kind: 'outcome',
      outcome: { verdict: 'Failed', code: 'ExtensionFailed', detail: seen.detail, at: now },
    };
  }
  if (!isOverdue(row, now)) return undefined;
  const detail = `The microsoft.flux extension is ${seen?.state ?? 'not there yet'}.`;
  return { ordinal, kind: 'outcome', outcome: timedOut('ExtensionNotReady', detail, now) };
}
