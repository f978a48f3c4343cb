import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { ComplianceCounts, Snapshot } from '../../contracts/compliance.ts';
import { SNAPSHOTS_PER_WRITE } from '../../contracts/limits.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import { countCluster } from '../../core/compliance/counts.ts';
import { configurationDrifts } from '../../core/compliance/drift.ts';
import { absentSight, nextSnapshot, type Sight } from '../../core/compliance/snapshot.ts';
import type { FoundConfiguration } from '../../ports/graph.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { readDetails } from './details.ts';
import { readExtensionSettings } from './extension-settings.ts';
import { loadShardMemory, subjectKey, type ShardMemory } from './shard-memory.ts';
import { configurationSight, extensionSight } from './sights.ts';

/** One subscription while it is swept. */
interface Round {
  readonly deps: Deps;
  readonly subscription: string;
  readonly now: number;
  readonly memory: ShardMemory;
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** What was seen of each cluster, by its key. */
  readonly seen: Map<string, Snapshot[]>;
  readonly changed: Snapshot[];
  changes: number;
}

/** Sweeps one subscription, page by page, and adds what it saw to the counts. */
export async function sweepSubscription(
  deps: Deps,
  subscription: string,
  clusters: readonly Cluster[],
  counts: ComplianceCounts,
): Promise<void> {
  const round: Round = {
    deps,
    subscription,
    now: deps.clock.now(),
    memory: await loadShardMemory(deps, subscription),
    clusters: new Map(clusters.map((cluster) => [clusterKey(cluster.id), cluster])),
    seen: new Map(clusters.map(({ id }) => [clusterKey(id), []])),
    changed: [],
    changes: 0,
  };
  await reserve(deps, GRAPH_POOL, 1, Number.MAX_SAFE_INTEGER);
  for await (const page of deps.graph.allConfigurations([subscription])) await sweepPage(round, page);
  await sweepAbsent(round);
  await sweepExtensions(round);
  await flush(round, 0);
  for (const [key, snapshots] of round.seen) {
    const cluster = round.clusters.get(key);
    if (cluster !== undefined) countCluster(counts, { subscriptionId: subscription, tags: tagsOf(cluster) }, snapshots);
  }
  counts.changed += round.changes;
}

function tagsOf({ tags }: Cluster): string[] {
  return Object.entries(tags).map(([name, value]) => `${name}=${value}`);
}

async function sweepPage(round: Round, page: readonly FoundConfiguration[]): Promise<void> {
  const { deps, memory, clusters, now } = round;
  const inFleet = page.flatMap((found) => {
    const cluster = clusters.get(clusterKey(found.clusterId));
    return cluster === undefined ? [] : [{ cluster, found }];
  });
  const sights = await Promise.all(
    inFleet.map(async ({ cluster, found }) => {
      const desired = await memory.desired(cluster.id, found.name);
      return { cluster, desired, name: found.name, sight: configurationSight(cluster, found, desired, now) };
    }),
  );
  const before = (sight: Sight): Snapshot | undefined =>
    memory.snapshots.get(subjectKey(sight.clusterId, sight.subject));
  for (const sight of await readDetails(deps, sights, before, now)) take(round, sight);
  await flush(round, SNAPSHOTS_PER_WRITE);
}

/** What was there, or was rolled out, and is not there now. */
async function sweepAbsent(round: Round): Promise<void> {
  const { deps, memory, clusters, seen, now } = round;
  for (const key of new Set([...memory.snapshots.keys(), ...memory.baselines.keys()])) {
    const known = memory.snapshots.get(key) ?? memory.baselines.get(key);
    if (known === undefined || known.subject === EXTENSION_SUBJECT) continue;
    const cluster = clusters.get(clusterKey(known.clusterId));
    if (cluster === undefined || seen.get(clusterKey(cluster.id))?.some(({ subject }) => subject === known.subject))
      continue;
    const desired = await memory.desired(cluster.id, known.subject);
    const drifts = configurationDrifts(desired, { cluster, properties: undefined });
    const before = memory.snapshots.get(key);
    if (before === undefined && drifts.length === 0) continue;
    const sight = absentSight(cluster.id, known.subject, drifts, desired?.rolloutId);
    const [confirmed] = await readDetails(deps, [{ cluster, desired, name: known.subject, sight }], () => before, now);
    if (confirmed !== undefined) take(round, confirmed);
  }
  forgetClusters(round);
}

/** Clusters that are not in Azure any more: nothing of them is missed. */
function forgetClusters(round: Round): void {
  for (const { clusterId, subject, state } of round.memory.snapshots.values()) {
    if (round.clusters.has(clusterKey(clusterId)) || state === 'Absent') continue;
    take(round, { ...absentSight(clusterId, subject, [], undefined), detail: 'The cluster is not in Azure any more.' });
  }
}

async function sweepExtensions(round: Round): Promise<void> {
  const { deps, memory, clusters, seen } = round;
  const wanted = [...clusters.values()].filter(({ id }) => memory.baselines.has(subjectKey(id, EXTENSION_SUBJECT)));
  const settings = await readExtensionSettings(deps, wanted);
  for (const cluster of clusters.values()) {
    const key = clusterKey(cluster.id);
    const desired = await memory.desired(cluster.id, EXTENSION_SUBJECT);
    const isNeeded = (seen.get(key) ?? []).some(({ state }) => state !== 'Absent');
    const sight = extensionSight(cluster, settings.get(key), desired, isNeeded);
    if (sight !== undefined) take(round, sight);
    else if (memory.snapshots.has(subjectKey(cluster.id, EXTENSION_SUBJECT))) {
      take(round, absentSight(cluster.id, EXTENSION_SUBJECT, [], undefined));
    }
    await flush(round, SNAPSHOTS_PER_WRITE);
  }
}

/** Keeps what was seen for the counts, and for writing when it has changed. */
function take({ memory, seen, changed, now }: Round, sight: Sight): void {
  const before = memory.snapshots.get(subjectKey(sight.clusterId, sight.subject));
  const next = nextSnapshot(before, sight, now);
  if (next !== undefined) changed.push(next);
  const snapshot = next ?? before;
  // What is gone and missed by nobody is history.
  if (snapshot === undefined || (snapshot.state === 'Absent' && snapshot.drifts.length === 0)) return;
  seen.get(clusterKey(sight.clusterId))?.push(snapshot);
}

/** Writes what has changed once there is enough of it. */
async function flush(round: Round, atLeast: number): Promise<void> {
  const { deps, subscription, changed } = round;
  if (changed.length === 0 || changed.length < atLeast) return;
  await deps.compliance.writeSnapshots(subscription, { changed: [...changed] });
  round.changes += changed.length;
  changed.length = 0;
}
