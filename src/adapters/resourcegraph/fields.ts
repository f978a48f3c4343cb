import { z } from 'zod';
import type { ExtensionState } from '../../contracts/cluster-rows.ts';

/** Resource Graph shows what is missing as null or, behind `tostring`, as the empty text. */
export const text = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((value) => (value === null || value === '' ? undefined : value));

/** JSON as the service stores it. */
export const object = z.record(z.string(), z.unknown());

/** What an extension's `provisioningState` means to us. */
export function toExtensionState(provisioningState: string | undefined): ExtensionState {
  switch (provisioningState?.toLowerCase()) {
    case 'succeeded':
      return 'Succeeded';
    case 'failed':
    case 'canceled':
      return 'Failed';
    case 'accepted':
    case 'pending':
    case 'creating':
    case 'updating':
    case 'deleting':
      return 'Busy';
    default:
      return 'Unknown';
  }
}

/** Milliseconds since the epoch; a time without zone is UTC, as everything in Azure. */
export function parseTime(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const at = Date.parse(/[zZ]$|[+-]\d{2}:?\d{2}$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** Compares as Azure does: its words come in any casing. */
export function isWord(value: string | undefined, word: string): boolean {
  return value?.toLowerCase() === word.toLowerCase();
}
