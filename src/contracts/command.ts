import { z } from 'zod';
import { Actor } from './actor.ts';
import { REASON_LENGTH_MAX } from './limits.ts';

/** What people may ask of a rollout. */
export const CommandKind = z.enum(['pause', 'resume', 'approve', 'reject', 'cancel']);
export type CommandKind = z.infer<typeof CommandKind>;

/** Body of `POST /api/rollouts/{id}/{command}`; everything is optional. */
export const CommandRequest = z.strictObject({
  reason: z.string().max(REASON_LENGTH_MAX).optional(),
  /** Approve and reject: the plan the person looked at; refused when it is another one. */
  planHash: z.string().max(100).optional(),
});
export type CommandRequest = z.infer<typeof CommandRequest>;

const given = {
  schema: z.literal(1),
  id: z.string(),
  actor: Actor,
  at: z.number(),
  reason: z.string().optional(),
};

/** A command as it is stored until the engine consumes it: commands are durable. */
export const Command = z.discriminatedUnion('kind', [
  z.object({ ...given, kind: CommandKind }),
  /** Given by Flotilla when a newer revision of the same definition takes the place of this rollout. */
  z.object({ ...given, kind: z.literal('supersede'), supersededBy: z.string() }),
]);
export type Command = z.infer<typeof Command>;
