import { createHash } from 'node:crypto';
import { clusterKey, parseClusterId } from '../../contracts/cluster-id.ts';

/** Characters kept as they are: everything a ULID, a GUID and a configuration name is made of. */
const UNSAFE = /[^A-Za-z0-9._-]/gu;
/** Table Storage takes 1 KiB per key, which is 512 characters; row keys carry more than one part. Ours. */
const PART_LENGTH_MAX = 200;

/**
 * Makes any text a legal part of a key ("Understanding the Table service data model": no `/ \ # ?`, no control characters,
 * at most 1 KiB). Different texts give different parts; texts of ids come out as they are, so that they keep their order.
 */
export function keyPart(text: string): string {
  const encoded = text.replace(UNSAFE, (character) => `~${Buffer.from(character).toString('hex')}`);
  // `~` alone and `~s` stand in no encoded text: there, hexadecimal digits follow `~`.
  if (encoded === '') return '~';
  return encoded.length <= PART_LENGTH_MAX ? encoded : `~sha256-${sha256(text)}`;
}

/** SHA-256 as 64 hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * Where the row of one thing on one cluster stands. A partition per subscription spreads the load; the row key is a digest,
 * since ARM ids hold `/` and may be longer than a key.
 */
export function clusterRowKeys(clusterId: string, name: string): { partition: string; rowKey: string } {
  return {
    partition: keyPart(parseClusterId(clusterId)?.subscriptionId ?? 'none'),
    // A line break stands in neither of the two, so that no other pair gives the same text.
    rowKey: sha256(`${clusterKey(clusterId)}\n${name}`),
  };
}

/** Row keys from `from` up to, but without, `before`. */
export interface KeyRange {
  readonly from: string;
  readonly before: string;
}

/** Every row key that continues `prefix` with `|`; `}` is the character after it. */
export function under(prefix: string): KeyRange {
  return { from: `${prefix}|`, before: `${prefix}}` };
}

/** Digits of a number in a row key: more than any ordinal or event sequence needs. */
const DIGITS = 8;
const NUMBER_MAX = 10 ** DIGITS - 1;

/** Row key of the row number `value` of a kind; numbers sort as numbers. */
export function numbered(prefix: string, value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > NUMBER_MAX) {
    throw new Error(`${value} cannot stand in a row key: whole numbers from 0 to ${NUMBER_MAX} can.`);
  }
  return `${prefix}|${String(value).padStart(DIGITS, '0')}`;
}

/** The rows `first … last` of a kind, both included; either may lie outside of what a key can hold. */
export function numberedRange(prefix: string, first: number, last: number): KeyRange {
  if (first > NUMBER_MAX) return { from: under(prefix).before, before: under(prefix).before };
  const before = last < NUMBER_MAX ? numbered(prefix, Math.max(0, last + 1)) : under(prefix).before;
  return { from: numbered(prefix, Math.max(0, first)), before };
}
