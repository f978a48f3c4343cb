import type { Cluster } from '../../contracts/cluster.ts';

/** The subscriptions of clusters that an assignment can reach: one below a subscription reaches no other. In lower case. */
export function subscriptionsUnder(assignmentId: string, clusters: Iterable<Cluster>): string[] {
  const own = /^\/subscriptions\/([^/]+)\//i.exec(assignmentId)?.[1]?.toLowerCase();
  const used = new Set([...clusters].map(({ subscriptionId }) => subscriptionId.toLowerCase()));
  return [...used].filter((one) => own === undefined || one === own);
}
