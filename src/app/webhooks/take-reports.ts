import { clusterKey } from '../../contracts/cluster-id.ts';
import type { ClusterReport } from '../../contracts/push.ts';
import type { Deps } from '../deps.ts';
import { wakeMessage } from '../messages.ts';

/**
 * What the Flux of a cluster told about itself: a rollout that awaits evidence of that configuration reads the cluster at its next
 * look, instead of waiting for Resource Graph. A hint and no evidence: the verdict is read from Azure as ever (law 6).
 */
export async function takeReports(deps: Deps, reports: readonly ClusterReport[]): Promise<void> {
  for (const { clusterId, configuration } of reports) {
    const lease = configuration === undefined ? undefined : await deps.leases.read(clusterId, configuration);
    const rolloutId = lease?.value.holder;
    if (rolloutId !== undefined) await markReported(deps, rolloutId, clusterId);
  }
}

async function markReported(deps: Deps, rolloutId: string, clusterId: string): Promise<void> {
  const loaded = await deps.store.load(rolloutId);
  const row = loaded?.live.find(({ value }) => clusterKey(value.target.clusterId) === clusterKey(clusterId));
  if (row?.value.state !== 'written') return;
  const now = deps.clock.now();
  // Lost when somebody else writes the row at this moment: then it is being looked at anyway.
  const saved = await deps.store.saveLive(rolloutId, {
    value: { ...row.value, reportedAt: now },
    version: row.version,
  });
  if (saved.saved) await deps.bus.sendWakeups([wakeMessage(rolloutId, now)]);
}
