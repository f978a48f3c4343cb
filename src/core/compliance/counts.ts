import type { ComplianceCounts, Snapshot, SnapshotState } from '../../contracts/compliance.ts';

/** Revisions that a summary names; the rarest are left out. Ours. */
const REVISIONS_MAX = 100;

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
    bySubscription: {},
    byConfiguration: {},
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
  if (worst !== undefined) for (const tag of cluster.tags) add((counts.byTag[tag] ??= {}), worst, 1);
  for (const { subject, state, revision, drifts } of snapshots) {
    counts.subjects += 1;
    add(counts.byState, state, 1);
    add((counts.byConfiguration[subject] ??= {}), state, 1);
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
    addAll(sum.bySubscription, one.bySubscription);
    addAll(sum.byRevision, one.byRevision);
    for (const [key, states] of Object.entries(one.byConfiguration)) addAll((sum.byConfiguration[key] ??= {}), states);
    for (const [key, states] of Object.entries(one.byTag)) addAll((sum.byTag[key] ??= {}), states);
  }
  return { ...sum, byRevision: mostFrequent(sum.byRevision) };
}

/** The revisions that most clusters are on: a fleet that follows branches has as many as it has pushes. */
export function mostFrequent(revisions: Readonly<Record<string, number>>): Record<string, number> {
  const sorted = Object.entries(revisions).sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.slice(0, REVISIONS_MAX));
}

function add<K extends string>(record: Partial<Record<K, number>>, key: K, n: number): void {
  record[key] = (record[key] ?? 0) + n;
}

function addAll<K extends string>(sum: Partial<Record<K, number>>, more: Partial<Record<K, number>>): void {
  for (const key in more) add(sum, key, more[key] ?? 0);
}
