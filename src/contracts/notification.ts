import { z } from 'zod';
import { BINDING_NAME_LENGTH_MAX, DETAIL_LENGTH_MAX } from './limits.ts';

/** What an installation tells about itself, by the type of the CloudEvent. Past tense, and what it is about first. */
export const NotificationType = z.enum([
  'flotilla.brake.on',
  'flotilla.drift.held',
  'flotilla.rollout.halted',
  'flotilla.rollout.approval-requested',
  'flotilla.rollout.ended',
  'flotilla.sweep.incomplete',
  'flotilla.message.dead',
]);
export type NotificationType = z.infer<typeof NotificationType>;

/** Something that people should hear of. Ids and words only, never a secret. */
export const Notification = z.object({
  /** Derived from what happened: the same event has the same id, however often it is told. Fit for a header. */
  id: z
    .string()
    .max(100)
    .regex(/^[\w.-]+$/),
  type: NotificationType,
  /** When it happened, in milliseconds since the epoch. */
  at: z.number(),
  /** What it is about: a path below `/api/`, such as `rollouts/01J…`; `queues/NAME` for a message of a queue. */
  subject: z
    .string()
    .min(1)
    .max(BINDING_NAME_LENGTH_MAX + 100),
  /** Stable, for machines: why, or how it ended. */
  code: z.string().min(1).max(100),
  /** For people. */
  detail: z.string().max(DETAIL_LENGTH_MAX),
});
export type Notification = z.infer<typeof Notification>;
