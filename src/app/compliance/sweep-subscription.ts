import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { ComplianceCounts, Snapshot } from '../../contracts/compliance.ts';
import { SNAPSHOTS_PER_WRITE } from '../../contracts/limits.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import { countCluster } from '../../core/compliance/counts.ts';
import { configurationDrifts } from '../../core/compliance/drift.ts';
import { claimedSubject, policyDrifts } from '../../core/compliance/policy-drift.ts';
import { absentSight, nextSnapshot, type Sight } from '../../core/compliance/snapshot.ts';
import { policyClaims, type PolicyBook } from '../../core/policy/claims.ts';
import type { FoundConfiguration } from '../../ports/graph.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { readDetails } from './details.ts';
import { AuthorFinder } from './find-authors.ts';
import { readExtensionSettings } from './extension-settings.ts';
import { loadShardMemory, subjectKey, type ShardMemory } from './shard-memory.ts';
import { readPolicyBook } from '../policy/read-policy-book.ts';
import { configurationSight, extensionSight, type Wishes } from './sights.ts';

/** One subscription while it is swept. */
interface Round {
  readonly deps: Deps;
  readonly subscription: string;
  readonly now: number;
  readonly memory: ShardMemory;
  readonly book: PolicyBook | undefined;
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** What was seen of each cluster, by its key. */
  readonly seen: Map<string, Snapshot[]>;
  readonly changed: Snapshot[];
  readonly authors: AuthorFinder;
  changes: number;
}

/** Sweeps one subscription, page by page, and adds what it saw to the counts. */
export async function sweepSubscription(
  deps: Deps,
  subscription: string,
  clusters: readonly Cluster[],
  counts: ComplianceCounts,
): Promise<void> {
  const now = deps.clock.now();
  const round: Round = {
    deps,
    subscription,
    now,
    authors: new AuthorFinder(deps, now),
    memory: await loadShardMemory(deps, subscription),
    book: await readPolicyBook(deps, subscription),
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
      const others = page.filter((other) => other.clusterId === found.clusterId && other !== found);
      const wishes = await wishesOf(round, cluster, found.name, others);
      return { cluster, wishes, name: found.name, sight: configurationSight(cluster, found, wishes, now) };
    }),
  );
  const before = (sight: Sight): Snapshot | undefined =>
    memory.snapshots.get(subjectKey(sight.clusterId, sight.subject));
  for (const sight of await readDetails(deps, sights, before, now)) take(round, await named(round, sight));
  await flush(round, SNAPSHOTS_PER_WRITE);
}

async function wishesOf(
  { memory, book, now }: Round,
  cluster: Cluster,
  subject: string,
  others: Wishes['others'],
): Promise<Wishes> {
  const claims = book === undefined ? [] : policyClaims(book, cluster, now);
  return { desired: await memory.desired(cluster.id, subject), claims, others };
}

/** What was there, or is wanted, and is not there now. */
async function sweepAbsent(round: Round): Promise<void> {
  const { memory, clusters, seen, book, now } = round;
  const wanted = [...memory.snapshots.values(), ...memory.baselines.values()].map(({ clusterId, subject }) => ({
    clusterId,
    subject,
  }));
  if (book !== undefined && book.definitions.size > 0) {
    for (const cluster of clusters.values()) {
      const subjects = policyClaims(book, cluster, now).flatMap((claim) => claimedSubject(claim) ?? []);
      wanted.push(...subjects.map((subject) => ({ clusterId: cluster.id, subject })));
    }
  }
  const byKey = new Map(wanted.map((one) => [subjectKey(one.clusterId, one.subject), one]));
  for (const { clusterId, subject } of byKey.values()) {
    const cluster = clusters.get(clusterKey(clusterId));
    if (cluster === undefined || subject === EXTENSION_SUBJECT) continue;
    if (!seen.get(clusterKey(clusterId))?.some((one) => one.subject === subject))
      await sweepMissing(round, cluster, subject);
  }
  forgetClusters(round);
}

async function sweepMissing(round: Round, cluster: Cluster, subject: string): Promise<void> {
  const { deps, memory, now } = round;
  const wishes = await wishesOf(round, cluster, subject, []);
  const drifts = [
    ...configurationDrifts(wishes.desired, { cluster, properties: undefined }),
    ...policyDrifts(wishes.claims, subject, undefined, []),
  ];
  const before = memory.snapshots.get(subjectKey(cluster.id, subject));
  if (before === undefined && drifts.length === 0) return;
  const sight = absentSight(cluster.id, subject, drifts, wishes.desired?.rolloutId);
  const [confirmed] = await readDetails(deps, [{ cluster, wishes, name: subject, sight }], () => before, now);
  if (confirmed !== undefined) take(round, await named(round, confirmed));
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
    const wishes = await wishesOf(round, cluster, EXTENSION_SUBJECT, []);
    const isNeeded = (seen.get(key) ?? []).some(({ state }) => state !== 'Absent');
    const sight = extensionSight(cluster, settings.get(key), wishes, isNeeded);
    if (sight !== undefined) take(round, await named(round, sight));
    else if (memory.snapshots.has(subjectKey(cluster.id, EXTENSION_SUBJECT))) {
      take(round, absentSight(cluster.id, EXTENSION_SUBJECT, [], undefined));
    }
    await flush(round, SNAPSHOTS_PER_WRITE);
  }
}

/** The sight with who is behind what drifts. */
function named({ authors, memory }: Round, sight: Sight): Promise<Sight> {
  const key = subjectKey(sight.clusterId, sight.subject);
  return authors.name(sight, memory.snapshots.get(key), memory.baselines.get(key)?.at);
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
