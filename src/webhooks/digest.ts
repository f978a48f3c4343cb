import { z } from 'zod';

/** What a tag of a registry points to, and what a rollout of an OCI source pins: SHA-256 is the only kind that the contract knows. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a sha256: digest');
