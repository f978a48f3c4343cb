import { observeConfiguration } from '../../core/flux/observed.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { Finished, Operation } from '../operation/context.ts';

/** Between two looks at something that somebody is deleting. */
const DELETING_RETRY_MS = 15_000;

export function isBeingDeleted(resource: ArmJson): boolean {
  return observeConfiguration(resource).provisioningState === 'Deleting';
}

/** What is being deleted cannot be written: it is tried again once it is gone. */
export function waitForDeletion(operation: Operation, what: string): Finished {
  const detail = `The ${what} is being deleted.`;
  return { operation, ending: { kind: 'retry', afterMs: DELETING_RETRY_MS, code: 'BeingDeleted', detail } };
}
