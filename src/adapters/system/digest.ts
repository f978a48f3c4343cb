import { createHash } from 'node:crypto';
import type { Digest } from '../../ports/digest.ts';

/** SHA-256 of the runtime. */
export function createDigest(): Digest {
  return { sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex') };
}
