import type { HttpRequest } from '@azure/functions';
import type { Actor } from '../contracts/actor.ts';
import type { Digest } from '../ports/digest.ts';

/** Digits of a key's SHA-256 that stand for it where it has no name: enough to tell keys apart, useless to guess one. */
const FINGERPRINT_LENGTH = 12;

/**
 * Who calls. The platform has checked the function key before we see it, but does not tell its name to Node functions, so
 * names come from the setting `FLOTILLA_KEY_NAMES` (fingerprint → name). Without a key the caller is the local cloud's:
 * in Azure no route that changes anything is reachable without one.
 */
export function readActor(request: HttpRequest, digest: Digest, keyNames: ReadonlyMap<string, string>): Actor {
  const key = request.headers.get('x-functions-key') ?? request.query.get('code');
  if (key === null || key === '') return { kind: 'local', name: 'local' };
  const fingerprint = digest.sha256(key).slice(0, FINGERPRINT_LENGTH);
  return { kind: 'key', name: keyNames.get(fingerprint) ?? fingerprint };
}
