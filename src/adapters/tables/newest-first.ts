import { encodeTime } from 'ulid';
import { Refusal } from '../../contracts/errors.ts';

/** Digits of a ULID in ascending order (Crockford's base 32). */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
/** Digits of the time in a ULID, and of the rest. */
const ULID_TIME_DIGITS = 10;
const ULID_REST_DIGITS = 16;

/** True for a ULID: what our ids are. */
export function isUlid(text: string): boolean {
  return ULID.test(text);
}

/** A part of a row key by which the newest comes first: a ULID with every digit inverted. Throws on anything else. */
export function newestFirstKey(id: string): string {
  if (!isUlid(id)) throw new Error(`'${id}' is no ULID.`);
  return id.replace(/./g, (digit) => DIGITS.charAt(DIGITS.length - 1 - DIGITS.indexOf(digit)));
}

/** From this key on stand the ids that were made before a time. */
export function oldestKeyAt(at: number): string {
  const oldest = `${encodeTime(at, ULID_TIME_DIGITS)}${'0'.repeat(ULID_REST_DIGITS)}`;
  return behind(oldest);
}

/** The continuation of a list whose last shown row has this id. */
export function continuationOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** From this key on stand the rows behind the one that a continuation stands for. Throws `Refusal` 400 when it is none of ours. */
export function newestFirstBehind(continuation: string): string {
  const id = Buffer.from(continuation, 'base64url').toString();
  if (!isUlid(id) || continuationOf(id) !== continuation) {
    throw new Refusal(
      400,
      'InvalidContinuation',
      'The continuation is none that a list answer gave; leave it out to start again.',
    );
  }
  return behind(id);
}

/** Keys are of one length, so anything longer lies behind. */
function behind(id: string): string {
  return `${newestFirstKey(id)}!`;
}
