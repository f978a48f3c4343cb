import type { OriginalRow } from '../../contracts/cluster-rows.ts';
import type { ArmJson } from '../../ports/arm.ts';
import { mayStillWrite } from '../leases.ts';
import { saveRow, type Ending, type Operation } from './context.ts';

/** What is known before a write. */
export interface Intent {
  /** What is there now; null when there is nothing. */
  readonly present: ArmJson | null;
  /** No report of what is there can look like what is wanted. */
  readonly unmistakable: boolean;
}

/**
 * The last step before a write: its intent and what was there before are stored in one transaction, so that a crash loses
 * neither; then it is checked that there is still time to write safely.
 *
 * @returns the operation as it was saved, with an ending when the write must not be sent.
 */
export async function prepareWrite(
  operation: Operation,
  { present, unmistakable }: Intent,
): Promise<{ readonly operation: Operation; readonly ending?: Ending }> {
  const { deps, row } = operation;
  const original: OriginalRow = {
    schema: 1,
    ordinal: row.ordinal,
    action: row.action,
    recordedAt: deps.clock.now(),
    resource: present,
  };
  const intended = { ...row, wrote: true, unmistakable: row.wrote ? row.unmistakable : unmistakable };
  const saved = await saveRow(operation, intended, row.wrote ? undefined : original);
  if (saved.kind !== 'go') return { operation, ending: saved };
  const now = deps.clock.now();
  const { lease, claimedUntil } = row;
  const leaseHolds = lease === undefined || mayStillWrite(lease.expiresAt, now);
  // Another delivery may take the claim over once it has run out.
  if (leaseHolds && (claimedUntil === undefined || now < claimedUntil)) return { operation: saved.operation };
  const detail = 'The handler was too slow to write safely.';
  return { operation: saved.operation, ending: { kind: 'retry', afterMs: 0, code: 'TooLate', detail } };
}
