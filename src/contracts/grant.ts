import { z } from 'zod';
import { GLOBS_MAX, GRANT_SUBJECTS_MAX } from './limits.ts';
import { Selector } from './selector.ts';

const SUBJECT = /^((user|app|group):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|key:[a-z0-9-]{1,63}|queue:requests)$/;

/** Who is meant: an actor by its kind and name, or everybody in a group of Entra ID. */
const Subject = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(
    z.string().regex(SUBJECT, 'must be user:OBJECT-ID, app:OBJECT-ID, group:OBJECT-ID, key:NAME or queue:requests'),
  );

/** A name of a definition, or a glob over names. */
const NameGlob = z.string().min(1).max(63);

/** What some callers may change: clusters, definitions, or both. `clusters: {}` is the whole fleet. */
export const Grant = z
  .strictObject({
    /** For people: who that is. */
    name: z.string().min(1).max(63),
    to: z.array(Subject).min(1).max(GRANT_SUBJECTS_MAX),
    clusters: Selector.optional(),
    /** Definitions that they may start, hold, and whose rollouts they may steer, wherever these go. */
    definitions: z.array(NameGlob).min(1).max(GLOBS_MAX).optional(),
  })
  .refine(({ clusters, definitions }) => clusters !== undefined || definitions !== undefined, {
    message: 'must have clusters, definitions, or both',
  });
export type Grant = z.infer<typeof Grant>;
