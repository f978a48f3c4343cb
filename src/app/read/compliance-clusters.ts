import type { Deps } from '../deps.ts';
import { readFilter, type ComplianceQuery } from './compliance-filter.ts';
import { compliancePage } from './compliance-page.ts';
import { openCompliance, type ComplianceReader, type SeenCluster } from './compliance-reader.ts';
import { clusterFacts, snapshotView } from './compliance-view.ts';
import { pagesOf, type Export, type ExportRow } from './export.ts';
import type { Page } from './page.ts';

const COLUMNS = [
  'id',
  'name',
  'type',
  'subscriptionId',
  'resourceGroup',
  'location',
  'tags',
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
  'changedAt',
  'lastSeenAt',
] as const;
type Column = (typeof COLUMNS)[number];

/** `GET /api/compliance/clusters`: clusters in the order of their ids, each with those of its subjects that are asked for. */
export async function listCompliance(
  deps: Deps,
  query: ComplianceQuery & { readonly limit?: string; readonly continuation?: string },
): Promise<Page<object>> {
  const reader = await openCompliance(deps, readFilter(deps, query));
  return compliancePage(reader, (seen) => [clusterItem(seen)], query);
}

/** The same as a table: one row for each subject of each cluster. */
export async function exportCompliance(deps: Deps, query: ComplianceQuery): Promise<Export<Column>> {
  const reader = await openCompliance(deps, readFilter(deps, query));
  return { name: 'compliance-clusters', columns: COLUMNS, pages: rowPages(reader) };
}

function clusterItem(seen: SeenCluster): object {
  const { state, snapshots, sweptAt } = seen;
  return { ...clusterFacts(seen), state, subjects: snapshots.map((one) => snapshotView(one, sweptAt)) };
}

async function* rowPages(reader: ComplianceReader): AsyncIterable<readonly ExportRow<Column>[]> {
  for (const subscriptionId of reader.subscriptions) {
    const { clusters } = await reader.read(subscriptionId);
    for (const page of pagesOf(clusters)) yield page.flatMap(rowsOf);
  }
}

function rowsOf(seen: SeenCluster): ExportRow<Column>[] {
  const { tags = {}, ...facts } = clusterFacts(seen);
  const tagTexts = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return seen.snapshots.map((snapshot) => {
    const { drifts, ...view } = snapshotView(snapshot, seen.sweptAt);
    const kinds = new Set(drifts.map(({ kind }) => kind));
    return { ...facts, tags: tagTexts.join('; '), ...view, drifts: [...kinds].join('; ') };
  });
}
