import { clusterKey } from '../../contracts/cluster-id.ts';
import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { GRAPH_IDS_MAX } from '../../contracts/limits.ts';
import { subjectOf, type Action } from '../../core/change/actions.ts';
import { pinnedRevision } from '../../core/flux/source.ts';
import { isWorthReading, type StatusHint } from '../../core/rollout/looks.ts';
import { GRAPH_POOL, reserve, subscriptionOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/**
 * The rows of one action that pages of Resource Graph say are worth a GET (law 6): hints, since it lags. None when the query budget is
 * used up now.
 */
export async function rowsWorthReading(deps: Deps, action: Action, rows: readonly LiveRow[]): Promise<LiveRow[]> {
  const [removing, others] = [rows.filter((row) => row.removing), rows.filter((row) => !row.removing)];
  return [...(await worthReading(deps, action, others)), ...(await absent(deps, action, removing))];
}

function worthReading(deps: Deps, action: Action, rows: readonly LiveRow[]): Promise<LiveRow[]> | LiveRow[] {
  switch (action.kind) {
    case 'applyConfiguration':
      return reported(deps, action, rows, pinnedRevision(action.configuration));
    case 'editConfiguration':
    case 'suspendConfiguration':
      return reported(deps, action, rows, undefined);
    case 'ensureExtension':
      return settled(deps, rows);
    case 'removeConfiguration':
    case 'removeExtension':
      return absent(deps, action, rows);
    case 'removeFluxV1':
      // Gone with the answer of the deletion, and Resource Graph shows it late: it is simply read.
      return [...rows];
  }
}

/** Configurations whose agent has reported something that decides. */
async function reported(
  deps: Deps,
  action: Action,
  rows: readonly LiveRow[],
  commit: string | undefined,
): Promise<LiveRow[]> {
  if (rows.length === 0) return [];
  const since = Math.min(...rows.map((row) => (row.wrote ? (row.writtenAt ?? row.since) : 0)));
  const hints = await readConfigurations(deps, action, rows, since);
  const now = deps.clock.now();
  return rows.filter((row) => {
    const hint = hints?.get(clusterKey(row.target.clusterId));
    return hint !== undefined && isWorthReading(row, hint, commit, now);
  });
}

/** Rows whose resource is not shown any more. */
async function absent(deps: Deps, action: Action, rows: readonly LiveRow[]): Promise<LiveRow[]> {
  if (rows.length === 0) return [];
  const isExtension = action.kind === 'removeExtension' || action.kind === 'ensureExtension';
  const shown = isExtension ? await readExtensions(deps, rows) : await readConfigurations(deps, action, rows);
  return shown === undefined ? [] : rows.filter(({ target }) => !shown.has(clusterKey(target.clusterId)));
}

/** Extensions that are ready, or have failed. */
async function settled(deps: Deps, rows: readonly LiveRow[]): Promise<LiveRow[]> {
  if (rows.length === 0) return [];
  const states = await readExtensions(deps, rows);
  return rows.filter(({ target }) => ['Succeeded', 'Failed'].includes(states?.get(clusterKey(target.clusterId)) ?? ''));
}

async function readConfigurations(
  deps: Deps,
  action: Action,
  rows: readonly LiveRow[],
  reportedSince?: number,
): Promise<ReadonlyMap<string, StatusHint> | undefined> {
  if ((await reserve(deps, GRAPH_POOL, 1, 0)).length === 0) return undefined;
  const wanted = new Set(rows.map(({ target }) => clusterKey(target.clusterId)));
  const hints = new Map<string, StatusHint>();
  const pages = deps.graph.configurations({
    name: subjectOf(action),
    subscriptions: [...new Set(rows.map(({ target }) => subscriptionOf(target.clusterId)))],
    ...(reportedSince !== undefined && { reportedSince }),
  });
  for await (const page of pages) {
    for (const status of page) {
      const key = clusterKey(status.clusterId);
      if (wanted.has(key)) hints.set(key, status);
    }
  }
  return hints;
}

async function readExtensions(deps: Deps, rows: readonly LiveRow[]): Promise<ReadonlyMap<string, string> | undefined> {
  const queries = Math.ceil(rows.length / GRAPH_IDS_MAX);
  if ((await reserve(deps, GRAPH_POOL, queries, 0)).length < queries) return undefined;
  const states = new Map<string, string>();
  for await (const page of deps.graph.extensions(rows.map(({ target }) => target.clusterId))) {
    for (const { clusterId, state } of page) states.set(clusterKey(clusterId), state);
  }
  return states;
}
