import { DriftKind, DriftLayer, type Drift } from '../../contracts/compliance.ts';
import type { Deps } from '../deps.ts';
import { readFilter } from './compliance-filter.ts';
import { compliancePage } from './compliance-page.ts';
import { openCompliance, type ComplianceReader, type SeenCluster } from './compliance-reader.ts';
import { clusterFacts, driftView, lookedAtOf } from './compliance-view.ts';
import { cell, pagesOf, type Export, type ExportRow } from './export.ts';
import { readChoice, type Page } from './page.ts';

const COLUMNS = [
  'clusterId',
  'cluster',
  'subscriptionId',
  'subject',
  'kind',
  'layer',
  'path',
  'desired',
  'actual',
  'detail',
  'owner',
  'changedBy',
  'changedAt',
  'changedByUnknown',
  'firstSeenAt',
  'lastSeenAt',
] as const;
type Column = (typeof COLUMNS)[number];

export interface DriftQuery {
  readonly kind?: string;
  readonly layer?: string;
  readonly subscription?: string;
  /** Name of a configuration, or `@extension`. */
  readonly configuration?: string;
}

/** `GET /api/drift`: every way in which a cluster is not as desired, in the order of clusters. */
export async function listDrift(
  deps: Deps,
  query: DriftQuery & { readonly limit?: string; readonly continuation?: string },
): Promise<Page<object>> {
  const { reader, takes } = await openDrift(deps, query);
  return compliancePage(reader, (seen) => driftsOf(seen, takes), query);
}

/** The same as a table; values that are not text stand in it as JSON. */
export async function exportDrift(deps: Deps, query: DriftQuery): Promise<Export<Column>> {
  const { reader, takes } = await openDrift(deps, query);
  return { name: 'drift', columns: COLUMNS, pages: rowPages(reader, takes) };
}

type Takes = (drift: Drift) => boolean;

async function openDrift(deps: Deps, query: DriftQuery): Promise<{ reader: ComplianceReader; takes: Takes }> {
  const kind = readChoice('kind', query.kind, DriftKind.options);
  const layer = readChoice('layer', query.layer, DriftLayer.options);
  const { subscription, configuration } = query;
  const filter = readFilter(deps, {
    ...(subscription !== undefined && { subscription }),
    ...(configuration !== undefined && { configuration }),
  });
  const takes: Takes = (drift) =>
    (kind === undefined || drift.kind === kind) && (layer === undefined || drift.layer === layer);
  const takesSnapshot: typeof filter.takesSnapshot = (snapshot) =>
    filter.takesSnapshot(snapshot) && snapshot.drifts.some(takes);
  return { reader: await openCompliance(deps, { ...filter, takesSnapshot }), takes };
}

function driftsOf(seen: SeenCluster, takes: Takes) {
  const { id: clusterId, name: cluster, subscriptionId } = clusterFacts(seen);
  return seen.snapshots.flatMap((snapshot) => {
    const lookedAt = lookedAtOf(snapshot, seen.sweptAt);
    const { subject } = snapshot;
    const own = snapshot.drifts.filter(takes);
    return own.map((drift) => ({ clusterId, cluster, subscriptionId, subject, ...driftView(drift, lookedAt) }));
  });
}

async function* rowPages(reader: ComplianceReader, takes: Takes): AsyncIterable<readonly ExportRow<Column>[]> {
  for (const subscriptionId of reader.subscriptions) {
    const { clusters } = await reader.read(subscriptionId);
    for (const page of pagesOf(clusters)) {
      const drifts = page.flatMap((seen) => driftsOf(seen, takes));
      yield drifts.map((drift) => ({ ...drift, desired: cell(drift.desired), actual: cell(drift.actual) }));
    }
  }
}
