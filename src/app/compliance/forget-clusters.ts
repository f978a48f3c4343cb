import { SNAPSHOTS_PER_WRITE } from '../../contracts/limits.ts';
import { absentSight, isHistory } from '../../core/compliance/snapshot.ts';
import type { Findings } from './findings.ts';
import type { Known, ShardMemory } from './shard-memory.ts';

/**
 * Clusters that are not in Azure any more: nothing of them is missed. What is stored about them is kept as long as history is, since they
 * may come back.
 */
export async function forgetClusters(clusters: ShardMemory['clusters'], findings: Findings): Promise<void> {
  for (const subjects of clusters.values()) {
    for (const known of subjects.values()) forget(known, findings);
    await findings.write(SNAPSHOTS_PER_WRITE);
  }
}

function forget({ snapshot, baseline }: Known, findings: Findings): void {
  if (snapshot !== undefined && !isHistory(snapshot)) {
    const sight = absentSight(snapshot.clusterId, snapshot.subject, [], undefined);
    findings.take({ ...sight, detail: 'The cluster is not in Azure any more.' }, snapshot);
    return;
  }
  if (snapshot !== undefined) findings.age(snapshot);
  if (baseline !== undefined) findings.ageBaseline(baseline, snapshot?.changedAt ?? baseline.at);
}
