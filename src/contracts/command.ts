import { z } from 'zod';
import { Actor } from './actor.ts';
import { REASON_LENGTH_MAX } from './limits.ts';

export const CommandKind = z.enum(['pause', 'resume', 'approve', 'reject', 'cancel']);
export type CommandKind = z.infer<typeof CommandKind>;

/** Body of `POST /api/rollouts/{id}/{command}`; everything is optional. */
export const CommandRequest = z.strictObject({
  reason: z.string().max(REASON_LENGTH_MAX).optional(),
  /** Approve and reject: the plan the person looked at; refused when it is another one. */
  planHash: z.string().max(100).optional(),
});
export type CommandRequest = z.infer<typeof CommandRequest>;

/** A command as it is stored until the engine consumes it (issue: commands are durable). */
export const Command = z.object({
  schema: z.literal(1),
  id: z.string(),
  kind: CommandKind,
  actor: Actor,
  at: z.number(),
  reason: z.string().optional(),
});
export type Command = z.infer<typeof Command>;
