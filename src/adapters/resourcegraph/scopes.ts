import { clusterKey, parseClusterId } from '../../contracts/cluster-id.ts';
import { GRAPH_IDS_MAX, GRAPH_SUBSCRIPTIONS_MAX } from '../../contracts/limits.ts';

/** The clusters and subscriptions that one query names. */
export interface ClusterScope {
  readonly subscriptions: readonly string[];
  readonly clusterKeys: readonly string[];
}

/** Groups of at most `GRAPH_SUBSCRIPTIONS_MAX` subscriptions, each named once. None at all gives no group. */
export function subscriptionScopes(subscriptions: readonly string[]): string[][] {
  const distinct = [...new Set(subscriptions.map((id) => id.toLowerCase()))].sort();
  const groups: string[][] = [];
  for (let first = 0; first < distinct.length; first += GRAPH_SUBSCRIPTIONS_MAX) {
    groups.push(distinct.slice(first, first + GRAPH_SUBSCRIPTIONS_MAX));
  }
  return groups;
}

/**
 * Groups of clusters that fit into one query each, with only the subscriptions they lie in. Sorted, so that clusters of
 * one subscription stay together. What is no cluster's id is left out: there is nothing to find.
 */
export function clusterScopes(clusterIds: readonly string[]): ClusterScope[] {
  const scopes: { subscriptions: Set<string>; clusterKeys: string[] }[] = [];
  for (const key of [...new Set(clusterIds.map(clusterKey))].sort()) {
    const subscriptionId = parseClusterId(key)?.subscriptionId;
    if (subscriptionId === undefined) continue;
    let scope = scopes.at(-1);
    if (scope === undefined || isFull(scope, subscriptionId)) {
      scope = { subscriptions: new Set(), clusterKeys: [] };
      scopes.push(scope);
    }
    scope.subscriptions.add(subscriptionId);
    scope.clusterKeys.push(key);
  }
  return scopes.map(({ subscriptions, clusterKeys }) => ({ subscriptions: [...subscriptions], clusterKeys }));
}

function isFull(
  { subscriptions, clusterKeys }: { subscriptions: ReadonlySet<string>; clusterKeys: readonly string[] },
  subscriptionId: string,
): boolean {
  const isNew = !subscriptions.has(subscriptionId);
  return clusterKeys.length >= GRAPH_IDS_MAX || (isNew && subscriptions.size >= GRAPH_SUBSCRIPTIONS_MAX);
}
