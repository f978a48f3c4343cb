import { timingSafeEqual } from 'node:crypto';
import { API_KEY_LENGTH_MIN } from '../contracts/limits.ts';
import type { Digest } from '../ports/digest.ts';
import type { ApiKey } from './access.ts';

/**
 * The key that a caller presents, or undefined. Looks at every key even after a match, so that the time taken says nothing about which
 * one it was, or how near a wrong one came. Short keys are refused: digests of those could be guessed from.
 */
export function findKey(keys: readonly ApiKey[], presented: string, digest: Digest): ApiKey | undefined {
  const own = Buffer.from(digest.sha256(presented), 'hex');
  let found: ApiKey | undefined;
  for (const key of keys) if (timingSafeEqual(Buffer.from(key.sha256, 'hex'), own)) found = key;
  return presented.length < API_KEY_LENGTH_MIN ? undefined : found;
}
