import { z } from 'zod';

/**
 * Who acts. `user` and `app` are people and applications of Entra ID; `key` is an API key; `local` is a caller of the local cloud,
 * which asks nobody who they are; `queue` is a message of the `requests` queue; `system` is Flotilla itself.
 */
export const Actor = z.object({
  kind: z.enum(['user', 'app', 'key', 'local', 'queue', 'system']),
  /** Tells it from others of its kind, and is all that decisions go by: the object id of a user or an app, the name of a key. */
  name: z.string().max(128),
  /** How people know a user or an app. To be shown, never to decide by: names of people change hands. */
  label: z.string().max(128).optional(),
});
export type Actor = z.infer<typeof Actor>;

/** Flotilla itself. */
export const SYSTEM: Actor = { kind: 'system', name: 'flotilla' };

/** True for one and the same; how they are called at the moment does not matter. */
export function isSameActor(one: Actor, other: Actor): boolean {
  return one.kind === other.kind && one.name === other.name;
}

/** How an actor is shown to people. */
export function labelOf({ name, label }: Actor): string {
  return label ?? name;
}
