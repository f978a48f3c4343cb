import { lastModifiedAt } from '../../core/flux/observed.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { Operation } from './context.ts';

/**
 * True when what is there is not what was there before the action first wrote: a write that was intended may have been refused or
 * lost, and what it was to repair is then still to be repaired. Told by Azure's own time of the last write.
 */
export async function hasLanded({ deps, rolloutId, row }: Operation, present: ArmJson): Promise<boolean> {
  const original = await deps.store.original(rolloutId, row.ordinal, row.action);
  if (original === undefined) return false;
  const modifiedAt = lastModifiedAt(present);
  return modifiedAt === undefined ? row.wrote : modifiedAt !== lastModifiedAt(original.resource ?? {});
}
