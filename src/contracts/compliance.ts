import { z } from 'zod';
import { Actor } from './actor.ts';

const time = z.number();
const count = z.number().int().nonnegative();

/**
 * How one configuration (or the extension) of one cluster stands. `Stale`: its agent has not reported for so long that what it last
 * said proves nothing. `Unreachable`: the cluster is offline or stopped. `Absent`: it was there, and is not any more.
 */
export const SnapshotState = z.enum([
  'Compliant',
  'NotCompliant',
  'Pending',
  'Suspended',
  'Failed',
  'Stale',
  'Unreachable',
  'Absent',
]);
export type SnapshotState = z.infer<typeof SnapshotState>;

/** Kinds of drift (product, "Words"). */
export const DriftKind = z.enum([
  'Missing',
  'Modified',
  'NotCompliant',
  'ExtensionMissing',
  'ExtensionFailed',
  'Unmanaged',
  'PolicyNonCompliant',
]);
export type DriftKind = z.infer<typeof DriftKind>;

/** Between which two of the four layers something differs. */
export const DriftLayer = z.enum(['plan', 'arm', 'cluster', 'policy']);
export type DriftLayer = z.infer<typeof DriftLayer>;

/**
 * Why nobody can be named: no such write stands in the activity log (entries come minutes late and go after 90 days), the log could not
 * be read (the identity may lack the permission), or reads of this sweep were used up and the next one reads it.
 */
export const AuthorUnknown = z.enum(['NotInLog', 'LogUnreadable', 'NotReadYet']);
export type AuthorUnknown = z.infer<typeof AuthorUnknown>;

/** One way in which a cluster is not as desired. Values are raw JSON, secrets left out. Times are milliseconds since the epoch. */
export const Drift = z.object({
  kind: DriftKind,
  /** The layer that says what is desired. */
  layer: DriftLayer,
  /** Path inside `properties`; absent when the whole resource is meant. */
  path: z.string().optional(),
  desired: z.unknown().optional(),
  actual: z.unknown().optional(),
  detail: z.string(),
  firstSeenAt: time,
  /** Who last wrote the resource, or deleted it, and when: as its `systemData` says, else the activity log. */
  changedBy: z.string().optional(),
  changedAt: time.optional(),
  changedByUnknown: AuthorUnknown.optional(),
  /** Whose word would hold if nothing is done: the last rollout, or a policy assignment by id. */
  owner: z.string().optional(),
});
export type Drift = z.infer<typeof Drift>;

/**
 * What a sweep saw of one subject (a configuration, or `@extension`) of one cluster. It is written only when something in it
 * changes, so it holds nothing that changes by itself: no time of the agent's last report.
 */
export const Snapshot = z.object({
  schema: z.literal(1),
  clusterId: z.string(),
  /** Name of the configuration, or `@extension`. */
  subject: z.string(),
  state: SnapshotState,
  provisioningState: z.string().optional(),
  complianceState: z.string().optional(),
  /** What the agent last synced, as it wrote it. */
  revision: z.string().optional(),
  /** Version of the extension. */
  version: z.string().optional(),
  namespace: z.string().optional(),
  sourceUrl: z.string().optional(),
  /** The first thing that is wrong, in words. */
  detail: z.string().optional(),
  /** The rollout that last succeeded here. */
  rolloutId: z.string().optional(),
  /** Name of the stage that the cluster was in when a rollout last succeeded here. */
  stage: z.string().optional(),
  drifts: z.array(Drift),
  firstSeenAt: time,
  /** When it last changed. */
  changedAt: time,
});
export type Snapshot = z.infer<typeof Snapshot>;

const rolledOut = {
  rolloutId: z.string(),
  /** Index of the action in that rollout's change. */
  action: count,
  values: z.record(z.string(), z.string()),
};

/** What was last rolled out to one (cluster, subject) with success: the desired state that drift is held against. */
export const Baseline = z.object({
  schema: z.literal(1),
  clusterId: z.string(),
  subject: z.string(),
  ...rolledOut,
  /** What was edited, suspended or resumed since, oldest first. */
  edits: z.array(z.object(rolledOut)).default([]),
  /** Name of the stage in which it was last rolled out or edited; absent in baselines from before it was kept. */
  stage: z.string().optional(),
  /** When the cluster's verdict was reached. */
  at: time,
});
export type Baseline = z.infer<typeof Baseline>;

const byName = z.record(z.string(), z.partialRecord(SnapshotState, count));

/** Counts of one shard, or of a whole sweep. */
export const ComplianceCounts = z.object({
  clusters: count,
  subjects: count,
  byState: z.partialRecord(SnapshotState, count),
  byDrift: z.partialRecord(DriftKind, count),
  /** Clusters by the worst state on them; those with nothing to show are in none. Absent in sweeps from before. */
  clustersByState: z.partialRecord(SnapshotState, count).default({}),
  bySubscription: z.record(z.string(), count),
  /** Subjects by name, then by state; the most frequent ones. */
  byConfiguration: byName,
  /** Subjects by the stage of their last successful rollout, then by state; the most frequent ones. Absent in sweeps from before. */
  byStage: byName.default({}),
  /** Configurations by `name revision`; the most frequent ones. */
  byRevision: z.record(z.string(), count),
  /** Clusters by `tag=value`, then by the worst state on them; the most frequent ones. */
  byTag: byName,
  drifting: count,
  changed: count,
});
export type ComplianceCounts = z.infer<typeof ComplianceCounts>;

/** One shard of a sweep: a few subscriptions. */
export const SweepShard = z.object({
  schema: z.literal(1),
  sweepId: z.string(),
  shard: count,
  subscriptions: z.array(z.string()).min(1),
  doneAt: time.optional(),
  /** Why its last delivery died; it is sent again while the sweep is young. */
  failure: z.object({ at: time, detail: z.string() }).optional(),
  counts: ComplianceCounts.optional(),
});
export type SweepShard = z.infer<typeof SweepShard>;

/** A sweep over the fleet. It is complete once every shard is; until then its numbers are shown as incomplete. */
export const Sweep = z.object({
  schema: z.literal(1),
  id: z.string(),
  startedAt: time,
  startedBy: Actor,
  shards: z.number().int().positive(),
});
export type Sweep = z.infer<typeof Sweep>;

/** One change in the history of a (cluster, subject): the snapshot as it was from `changedAt` on. */
export type HistoryEntry = Snapshot;
