import { z } from 'zod';
import { Actor } from './actor.ts';
import { Verdict } from './verdict.ts';

/** Running states first, then end states (product, "End states tell the truth"). */
export const RolloutStatus = z.enum([
  'Planning',
  'WaitingForApproval',
  'Running',
  'Soaking',
  'Paused',
  'Halted',
  'Succeeded',
  'CompletedWithFailures',
  'Failed',
  'Cancelled',
  'Superseded',
]);
export type RolloutStatus = z.infer<typeof RolloutStatus>;

export const END_STATUSES: readonly RolloutStatus[] = [
  'Succeeded',
  'CompletedWithFailures',
  'Failed',
  'Cancelled',
  'Superseded',
];

/** True once nothing can change the rollout any more. */
export function hasEnded(status: RolloutStatus): boolean {
  return END_STATUSES.includes(status);
}

/** Why something waits (product, "Explainable"). */
export const Waiting = z.object({
  code: z.string(),
  detail: z.string(),
  since: z.number(),
  nextCheckAt: z.number(),
  blockedBy: z.string().optional(),
});
export type Waiting = z.infer<typeof Waiting>;

/** An approval gate with its numbers resolved. */
export const ApprovalRule = z.object({
  quorum: z.number().int(),
  requesterMayApprove: z.boolean(),
  expiresAfterSeconds: z.number().int().optional(),
});

export const GateSide = z.enum(['before', 'after']);
export type GateSide = z.infer<typeof GateSide>;

export const GivenApproval = z.object({ side: GateSide, actor: Actor, at: z.number(), reason: z.string().optional() });

/** A stage moves through these in order; soak and gates that are not asked for are passed at once. */
export const StagePhase = z.enum(['Pending', 'GateBefore', 'Running', 'Soaking', 'GateAfter', 'Done']);
export type StagePhase = z.infer<typeof StagePhase>;

const count = z.number().int().nonnegative();
export const VerdictCounts = z.record(Verdict, count);
export type VerdictCounts = z.infer<typeof VerdictCounts>;

/** One stage: its clusters are the ordinals `first … first + size - 1` of the frozen target list. */
export const StageState = z.object({
  name: z.string(),
  first: count,
  size: count,
  maxConcurrency: z.number().int().positive(),
  maxFailures: count,
  soakSeconds: count,
  progressDeadlineSeconds: z.number().int().positive(),
  gates: z.object({ before: ApprovalRule.optional(), after: ApprovalRule.optional() }),
  phase: StagePhase,
  phaseSince: z.number(),
  /** Next ordinal to dispatch; everything below has been dispatched or deferred. */
  next: count,
  /** Accounted verdicts. */
  counts: VerdictCounts,
  /** Clusters of this stage that are offline and waited for; they hold no slot. */
  deferred: count,
  /** Clusters that were good and went bad while the stage soaked or before the end. */
  regressed: count,
  /** Failures a person accepted by resuming a halted rollout; the budget counts from there. */
  failuresExcused: count,
  approvals: z.array(GivenApproval),
});
export type StageState = z.infer<typeof StageState>;

/** What the plan found on the clusters before the first write. */
export const PlanSummary = z.object({
  create: count,
  update: count,
  /** Clusters from which something is removed, to be created anew or not. */
  remove: count,
  unchanged: count,
  /** Clusters without a working `microsoft.flux` extension: it is installed first. */
  installExtension: count,
  offline: count,
});
export type PlanSummary = z.infer<typeof PlanSummary>;

/** What keeps a rollout from dispatching: a person's pause, a breached budget, a cancel on its way. */
export const Stop = z.enum(['none', 'pause', 'halt', 'cancel']);
export type Stop = z.infer<typeof Stop>;

/** Where a rollout comes from that a definition has started. */
export const RolloutOrigin = z.object({
  name: z.string(),
  version: z.number().int(),
  generation: z.number().int(),
  repository: z.string(),
  ref: z.string(),
  commit: z.string(),
  /** Its commit is told how the rollout goes. */
  commitStatus: z.boolean().optional(),
});
export type RolloutOrigin = z.infer<typeof RolloutOrigin>;

/**
 * Header of one rollout: everything the engine decides from, apart from the clusters in flight. Times are milliseconds
 * since the epoch.
 */
export const Rollout = z.object({
  schema: z.literal(1),
  id: z.string(),
  name: z.string(),
  createdAt: z.number(),
  createdBy: Actor,
  /** SHA-256 over the frozen request, stages and clusters: what an approval is bound to. */
  planHash: z.string(),
  /** What the rollout does to each cluster, in order and in words: `apply cluster-config`. */
  actions: z.array(z.string()).min(1),
  /** What it writes there: names of configurations, and of the extension when that is changed. */
  subjects: z.array(z.string()),
  targets: count,
  offline: z.enum(['defer', 'skip', 'fail']),
  deferForSeconds: z.number().int(),
  maxFailures: count,
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  stages: z.array(StageState).min(1),
  plan: PlanSummary.optional(),
  status: RolloutStatus,
  statusSince: z.number(),
  stop: Stop,
  /** Why `stop` is not `none`, and how the rollout will end when it is `cancel`. */
  stopReason: z.object({ code: z.string(), detail: z.string() }).optional(),
  /** Failures a person accepted by resuming a halted rollout; the budget counts from there. */
  failuresExcused: count,
  /** Final verification has been passed (product, "Soak": every stage is verified once more). */
  verified: z.boolean(),
  waiting: Waiting.optional(),
  nextCheckAt: z.number(),
  /** When the latest scheduled wake-up arrives: at most one is outstanding (law 13). */
  wakeAt: z.number(),
  /** When deferred clusters, soaking stages and the live set were last looked at. */
  deferCheckedAt: z.number(),
  soakCheckedAt: z.number(),
  polledAt: z.number(),
  eventSequence: count,
  eventHash: z.string(),
  endedAt: z.number().optional(),
  endReason: z.object({ code: z.string(), detail: z.string() }).optional(),
  /** The definition that started it, and the revision that it rolls out. */
  definition: RolloutOrigin.optional(),
  /** The rollout that takes its place. */
  supersededBy: z.string().optional(),
});
export type Rollout = z.infer<typeof Rollout>;
