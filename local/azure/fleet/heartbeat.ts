import { hasFluxAgents, isReachable, type Cluster } from './cluster.ts';
import type { Fleet } from './fleet.ts';

/** Agents report also when nothing changed; the fleet does so in slices, so that the reports spread evenly. */
const HEARTBEAT_MS = 10 * 60 * 1000;
const HEARTBEAT_SLICES = 60;

/** Starts the regular reports of all agents; they end with the fleet's timeline. */
export function startHeartbeat(fleet: Fleet, slice = 0): void {
  fleet.timeline.after(HEARTBEAT_MS / HEARTBEAT_SLICES, () => {
    const { clusters } = fleet;
    for (let index = slice; index < clusters.length; index += HEARTBEAT_SLICES) {
      const cluster = clusters[index];
      if (cluster !== undefined && isReachable(cluster)) beat(fleet, cluster);
    }
    startHeartbeat(fleet, (slice + 1) % HEARTBEAT_SLICES);
  });
}

function beat(fleet: Fleet, cluster: Cluster): void {
  if (!hasFluxAgents(cluster) || cluster.isAgentDead) return;
  for (const configuration of cluster.configurations.values()) {
    if (configuration.status.statusUpdatedAt === null) continue;
    configuration.status = { ...configuration.status, statusUpdatedAt: fleet.nowIso };
    fleet.observer?.configurationChanged(cluster, configuration);
  }
}
