import { createHmac } from 'node:crypto';
import { DELIVERY_WINDOW_SECONDS } from '../contracts/timing.ts';
import { isSame } from './hmac.ts';
import type { RawDelivery } from './provider.ts';

const SECRET_PREFIX = 'whsec_';
/** Shortest key that the specification allows ("Signature scheme": 24 to 64 bytes). */
const KEY_BYTES_MIN = 24;
/** Signatures that are looked at. Ours: one for each secret while they are being changed. */
const SIGNATURES_MAX = 10;

/** True for the secrets that Standard Webhooks and GitLab's signing tokens are written as. Such a secret takes signatures only. */
export function isSigningSecret(secret: string): boolean {
  return secret.startsWith(SECRET_PREFIX);
}

/**
 * Checks the three headers of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), by the clock of the
 * delivery: its library takes text instead of bytes and reads the clock of the machine, so it is the oracle of the test only.
 */
export function isStandardSigned(delivery: RawDelivery, secret: string): boolean {
  const key = keyOf(secret);
  const id = delivery.header('webhook-id');
  const timestamp = delivery.header('webhook-timestamp');
  if (key === undefined || id === undefined || timestamp === undefined || !isRecent(timestamp, delivery.now)) {
    return false;
  }
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(delivery.body).digest('base64');
  const header = delivery.header('webhook-signature') ?? '';
  const given = header.includes(', ') ? [] : header.split(' ').slice(0, SIGNATURES_MAX);
  // All of them are compared, so that the time does not tell which one was right.
  return given.map((signature) => isSame(signature, `v1,${digest}`)).includes(true);
}

/** Buffer.from skips what is not base64: only what comes out again as it went in is a key. */
function keyOf(secret: string): Buffer | undefined {
  if (!isSigningSecret(secret)) return undefined;
  const encoded = secret.slice(SECRET_PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  const isWhole = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  return isWhole && key.length >= KEY_BYTES_MIN ? key : undefined;
}

function isRecent(timestamp: string, now: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= DELIVERY_WINDOW_SECONDS;
}
