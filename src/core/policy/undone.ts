import type { Json } from '../flux/json.ts';
import { objectOf, textOf } from '../flux/raw-json.ts';
import type { PolicyAssignment } from './records.ts';

/**
 * The assignment whose identity wrote a resource last (`systemData`), and so overwrote what was there. Undefined when
 * it was somebody else, or Azure does not say.
 *
 * Azure names identities by object id or by application id; which of them is not published, so either counts. The application id
 * of a system-assigned identity is not in the assignment and cannot be recognised.
 */
export function wasUndoneBy<T extends Pick<PolicyAssignment, 'principalId' | 'clientId'>>(
  resource: Json,
  assignments: readonly T[],
): T | undefined {
  const { lastModifiedBy, lastModifiedByType } = objectOf(resource.systemData);
  const writer = textOf(lastModifiedBy)?.toLowerCase();
  if (writer === undefined || String(lastModifiedByType).toLowerCase() === 'user') return undefined;
  return assignments.find(({ principalId, clientId }) =>
    [principalId, clientId].some((id) => id !== undefined && id.toLowerCase() === writer),
  );
}
