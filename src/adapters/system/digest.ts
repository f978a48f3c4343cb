import { createHash, createHmac } from 'node:crypto';
import type { Digest } from '../../ports/digest.ts';

/** SHA-256 of the runtime; `key` is the installation's own (setting `FLOTILLA_HASH_KEY`). */
export function createDigest(key: string): Digest {
  return {
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    keyed: (text) => createHmac('sha256', key).update(text, 'utf8').digest('hex'),
  };
}
