import { clusterId, MANAGED } from '../ids.ts';
import type { Cloud } from '../cloud.ts';
import type { Cluster, FailureKind } from './cluster.ts';
import { guid } from './random.ts';

/** Arc tells of a silent cluster after 15 minutes; Resource Graph then gets the new state. */
const OFFLINE_AFTER_MS = 15 * 60 * 1000;

export type ClusterState = 'online' | 'offline' | 'stopped' | 'deleted';

/**
 * Changes what a cluster does from now on, as its owner or its network would.
 *
 * @param offlineSinceMs since when an offline cluster is silent, in local milliseconds; absent means since now
 * @returns a text that says why the state does not fit the cluster; undefined when it was applied
 */
export function setState(
  cloud: Cloud,
  cluster: Cluster,
  state: ClusterState,
  offlineSinceMs?: number,
): string | undefined {
  const { fleet, agent, clock } = cloud;
  const isAks = cluster.type === MANAGED;
  if (state === 'offline' && isAks) return 'An AKS cluster cannot be offline; stop it.';
  if (state === 'stopped' && !isAks) return 'Only an AKS cluster can be stopped; set others offline.';
  if (state === 'deleted') {
    fleet.remove(cluster);
    return undefined;
  }
  cluster.stopped = state === 'stopped';
  cluster.offlineSinceMs = state === 'offline' ? (offlineSinceMs ?? cluster.offlineSinceMs ?? clock.now()) : undefined;
  fleet.observer?.clusterChanged(cluster);
  if (state === 'offline') {
    fleet.timeline.after(OFFLINE_AFTER_MS, () => {
      if (!cluster.deleted) fleet.observer?.clusterChanged(cluster);
    });
  }
  if (state === 'online') agent.wake(cluster);
  return undefined;
}

/** Kills or revives the Flux agent; whatever it had to do meanwhile it does then. */
export function setAgent(cloud: Cloud, cluster: Cluster, isDead: boolean): void {
  cluster.isAgentDead = isDead;
  if (!isDead) cloud.agent.wake(cluster);
}

/** Makes a cluster beside another one, without anything on it. */
export function addClusterLike(cloud: Cloud, sibling: Cluster, name: string): Cluster {
  const { fleet } = cloud;
  const { subscriptionId, resourceGroup, type, systemData } = sibling;
  const created: Cluster = {
    ...sibling,
    id: clusterId(subscriptionId, resourceGroup, type, name),
    name,
    systemData: { ...systemData, createdAt: fleet.nowIso, lastModifiedAt: fleet.nowIso },
    principalId: guid(fleet.seed, `identity/${name}`),
    provisioningState: 'Succeeded',
    stopped: false,
    offlineSinceMs: undefined,
    isAgentDead: false,
    failure: undefined,
    extensions: new Map(),
    configurations: new Map(),
    sourceControlConfigurations: new Map(),
    inventory: new Map(),
    parked: new Map(),
  };
  fleet.add(created);
  fleet.observer?.clusterChanged(created);
  return created;
}

/** Breaks or repairs Flux on a cluster; its configurations show it after their next reconciliation. */
export function setFailure(cloud: Cloud, cluster: Cluster, failure: FailureKind | undefined): void {
  cluster.failure = failure;
  cloud.agent.wake(cluster);
  for (const configuration of cluster.configurations.values()) cloud.agent.resync(cluster, configuration);
}
