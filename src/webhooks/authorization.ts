import { isSecret } from './hmac.ts';
import type { RawDelivery } from './provider.ts';

/** True for `Authorization: Bearer <secret>` to the letter: what registries are told to send, since they sign nothing. */
export function bearsSecret(delivery: RawDelivery, secret: string): boolean {
  return secret !== '' && isSecret(delivery.header('authorization'), `Bearer ${secret}`);
}

/** True for HTTP Basic with the secret, which is `user:password` as a whole. */
export function logsInWith(delivery: RawDelivery, secret: string): boolean {
  const credentials = Buffer.from(secret).toString('base64');
  return secret !== '' && isSecret(delivery.header('authorization'), `Basic ${credentials}`);
}
