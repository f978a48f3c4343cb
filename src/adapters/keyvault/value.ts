import type { SecretResult } from '../../ports/secrets.ts';
import { refused } from './faults.ts';

/** Longest value of a secret: Key Vault's own limit ("About Azure Key Vault secrets": 25 KB). */
const VALUE_BYTES_MAX = 25 * 1024;

/** The value, if it can be one of a secret. */
export function checkedValue(value: string, reference: string): SecretResult {
  if (value === '') return refused('SecretEmpty', `${reference} is empty. Give the secret a value.`);
  if (Buffer.byteLength(value) > VALUE_BYTES_MAX) {
    return refused('SecretTooLong', `${reference} is longer than ${VALUE_BYTES_MAX} bytes.`);
  }
  return { ok: true, value };
}
