import { parseClusterId } from '../../contracts/cluster-id.ts';
import type { Drift, Snapshot } from '../../contracts/compliance.ts';
import type { SeenCluster } from './compliance-reader.ts';
import { isoTime } from './rollout-view.ts';

/** Which cluster a row is about. Location and tags are absent when the inventory does not know it any more. */
export function clusterFacts({ clusterId, subscriptionId, cluster }: SeenCluster) {
  const parts = parseClusterId(clusterId);
  return {
    id: clusterId,
    name: cluster?.name ?? parts?.name ?? clusterId,
    type: cluster?.type ?? parts?.type,
    subscriptionId,
    resourceGroup: cluster?.resourceGroup ?? parts?.resourceGroup,
    ...(cluster && { location: cluster.location, tags: cluster.tags }),
  };
}

/**
 * A snapshot as the API shows it. What is there was last seen when its subscription was last swept to the end; what is absent is
 * not seen at all.
 */
export function snapshotView(snapshot: Snapshot, sweptAt: number | undefined) {
  const { schema: _, clusterId: __, drifts, firstSeenAt, changedAt, ...facts } = snapshot;
  const lookedAt = lookedAtOf(snapshot, sweptAt);
  return {
    ...facts,
    firstSeenAt: isoTime(firstSeenAt),
    changedAt: isoTime(changedAt),
    ...(snapshot.state !== 'Absent' && { lastSeenAt: isoTime(lookedAt) }),
    drifts: drifts.map((drift) => driftView(drift, lookedAt)),
  };
}

/** A drift as the API shows it. */
export function driftView({ firstSeenAt, changedAt, ...facts }: Drift, lookedAt: number) {
  return {
    ...facts,
    firstSeenAt: isoTime(firstSeenAt),
    lastSeenAt: isoTime(lookedAt),
    ...(changedAt !== undefined && { changedAt: isoTime(changedAt) }),
  };
}

/** When a snapshot was last looked at (milliseconds): a sweep that is on its way may have changed it since the last complete one. */
export function lookedAtOf({ changedAt }: Snapshot, sweptAt: number | undefined): number {
  return Math.max(changedAt, sweptAt ?? changedAt);
}
