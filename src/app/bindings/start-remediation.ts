import { Transient } from '../../contracts/errors.ts';
import type { Remediation } from '../../contracts/policy-binding.ts';
import { recordThrottling, reserve, writesOfSubscription } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import type { MeasurePatch } from './change-binding.ts';
import { refusalOf } from './refusal-of.ts';

/** Name of a task: derived from the measure, so that a repeat is the same task. */
export function remediationName({ id }: Pick<Remediation, 'id'>): string {
  return `flotilla-${id.toLowerCase()}`;
}

/** Creates a remediation task. @returns undefined when it has to be tried again later. */
export async function startRemediation(
  deps: Deps,
  remediation: Remediation,
  clusterIds: readonly string[],
): Promise<MeasurePatch | undefined> {
  const { subscriptionId, assignmentId, referenceId, parallelDeployments, failureThreshold } = remediation;
  const pool = writesOfSubscription(subscriptionId);
  if ((await reserve(deps, pool, 1, 0)).length === 0) return undefined;
  const answer = await deps.policy.createRemediation({
    subscriptionId,
    name: remediationName(remediation),
    assignmentId,
    ...(referenceId !== undefined && { referenceId }),
    resourceIds: clusterIds,
    parallelDeployments,
    failureThreshold,
  });
  if (answer.ok) return { state: 'Running' };
  if (answer.fault.kind === 'throttled') await recordThrottling(deps, pool, answer.fault.retryAfterMs);
  const refusal = refusalOf(answer.fault);
  if (refusal === undefined) return undefined;
  return { state: 'Refused', detail: refusal, endedAt: deps.clock.now() };
}

/** Cancels a task that may run. Deployments that run come to their end; a task that is over stays as it is. */
export async function cancelRemediation(deps: Deps, remediation: Remediation): Promise<void> {
  const { subscriptionId } = remediation;
  const answer = await deps.policy.cancelRemediation(subscriptionId, remediationName(remediation));
  if (answer.ok || refusalOf(answer.fault) !== undefined) return;
  throw new Transient(
    'RemediationNotCancelled',
    `Task ${remediationName(remediation)} could not be cancelled just now.`,
  );
}
