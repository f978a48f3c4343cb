import { Transient } from '../../contracts/errors.ts';
import type { Remediation } from '../../contracts/policy-binding.ts';
import { recordThrottling, reserve, writesOfSubscription } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { clustersAtWork, obstacleAmong } from './at-work.ts';
import type { MeasurePatch } from './change-binding.ts';
import { refusalOf } from './refusal-of.ts';

/** Name of a task: derived from the measure, so that a repeat is the same task. */
export function remediationName({ id }: Pick<Remediation, 'id'>): string {
  return `flotilla-${id.toLowerCase()}`;
}

/**
 * Creates a remediation task. Minutes may have passed since it was decided on: where a rollout has begun to work, Policy must not deploy.
 *
 * @returns undefined when it has to be tried again later.
 * @throws Transient when a store does not answer, or the task may be there and cannot be cancelled just now.
 */
export async function startRemediation(
  deps: Deps,
  remediation: Remediation,
  clusterIds: readonly string[],
): Promise<MeasurePatch | undefined> {
  const atWork = await clustersAtWork(deps);
  if (atWork === undefined) return undefined;
  const obstacle = obstacleAmong(atWork, clusterIds);
  if (obstacle !== undefined) return dropRemediation(deps, remediation, obstacle);
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

/**
 * Gives up a task that was decided on. An earlier answer may have got lost, so that it may be there: it is cancelled first.
 *
 * @throws Transient when that is not possible just now.
 */
export async function dropRemediation(deps: Deps, remediation: Remediation, detail: string): Promise<MeasurePatch> {
  await cancelRemediation(deps, remediation);
  return { state: 'Dropped', detail, endedAt: deps.clock.now() };
}

/**
 * Cancels a task that may run. Deployments that run come to their end; a task that is over, or never was, stays as it is.
 *
 * @throws Transient when Azure, or the quota, does not let it be cancelled just now.
 */
export async function cancelRemediation(deps: Deps, remediation: Remediation): Promise<void> {
  const name = remediationName(remediation);
  const { subscriptionId } = remediation;
  const pool = writesOfSubscription(subscriptionId);
  const later = new Transient('RemediationNotCancelled', `Task ${name} could not be cancelled just now.`);
  if ((await reserve(deps, pool, 1, 0)).length === 0) throw later;
  const answer = await deps.policy.cancelRemediation(subscriptionId, name);
  if (answer.ok || refusalOf(answer.fault) !== undefined) return;
  if (answer.fault.kind === 'throttled') await recordThrottling(deps, pool, answer.fault.retryAfterMs);
  throw later;
}
