import type { ComplianceCounts, Snapshot, SnapshotState } from '../../contracts/compliance.ts';

/**
 * Entries that counts have under names that people choose; the rarest are left out. Ours: a shard is one row of 512 Ki characters, and with
 * keys as long as they may be (a tag 768, a revision some 300, the others 63) these take some 300 Ki.
 */
const REVISIONS_MAX = 100;
const STAGES_MAX = 100;
const TAGS_MAX = 200;
const CONFIGURATIONS_MAX = 500;

/** From worst to best: a cluster stands as its worst subject does. */
const WORST_FIRST: readonly SnapshotState[] = [
  'Failed',
  'NotCompliant',
  'Absent',
  'Stale',
  'Unreachable',
  'Pending',
  'Suspended',
  'Compliant',
];

export function emptyCounts(): ComplianceCounts {
  return {
    clusters: 0,
    subjects: 0,
    byState: {},
    byDrift: {},
    clustersByState: {},
    bySubscription: {},
    byConfiguration: {},
    byStage: {},
    byRevision: {},
    byTag: {},
    drifting: 0,
    changed: 0,
  };
}

/** The worst of some states; undefined for none. */
export function worstState(states: readonly SnapshotState[]): SnapshotState | undefined {
  return WORST_FIRST.find((state) => states.includes(state));
}

/** Counts one cluster with everything that was seen on it. */
export function countCluster(
  counts: ComplianceCounts,
  cluster: { readonly subscriptionId: string; readonly tags: readonly string[] },
  snapshots: readonly Snapshot[],
): void {
  counts.clusters += 1;
  add(counts.bySubscription, cluster.subscriptionId, 1);
  if (snapshots.some(({ drifts }) => drifts.length > 0)) counts.drifting += 1;
  const worst = worstState(snapshots.map(({ state }) => state));
  if (worst !== undefined) add(counts.clustersByState, worst, 1);
  if (worst !== undefined) for (const tag of cluster.tags) add(statesOf(counts.byTag, tag), worst, 1);
  for (const { subject, state, stage, revision, drifts } of snapshots) {
    counts.subjects += 1;
    add(counts.byState, state, 1);
    add(statesOf(counts.byConfiguration, subject), state, 1);
    if (stage !== undefined) add(statesOf(counts.byStage, stage), state, 1);
    if (revision !== undefined) add(counts.byRevision, `${subject} ${revision}`, 1);
    for (const kind of new Set(drifts.map((drift) => drift.kind))) add(counts.byDrift, kind, 1);
  }
}

/** The sum of several shards. */
export function addCounts(all: readonly ComplianceCounts[]): ComplianceCounts {
  const sum = emptyCounts();
  for (const one of all) {
    sum.clusters += one.clusters;
    sum.subjects += one.subjects;
    sum.drifting += one.drifting;
    sum.changed += one.changed;
    addAll(sum.byState, one.byState);
    addAll(sum.byDrift, one.byDrift);
    addAll(sum.clustersByState, one.clustersByState);
    addAll(sum.bySubscription, one.bySubscription);
    addAll(sum.byRevision, one.byRevision);
    for (const name of ['byConfiguration', 'byStage', 'byTag'] as const) {
      for (const [key, states] of Object.entries(one[name])) addAll(statesOf(sum[name], key), states);
    }
  }
  return boundedCounts(sum);
}

/** Counts that fit into a row whatever people call things: a fleet that follows branches has as many revisions as it has pushes. */
export function boundedCounts(counts: ComplianceCounts): ComplianceCounts {
  return {
    ...counts,
    byConfiguration: mostFrequent(counts.byConfiguration, CONFIGURATIONS_MAX, total),
    byStage: mostFrequent(counts.byStage, STAGES_MAX, total),
    byRevision: mostFrequent(counts.byRevision, REVISIONS_MAX, (count) => count),
    byTag: mostFrequent(counts.byTag, TAGS_MAX, total),
  };
}

type States = Partial<Record<SnapshotState, number>>;

/** Names are anybody's: `constructor` is one that every object seems to have. */
function statesOf(byName: Record<string, States>, name: string): States {
  const known = Object.hasOwn(byName, name) ? byName[name] : undefined;
  return known ?? (byName[name] = {});
}

function total(states: States): number {
  return Object.values(states).reduce((sum, count) => sum + count, 0);
}

function mostFrequent<T>(byName: Readonly<Record<string, T>>, most: number, countOf: (value: T) => number) {
  const sorted = Object.entries(byName).sort(
    ([a, many], [b, more]) => countOf(more) - countOf(many) || (a < b ? -1 : 1),
  );
  return Object.fromEntries(sorted.slice(0, most));
}

function add<K extends string>(record: Partial<Record<K, number>>, key: K, n: number): void {
  record[key] = (record[key] ?? 0) + n;
}

function addAll<K extends string>(sum: Partial<Record<K, number>>, more: Partial<Record<K, number>>): void {
  for (const key in more) add(sum, key, more[key] ?? 0);
}
