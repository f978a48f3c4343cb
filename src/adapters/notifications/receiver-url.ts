import { isLoopback } from '../http-loopback.ts';

/**
 * Why events may not be sent to this address, in words that do not repeat it; undefined when they may. Plain http would show them, and
 * their signature, to anybody on the way; it is for receivers beside a local cloud.
 */
export function receiverProblem(address: string, isLocalCloud: boolean): string | undefined {
  const url = URL.parse(address);
  if (url === null) return 'is no URL';
  if (url.username !== '' || url.password !== '') return 'has a user name or password in it; use a signing key';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLocalCloud && isLoopback(url.hostname)) return undefined;
  return 'is not https://';
}
