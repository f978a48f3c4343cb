import { REMEDIATION_CLUSTERS_MAX } from '../contracts/limits.ts';
import type { RemediationRequest } from '../ports/policy.ts';

/**
 * Holds a task to its limits. An empty list of resources would mean all of them.
 *
 * @throws RangeError
 */
export function checkRemediationSize({ resourceIds }: RemediationRequest): void {
  if (resourceIds.length > 0 && resourceIds.length <= REMEDIATION_CLUSTERS_MAX) return;
  throw new RangeError(
    `A remediation names 1 to ${REMEDIATION_CLUSTERS_MAX} clusters; this one names ${resourceIds.length}.`,
  );
}
