import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * True when `given` is exactly `prefix` and the HMAC-SHA256 of the body in lower-case hex. The form is compared as a whole, so that
 * nothing is parsed that came from outside: too short, too long, upper-case and doubled signatures simply differ.
 */
export function isSignedInHex(given: string | undefined, prefix: string, body: Uint8Array, secret: string): boolean {
  return isSecretUsable(secret) && isSame(given, prefix + createHmac('sha256', secret).update(body).digest('hex'));
}

/** True when `given` is the secret and nothing but the secret: for senders that sign nothing. */
export function isSecret(given: string | undefined, secret: string): boolean {
  return isSecretUsable(secret) && isSame(given, secret);
}

/**
 * True when both texts are the same; a missing one counts as empty, which is never expected. Their digests are compared: these
 * have one length, and the time tells nothing about the texts.
 */
export function isSame(given: string | undefined, expected: string): boolean {
  return timingSafeEqual(digestOf(given ?? ''), digestOf(expected));
}

/** An empty secret proves nothing: anybody can sign with it, and Gitea sends an empty signature when it has none. */
function isSecretUsable(secret: string): boolean {
  return secret !== '';
}

/** UTF-16, since UTF-8 has one and the same replacement for every lone surrogate. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf16le').digest();
}
