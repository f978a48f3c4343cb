import { z } from 'zod';

/**
 * Who acts. `key` is a function key's name or fingerprint; `local` is a caller of the local cloud, which checks no keys;
 * `queue` is a message of the `requests` queue; `system` is Flotilla itself.
 */
export const Actor = z.object({ kind: z.enum(['key', 'local', 'queue', 'system']), name: z.string().max(128) });
export type Actor = z.infer<typeof Actor>;

/** Flotilla itself. */
export const SYSTEM: Actor = { kind: 'system', name: 'flotilla' };
