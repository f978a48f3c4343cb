import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { Snapshot, SnapshotState } from '../../contracts/compliance.ts';
import { worstState } from '../../core/compliance/counts.ts';
import { isHistory } from '../../core/compliance/snapshot.ts';
import type { Deps } from '../deps.ts';
import { knownFleet } from '../fleet.ts';
import type { ComplianceFilter } from './compliance-filter.ts';
import { lastSweptTimes } from './compliance-sweeps.ts';

/** One cluster with those of its snapshots that are asked for. */
export interface SeenCluster {
  readonly clusterId: string;
  readonly subscriptionId: string;
  /** As the inventory knows it; undefined when it is gone. */
  readonly cluster: Cluster | undefined;
  /** The worst state of all its subjects, also of those that are not asked for. */
  readonly state: SnapshotState | undefined;
  /** In the order of subjects; at least one. */
  readonly snapshots: readonly Snapshot[];
  /** When its subscription was last swept to the end (milliseconds). */
  readonly sweptAt: number | undefined;
}

/** Reads what sweeps have stored, one subscription at a time: that is what is held in memory, however large the fleet. */
export interface ComplianceReader {
  readonly subscriptions: readonly string[];
  /** Clusters in the order of their ids, and how many snapshots were read to find them. */
  read(subscriptionId: string): Promise<{ readonly clusters: readonly SeenCluster[]; readonly snapshotsRead: number }>;
}

/** Snapshots are joined with the inventory, however old: they are as old as their sweep. */
export async function openCompliance(deps: Deps, filter: ComplianceFilter): Promise<ComplianceReader> {
  const sweptTimes = await lastSweptTimes(deps);
  return {
    subscriptions: filter.subscriptions,
    read: async (subscriptionId) => {
      const { clusters } = await knownFleet(deps, [subscriptionId]);
      const known = new Map(clusters.map((cluster) => [clusterKey(cluster.id), cluster]));
      const { byCluster, snapshotsRead } = await readSnapshots(deps, subscriptionId);
      const keys = [...byCluster.keys()].sort();
      const seen = keys.flatMap((key) => {
        const all = byCluster.get(key) ?? [];
        const cluster = known.get(key);
        const snapshots = filter.takesCluster(key, cluster) ? all.filter((one) => filter.takesSnapshot(one)) : [];
        if (snapshots.length === 0) return [];
        const clusterId = cluster?.id ?? snapshots[0]?.clusterId ?? key;
        const state = worstState(all.map((one) => one.state));
        const sorted = snapshots.sort((a, b) => (a.subject < b.subject ? -1 : 1));
        return [
          { clusterId, subscriptionId, cluster, state, snapshots: sorted, sweptAt: sweptTimes.get(subscriptionId) },
        ];
      });
      return { clusters: seen, snapshotsRead };
    },
  };
}

async function readSnapshots({ compliance }: Deps, subscriptionId: string) {
  const byCluster = new Map<string, Snapshot[]>();
  let snapshotsRead = 0;
  for await (const page of compliance.snapshots(subscriptionId)) {
    snapshotsRead += page.length;
    for (const snapshot of page.filter((one) => !isHistory(one))) {
      const key = clusterKey(snapshot.clusterId);
      const own = byCluster.get(key);
      if (own === undefined) byCluster.set(key, [snapshot]);
      else own.push(snapshot);
    }
  }
  return { byCluster, snapshotsRead };
}
