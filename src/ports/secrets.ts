/** Why a secret could not be read. */
export type SecretFault =
  /** It does not exist, is disabled or expired, or may not be read: somebody has to act. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  /** The vault did not answer: try again. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly detail: string; readonly retryAfterMs?: number };

export type SecretResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly fault: SecretFault };

/**
 * Values of secrets by reference (law 9). What it returns goes into a request body and nowhere else: never stored, queued,
 * logged or returned. Faults name the reference, never a value.
 */
export interface Secrets {
  read(reference: string): Promise<SecretResult>;
}
