import { z } from 'zod';
import { Notification } from './notification.ts';
import { DeliveryRecord } from './webhook.ts';

/** Asks to advance one rollout. Carries no state: the rows are the truth (law 1). */
export const WakeMessage = z.object({ schema: z.literal(1), rolloutId: z.string().min(1).max(64) });
export type WakeMessage = z.infer<typeof WakeMessage>;

/** Asks to work on one queued cluster. Attempt and step say which queueing it stands for; any other is dropped. */
export const OperationMessage = z.object({
  schema: z.literal(1),
  rolloutId: z.string().min(1).max(64),
  ordinal: z.number().int().nonnegative(),
  attempt: z.number().int().positive(),
  step: z.number().int().positive(),
});
export type OperationMessage = z.infer<typeof OperationMessage>;

/** Asks to sweep one shard of a sweep; which subscriptions that is stands in the shard's row. */
export const SweepMessage = z.object({
  schema: z.literal(1),
  sweepId: z.string().min(1).max(64),
  shard: z.number().int().nonnegative(),
});
export type SweepMessage = z.infer<typeof SweepMessage>;

/**
 * Asks to hold the pushes of a delivery against the definitions that follow them. `claimed` is a copy of the claim's row, which never
 * changes; without it, the row is read.
 */
export const DeliveryMessage = z.object({
  schema: z.literal(1),
  kind: z.literal('delivery'),
  hook: z.string().min(1).max(63),
  deliveryId: z.string().min(1).max(128),
  /** How often a person sent it in again: a repeat is another message. */
  redelivery: z.number().int().nonnegative(),
  claimed: DeliveryRecord.optional(),
});
export type DeliveryMessage = z.infer<typeof DeliveryMessage>;

/** Asks to look at what a definition should do next. Carries no state (law 1). */
export const DefinitionMessage = z.object({
  schema: z.literal(1),
  kind: z.literal('definition'),
  name: z.string().min(1).max(63),
});
export type DefinitionMessage = z.infer<typeof DefinitionMessage>;

/** What the `revisions` queue carries. */
export const RevisionMessage = z.discriminatedUnion('kind', [DeliveryMessage, DefinitionMessage]);
export type RevisionMessage = z.infer<typeof RevisionMessage>;

/** Asks to put the present state of a rollout on its commit. */
export const CommitStatusMessage = z.object({
  schema: z.literal(1),
  rolloutId: z.string().min(1).max(64),
  /** How often the host has not taken it. */
  tries: z.number().int().nonnegative(),
});
export type CommitStatusMessage = z.infer<typeof CommitStatusMessage>;

/** Asks to tell somebody outside. */
export const NotificationMessage = z.object({
  schema: z.literal(1),
  notification: Notification,
  /** How often it was tried before, each time by a message of its own. */
  tries: z.number().int().nonnegative(),
});
export type NotificationMessage = z.infer<typeof NotificationMessage>;

/** A message that nobody here can work on yet (`contracts/schema-version.ts`), sent again for later. */
export const PutOffMessage = z.object({
  schema: z.literal(1),
  kind: z.literal('putOff'),
  /** Id of the message as it first came. */
  id: z.string(),
  times: z.number().int().positive(),
  body: z.unknown(),
});
export type PutOffMessage = z.infer<typeof PutOffMessage>;

/** Why a message is in a dead-letter queue, as the broker keeps it (4,096 characters each at the most). */
export interface DeathReason {
  readonly reason: string;
  readonly description: string;
}
