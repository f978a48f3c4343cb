import { createHash } from 'node:crypto';

/**
 * Repeatable randomness: the same seed and the same key always give the same number, no matter what was drawn before.
 * So a fleet, its delays and its faults do not depend on the order in which requests arrive.
 *
 * @returns a number in [0, 1)
 */
export function unit(seed: number, key: string): number {
  let hash = 2166136261 ^ seed;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 16777619);
  }
  // FNV-1a alone leaves neighbouring keys close together; this is the finaliser of MurmurHash3.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A repeatable number in [low, high). */
export function between(seed: number, key: string, low: number, high: number): number {
  return low + unit(seed, key) * (high - low);
}

/** A repeatable member of a list. @throws when the list is empty */
export function pick<T>(seed: number, key: string, items: readonly T[]): T {
  const item = items[Math.floor(unit(seed, key) * items.length)];
  if (item === undefined) throw new Error(`nothing to pick from for ${key}`);
  return item;
}

/** A repeatable GUID. */
export function guid(seed: number, key: string): string {
  const hex = createHash('sha256').update(`${seed}/${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A repeatable commit id of 40 hexadecimal digits. */
export function commitId(seed: number, key: string): string {
  return createHash('sha1').update(`${seed}/${key}`).digest('hex');
}

/** A repeatable sha256 digest: 64 hexadecimal digits. */
export function sha256(seed: number, key: string): string {
  return createHash('sha256').update(`${seed}/${key}`).digest('hex');
}

/** A repeatable line that looks like the public half of an SSH key pair. */
export function generatedPublicKey(seed: number, key: string): string {
  return `ssh-rsa ${Buffer.from(sha256(seed, `ssh/${key.toLowerCase()}`)).toString('base64')}`;
}

/** The same items in a repeatable, shuffled order. */
export function shuffled<T>(seed: number, key: string, items: readonly T[]): T[] {
  return items
    .map((item, index) => ({ item, order: unit(seed, `${key}/${index}`) }))
    .sort((left, right) => left.order - right.order)
    .map(({ item }) => item);
}
