import { z } from 'zod';

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

/** Why a message is in a dead-letter queue, as the broker keeps it (4,096 characters each at the most). */
export interface DeathReason {
  readonly reason: string;
  readonly description: string;
}
