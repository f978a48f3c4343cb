import type { Cluster } from '../../contracts/cluster.ts';
import { clusterKey } from '../../contracts/cluster-id.ts';
import type { ComplianceCounts } from '../../contracts/compliance.ts';
import { SNAPSHOTS_PER_WRITE } from '../../contracts/limits.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import { countCluster } from '../../core/compliance/counts.ts';
import { graphPages } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { readPolicyBook } from '../policy/read-policy-book.ts';
import { clusterGroups } from './cluster-groups.ts';
import { readExtensionSettings } from './extension-settings.ts';
import { AuthorFinder } from './find-authors.ts';
import { forgetClusters } from './forget-clusters.ts';
import { Findings } from './findings.ts';
import { loadShardMemory } from './shard-memory.ts';
import { sweepClusters, type Round } from './sweep-clusters.ts';

/**
 * Sweeps one subscription, some clusters at a time, and adds what it saw to the counts. What is known of a cluster leaves memory once the
 * cluster has been swept.
 */
export async function sweepSubscription(
  deps: Deps,
  subscription: string,
  clusters: readonly Cluster[],
  counts: ComplianceCounts,
): Promise<void> {
  const now = deps.clock.now();
  const memory = await loadShardMemory(deps, subscription);
  const rolledOut = clusters.filter(({ id }) => memory.clusters.get(clusterKey(id))?.get(EXTENSION_SUBJECT)?.baseline);
  const round: Round = {
    deps,
    now,
    memory,
    book: await readPolicyBook(deps, subscription),
    settings: await readExtensionSettings(deps, rolledOut),
    authors: new AuthorFinder(deps, now),
    findings: new Findings(deps, subscription, now),
  };
  const pages = graphPages(deps, deps.graph.allConfigurations([subscription]));
  for await (const group of clusterGroups(pages, clusters)) {
    for (const { cluster, snapshots } of await sweepClusters(round, group)) {
      countCluster(counts, { subscriptionId: subscription, tags: tagsOf(cluster) }, snapshots);
    }
    await round.findings.write(SNAPSHOTS_PER_WRITE);
  }
  await forgetClusters(memory.clusters, round.findings);
  counts.changed += await round.findings.finish();
}

function tagsOf({ tags }: Cluster): string[] {
  return Object.entries(tags).map(([name, value]) => `${name}=${value}`);
}
