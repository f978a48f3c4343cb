import { z } from 'zod';
import { Outcome } from './verdict.ts';

const ordinal = z.number().int().nonnegative();

/** State of the `microsoft.flux` extension as the inventory saw it. */
export const ExtensionState = z.enum(['Succeeded', 'Missing', 'Failed', 'Busy', 'Unknown']);
export type ExtensionState = z.infer<typeof ExtensionState>;

/** One cluster of the frozen target list. */
export const Target = z.object({
  ordinal,
  clusterId: z.string(),
  extension: ExtensionState,
  /** Offline (Arc) or stopped (AKS) when the plan was frozen. */
  offline: z.boolean(),
  /** Values of the `${cluster.…}` and `${variables.…}` expressions that the change uses. */
  values: z.record(z.string(), z.string()),
  /** What the preflight found against it: it is skipped with this reason (`target.blocked: skip`). */
  blocked: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type Target = z.infer<typeof Target>;

/**
 * Where a cluster in flight stands. `queued`: has a slot, waits for its message. `held`: taken back by a stop, or
 * to be tried again at `slotAt`, or to begin its next action: only the engine queues it again. `claimed`: a handler works on it.
 * `written`: its action is carried out (or was not needed) and evidence is awaited. `done`: has a verdict that is not
 * accounted yet.
 */
export const LiveState = z.enum(['queued', 'held', 'claimed', 'written', 'done']);
export type LiveState = z.infer<typeof LiveState>;

/** A lease in the hands of an attempt; `subject` is the configuration (or the extension) that it is on. */
export const HeldLease = z.object({
  subject: z.string(),
  epoch: z.number().int().positive(),
  acquiredAt: z.number(),
  expiresAt: z.number(),
  version: z.string(),
});
export type HeldLease = z.infer<typeof HeldLease>;

/** One cluster in flight. Times are milliseconds since the epoch. */
export const LiveRow = z.object({
  schema: z.literal(1),
  ordinal,
  stage: ordinal,
  target: Target,
  attempt: z.number().int().positive(),
  /** Index of the action of the change that the cluster is at; those before it are proven. */
  action: ordinal,
  /** An earlier action of this rollout changed something on the cluster. */
  changed: z.boolean(),
  /** Part of the message id: grows with every send that is meant to act. */
  step: z.number().int().positive(),
  state: LiveState,
  since: z.number(),
  /** When its operation may run: the slot reserved from the subscription's write budget. */
  slotAt: z.number(),
  /** Tries that ended in a transient fault. */
  tries: z.number().int().nonnegative(),
  claimedUntil: z.number().optional(),
  /** When its first message was claimed. */
  startedAt: z.number().optional(),
  /** Of the action it is at: each has the stage's `progressDeadline` for itself. */
  deadlineAt: z.number().optional(),
  /** True once a write of the present action was issued: whether it landed or not. */
  wrote: z.boolean(),
  /** The write was a removal that another write has to follow (`replace`, `recreate`). */
  removing: z.boolean().optional(),
  /** Server time of our write, or when the cluster was found as desired. Evidence must be younger when `wrote`. */
  writtenAt: z.number().optional(),
  /** The write created the configuration or brought another commit: no report of what was there before can look like it. */
  unmistakable: z.boolean().optional(),
  operationUrl: z.string().optional(),
  /** The lease as this attempt holds it; `version` lets it be given back in one write. */
  lease: HeldLease.optional(),
  lookedAt: z.number().optional(),
  /** When the cluster's own Flux last told of itself by webhook: it is read at the next look. */
  reportedAt: z.number().optional(),
  /** When a look first saw that Azure had finished the write: only then does the agent begin to bring it about. */
  provisionedAt: z.number().optional(),
  waiting: z.object({ code: z.string(), detail: z.string(), blockedBy: z.string().optional() }).optional(),
  outcome: Outcome.optional(),
});
export type LiveRow = z.infer<typeof LiveRow>;

/** A cluster that is offline and waited for. */
export const DeferredRow = z.object({
  schema: z.literal(1),
  ordinal,
  stage: ordinal,
  target: Target,
  attempt: z.number().int().positive(),
  action: ordinal,
  changed: z.boolean(),
  /** What an earlier attempt of this rollout did: evidence must be younger than its write. */
  wrote: z.boolean(),
  writtenAt: z.number().optional(),
  since: z.number(),
  until: z.number(),
  code: z.string(),
});
export type DeferredRow = z.infer<typeof DeferredRow>;

/** The accounted verdict of one cluster. Written once; `regressed` is the only thing that may be added. */
export const ResultRow = z.object({
  schema: z.literal(1),
  ordinal,
  stage: ordinal,
  clusterId: z.string(),
  attempt: z.number().int().positive(),
  wrote: z.boolean(),
  startedAt: z.number().optional(),
  outcome: Outcome,
  regressed: z.object({ at: z.number(), code: z.string(), detail: z.string() }).optional(),
});
export type ResultRow = z.infer<typeof ResultRow>;

/** What was on the cluster before the first write of one action: raw ARM JSON, or null when there was no such resource. */
export const OriginalRow = z.object({
  schema: z.literal(1),
  ordinal,
  action: ordinal,
  recordedAt: z.number(),
  resource: z.record(z.string(), z.unknown()).nullable(),
});
export type OriginalRow = z.infer<typeof OriginalRow>;
