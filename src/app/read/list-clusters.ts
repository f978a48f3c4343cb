import { CLUSTER_TYPES } from '../../contracts/cluster-id.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { compileSelector } from '../../core/fleet/select.ts';
import { readChoice, readLimit, readNumberContinuation, type Page } from './page.ts';
import { isoTime } from './rollout-view.ts';

export interface ClusterQuery {
  readonly subscription?: string;
  readonly type?: string;
  readonly location?: string;
  readonly name?: string;
  /** `key=value`, or `key` for "has the tag". */
  readonly tag?: string;
  readonly limit?: string;
  readonly continuation?: string;
}

/** `GET /api/clusters`: the fleet as the inventory knows it, in the order of ids. */
export async function listClusters(
  deps: Deps,
  query: ClusterQuery,
): Promise<Page<object> & { takenAt: string; total: number }> {
  const fleet = await currentFleet(deps);
  const type = readChoice('type', query.type, CLUSTER_TYPES);
  const matches = compileSelector({
    ...(query.subscription !== undefined && { subscriptions: [query.subscription] }),
    ...(type !== undefined && { types: [type] }),
    ...(query.location !== undefined && { locations: [query.location] }),
    ...(query.name !== undefined && { names: [query.name] }),
    ...(query.tag !== undefined && { tags: tagCondition(query.tag) }),
  });
  const clusters = fleet.clusters.filter(matches);
  const from = readNumberContinuation(query.continuation);
  const limit = readLimit(query.limit);
  return {
    takenAt: isoTime(fleet.takenAt),
    total: clusters.length,
    items: clusters.slice(from, from + limit),
    ...(from + limit < clusters.length && { continuation: String(from + limit) }),
  };
}

/** `key=value` as a condition, `key` as "has the tag". */
export function tagCondition(tag: string): Record<string, string | { exists: boolean }> {
  const equals = tag.indexOf('=');
  return equals < 0 ? { [tag]: { exists: true } } : { [tag.slice(0, equals)]: tag.slice(equals + 1) };
}
