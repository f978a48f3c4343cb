import { clusterKey } from '../../contracts/cluster-id.ts';
import type { ExtensionState, LiveRow } from '../../contracts/cluster-rows.ts';
import { GRAPH_IDS_MAX, GRAPH_PAGE_ROWS_MAX } from '../../contracts/limits.ts';
import { observeExtension } from '../../core/flux/extension.ts';
import { isOverdue } from '../../core/rollout/looks.ts';
import { sighted, type Sighting } from '../../core/rollout/sightings.ts';
import { GRAPH_POOL, readsOf, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { timedOut } from './read-cluster.ts';
import { judgeUnreachable } from './unreachable.ts';

/**
 * Looks at extensions that are being installed, in pages of Resource Graph. "Ready" needs no further proof, since the write
 * that follows gives it; "failed" and "overdue" are confirmed by a GET, since Resource Graph lags (law 6).
 */
export async function pollInstalling(deps: Deps, installing: readonly LiveRow[]): Promise<Sighting[]> {
  const rows = installing.slice(0, GRAPH_PAGE_ROWS_MAX);
  const queries = Math.ceil(rows.length / GRAPH_IDS_MAX);
  if ((await reserve(deps, GRAPH_POOL, queries, 0)).length < queries) return [];
  const states = new Map<string, ExtensionState>();
  for await (const page of deps.graph.extensions(rows.map(({ target }) => target.clusterId))) {
    for (const { clusterId, state } of page) states.set(clusterKey(clusterId), state);
  }
  const sightings: Sighting[] = [];
  for (const row of rows) {
    const state = states.get(clusterKey(row.target.clusterId));
    if (state === 'Succeeded') sightings.push({ ...sighted(row), kind: 'extensionReady' });
    else if (state === 'Failed' || isOverdue(row, deps.clock.now())) sightings.push(...(await confirm(deps, row)));
  }
  return judgeUnreachable(deps, rows, sightings);
}

async function confirm(deps: Deps, row: LiveRow): Promise<Sighting[]> {
  const { clusterId } = row.target;
  if ((await reserve(deps, readsOf(clusterId), 1, 0)).length === 0) return [];
  const found = await deps.arm.findFluxExtension(clusterId);
  const now = deps.clock.now();
  if (!found.ok) return isOverdue(row, now) ? [late(row, 'The microsoft.flux extension could not be read.', now)] : [];
  const { state, detail } = found.value ? observeExtension(found.value.resource) : { state: 'Installing', detail: '' };
  if (state === 'Succeeded') return [{ ...sighted(row), kind: 'extensionReady' }];
  if (state === 'Failed') {
    return [
      { ...sighted(row), kind: 'outcome', outcome: { verdict: 'Failed', code: 'ExtensionFailed', detail, at: now } },
    ];
  }
  return isOverdue(row, now) ? [late(row, 'The microsoft.flux extension is still being installed.', now)] : [];
}

function late(row: LiveRow, detail: string, now: number): Sighting {
  return { ...sighted(row), kind: 'outcome', outcome: timedOut('ExtensionNotReady', detail, now) };
}
