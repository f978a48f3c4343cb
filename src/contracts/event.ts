import { z } from 'zod';
import { Actor } from './actor.ts';

/** What happened to a rollout. Past tense. */
export const EventType = z.enum([
  'RolloutSubmitted',
  'RolloutPlanned',
  'StageStarted',
  'ApprovalRequested',
  'ApprovalGiven',
  'ApprovalExpired',
  'SoakStarted',
  'SoakRestarted',
  'StageCompleted',
  'ClusterFailed',
  'ClusterDeferred',
  'ClusterRegressed',
  'BudgetBreached',
  'RolloutPaused',
  'RolloutResumed',
  'RolloutRejected',
  'CancelRequested',
  'SupersedeRequested',
  'CommandRefused',
  'RolloutEnded',
]);
export type EventType = z.infer<typeof EventType>;

/** One fact of the audit trail: who, what, when, why. */
export const RolloutEvent = z.object({
  type: EventType,
  at: z.number(),
  actor: Actor,
  stage: z.string().optional(),
  clusterId: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
});
export type RolloutEvent = z.infer<typeof RolloutEvent>;

/** The events of one commit. `hash` covers this row and the hash of the one before, so that tampering shows. */
export const EventRow = z.object({
  schema: z.literal(1),
  sequence: z.number().int().positive(),
  at: z.number(),
  events: z.array(RolloutEvent).min(1),
  previousHash: z.string(),
  hash: z.string(),
});
export type EventRow = z.infer<typeof EventRow>;
