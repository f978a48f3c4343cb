import { CLUSTER_PROVIDERS, clusterKey } from '../../contracts/cluster-id.ts';
import type { HistoryEntry } from '../../contracts/compliance.ts';
import type { Deps } from '../deps.ts';
import { knownFleet } from '../fleet.ts';
import { pagesOf, type Export, type ExportRow } from './export.ts';
import { readLimit, readText, refuse } from './page.ts';
import { clusterNotFound, readClusterType, type ClusterAddress } from './read-configurations.ts';
import { isoTime } from './rollout-view.ts';

/** Changes in one export. Ours: a cluster whose configuration changes every hour has as many in a year. */
const EXPORTED_MAX = 10_000;
/** ISO 8601 with a time zone: a local time would mean another moment on every host. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

const COLUMNS = [
  'changedAt',
  'subject',
  'state',
  'provisioningState',
  'complianceState',
  'revision',
  'version',
  'namespace',
  'sourceUrl',
  'detail',
  'rolloutId',
  'stage',
  'drifts',
  'firstSeenAt',
] as const;
type Column = (typeof COLUMNS)[number];

export interface HistoryQuery {
  /** A time in ISO 8601, such as `2026-01-31T00:00:00Z`. Without it, as far back as history is kept. */
  readonly since?: string;
  readonly limit?: string;
  /** Name of a configuration, or `@extension`. */
  readonly configuration?: string;
}

/**
 * `GET /api/clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/history`: what changed on a cluster, newest first; each entry is how
 * a subject stood from then on. `truncated` says that there is more than `limit`. Throws `Refusal` 400, 404.
 */
export async function getHistory(deps: Deps, address: ClusterAddress, query: HistoryQuery): Promise<object> {
  const limit = readLimit(query.limit);
  const { clusterId, entries } = await readHistory(deps, address, query, limit + 1);
  return {
    cluster: { id: clusterId, name: address.name },
    items: entries.slice(0, limit).map(entryView),
    truncated: entries.length > limit,
  };
}

/** The same as a table, always the whole range. Throws `Refusal` 400 when that is too much. */
export async function exportHistory(
  deps: Deps,
  address: ClusterAddress,
  query: Omit<HistoryQuery, 'limit'>,
): Promise<Export<Column>> {
  const { entries } = await readHistory(deps, address, query, EXPORTED_MAX + 1);
  if (entries.length > EXPORTED_MAX) {
    throw refuse('since', `is too long ago: there are more than ${EXPORTED_MAX} changes since; name a later time`);
  }
  return { name: 'history', columns: COLUMNS, pages: rowPages(entries) };
}

async function readHistory(
  deps: Deps,
  address: ClusterAddress,
  query: HistoryQuery,
  limit: number,
): Promise<{ clusterId: string; entries: readonly HistoryEntry[] }> {
  const { subscriptionId, resourceGroup, name } = address;
  const type = readClusterType(address);
  const clusterId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${CLUSTER_PROVIDERS[type]}/${type}/${name}`;
  const subject = readText('configuration', query.configuration);
  const since = readSince(query.since);
  const entries = await deps.compliance.history(clusterId, { since, limit, ...(subject !== undefined && { subject }) });
  if (entries.length === 0) await refuseUnknown(deps, address, clusterId, `${resourceGroup}/${type}/${name}`);
  return { clusterId, entries };
}

/** A range without changes is empty; a cluster that was never seen is a mistake. Clusters that are gone keep their history. */
async function refuseUnknown(
  deps: Deps,
  { subscriptionId }: ClusterAddress,
  clusterId: string,
  name: string,
): Promise<void> {
  const { clusters } = await knownFleet(deps, [subscriptionId]);
  if (clusters.some(({ id }) => clusterKey(id) === clusterKey(clusterId))) return;
  const [ever] = await deps.compliance.history(clusterId, { since: 0, limit: 1 });
  if (ever === undefined) throw clusterNotFound(name);
}

function readSince(since: string | undefined): number {
  if (since === undefined) return 0;
  const time = ISO_TIME.test(since) ? Date.parse(since) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw refuse('since', 'must be a time in ISO 8601 with its zone, such as 2026-01-31T00:00:00Z');
}

function entryView({ schema: _, clusterId: __, drifts, firstSeenAt, changedAt, ...facts }: HistoryEntry) {
  return {
    changedAt: isoTime(changedAt),
    ...facts,
    firstSeenAt: isoTime(firstSeenAt),
    drifts: drifts.map((drift) => ({
      ...drift,
      firstSeenAt: isoTime(drift.firstSeenAt),
      ...(drift.changedAt !== undefined && { changedAt: isoTime(drift.changedAt) }),
    })),
  };
}

async function* rowPages(entries: readonly HistoryEntry[]): AsyncIterable<readonly ExportRow<Column>[]> {
  for (const page of pagesOf(entries)) {
    yield page.map((entry) => {
      const { drifts, ...view } = entryView(entry);
      return { ...view, drifts: [...new Set(drifts.map(({ kind }) => kind))].join('; ') };
    });
  }
}
