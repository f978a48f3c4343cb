import pLimit from 'p-limit';
import type { ComplianceCounts, Sweep } from '../../contracts/compliance.ts';
import { boundedCounts, countCluster, emptyCounts } from '../../core/compliance/counts.ts';
import type { Deps } from '../deps.ts';
import { COMPLIANCE_QUERY, readFilter, type ComplianceQuery } from './compliance-filter.ts';
import { openCompliance } from './compliance-reader.ts';
import {
  findSweeps,
  missingSubscriptions,
  sweepCounts,
  sweepView,
  SWEEPS_LOOKED_BACK,
  type FoundSweep,
} from './compliance-sweeps.ts';
import { refuse } from './page.ts';

/** Sweeps in one trend. Ours: four days of hourly ones. */
const TREND_MAX = 100;
/** Sweeps read at the same time. Ours. */
const READS_AT_ONCE = 8;

/**
 * `GET /api/compliance`: the fleet as the latest complete sweep saw it. While the newest sweep is not complete, `complete` is false,
 * `missingSubscriptions` says what it has not seen, and the numbers stay those of the sweep before, since what was not seen is not gone. Without
 * any complete sweep they are those of the newest, as far as it got. With filters they are counted from what is stored now.
 */
export async function getCompliance(deps: Deps, query: ComplianceQuery & { readonly trend?: string }): Promise<object> {
  const trend = readTrend(query.trend);
  const isFiltered = COMPLIANCE_QUERY.some((name) => query[name] !== undefined);
  if (isFiltered && trend > 0) throw refuse('trend', 'counts whole sweeps; leave the filters away');
  const listed = await deps.compliance.listSweeps(Math.max(trend, SWEEPS_LOOKED_BACK));
  const { newest, complete } = await findSweeps(deps, listed);
  const now = deps.clock.now();
  const shown = complete ?? newest;
  const status = {
    complete: newest !== undefined && newest === complete,
    missingSubscriptions: newest === undefined ? deps.subscriptions : missingSubscriptions(newest),
    ...(newest && newest !== shown && { newestSweep: sweepView(newest, now) }),
  };
  if (isFiltered) return { ...status, summary: await countFiltered(deps, query) };
  return {
    ...status,
    ...(shown && { sweep: sweepView(shown, now), summary: sweepCounts(shown) }),
    ...(trend > 0 && { trend: await readPoints(deps, listed.slice(0, trend)) }),
  };
}

/** Points of a trend, newest first. Those of sweeps that are not complete count less than the fleet, and say so. */
async function readPoints(deps: Deps, sweeps: readonly Sweep[]): Promise<object[]> {
  const limit = pLimit(READS_AT_ONCE);
  const found = await Promise.all(sweeps.map(({ id }) => limit(() => deps.compliance.sweep(id))));
  return found.flatMap((one) => (one === undefined ? [] : [pointOf(one, deps.clock.now())]));
}

function pointOf(found: FoundSweep, now: number): object {
  const { id, status, startedAt, finishedAt } = sweepView(found, now);
  const { clusters, subjects, byState, byDrift, byStage, drifting, changed } = sweepCounts(found);
  return { id, status, startedAt, finishedAt, clusters, subjects, byState, byDrift, byStage, drifting, changed };
}

/** Counts only what the filters take: clusters with nothing to show are not among them. */
async function countFiltered(deps: Deps, query: ComplianceQuery): Promise<Omit<ComplianceCounts, 'changed'>> {
  const reader = await openCompliance(deps, readFilter(deps, query));
  const counts = emptyCounts();
  for (const subscriptionId of reader.subscriptions) {
    const { clusters } = await reader.read(subscriptionId);
    for (const { cluster, snapshots } of clusters) {
      const tags = Object.entries(cluster?.tags ?? {}).map(([name, value]) => `${name}=${value}`);
      countCluster(counts, { subscriptionId, tags }, snapshots);
    }
  }
  const { changed: _, ...counted } = boundedCounts(counts);
  return counted;
}

function readTrend(trend: string | undefined): number {
  if (trend === undefined) return 0;
  const value = Number(trend);
  if (Number.isInteger(value) && value >= 1 && value <= TREND_MAX) return value;
  throw refuse('trend', `must be a whole number of sweeps from 1 to ${TREND_MAX}`);
}
