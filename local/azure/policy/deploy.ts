import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import { between } from '../fleet/random.ts';
import { ArmError, type ErrorDetail } from '../http/errors.ts';
import { act } from './act.ts';
import { membersOf, type Member } from './assignment.ts';
import { desiredResource, TEMPLATE_VERSION, type DesiredResource } from './desired.ts';
import { evaluateMember } from './evaluate.ts';
import { noteWrite } from './schedule.ts';
import { AFTER_CREATION_MS, DEPLOYMENT_CHECK_MS, DEPLOYMENT_MS, DEPLOYMENT_TIMEOUT_MS } from './timing.ts';

/** How a deployment ended; undefined means well. */
type Done = (error: ErrorDetail | undefined) => void;

/**
 * Deploys what a member demands to a cluster, as the identity of its assignment. `done` is called once, minutes later: a template
 * deployment ends with the operation of what it wrote.
 */
export function deploy(cloud: Cloud, member: Member, cluster: Cluster, done: Done): void {
  const { timeline, seed } = cloud.fleet;
  const refusal = writeDesired(cloud, member, cluster);
  const startedMs = timeline.now();
  const desired = desiredResource(member, cluster);
  const check = (): void => {
    const error = refusal ?? outcome(cluster, desired, timeline.now() - startedMs);
    if (error === 'running') timeline.after(DEPLOYMENT_CHECK_MS, check);
    else done(error === 'succeeded' ? undefined : error);
  };
  const key = `deployment/${member.assignment.id}/${cluster.name}/${startedMs}`;
  timeline.after(between(seed, key, ...DEPLOYMENT_MS), check);
}

/** A cluster was created or updated: what it has to have and has not is deployed by itself, unless nothing is enforced. */
export function noteClusterWritten(cloud: Cloud, cluster: Cluster): void {
  const { fleet, policy } = cloud;
  noteWrite(cloud, cluster);
  if (policy.assignments.size === 0) return;
  fleet.timeline.after(between(fleet.seed, `creation/${cluster.name}`, ...AFTER_CREATION_MS), () => {
    if (cluster.deleted) return;
    for (const member of [...policy.assignments.values()].flatMap(membersOf)) {
      const state = evaluateMember(cloud, member, cluster);
      const isEnforced = member.assignment.enforcementMode === 'Default' && state?.effect === 'DeployIfNotExists';
      if (isEnforced && state.compliance === 'NonCompliant') deploy(cloud, member, cluster, () => undefined);
    }
  });
}

/** @returns why the write was refused; undefined when it was taken */
function writeDesired(cloud: Cloud, member: Member, cluster: Cluster): ErrorDetail | undefined {
  const desired = desiredResource(member, cluster);
  const { principalId } = member.assignment;
  if (desired === undefined || principalId === undefined) {
    return {
      code: 'InvalidTemplateDeployment',
      message: 'The policy assignment has nothing to deploy, or no identity.',
    };
  }
  if (cluster.deleted) return { code: 'ResourceNotFound', message: `The cluster '${cluster.name}' is gone.` };
  const { kind, name, body } = desired;
  const principal = { id: principalId, type: 'Application' } as const;
  try {
    act(cloud, cluster, { method: 'PUT', kind, name, body, apiVersion: TEMPLATE_VERSION, principal });
    return undefined;
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    return { code: 'DeploymentFailed', message: 'At least one resource deployment failed.', details: [error.detail] };
  }
}

function outcome(
  cluster: Cluster,
  desired: DesiredResource | undefined,
  elapsedMs: number,
): 'running' | 'succeeded' | ErrorDetail {
  const key = desired?.name.toLowerCase() ?? '';
  const written = desired?.kind === 'extensions' ? cluster.extensions.get(key) : cluster.configurations.get(key);
  if (written?.provisioningState === 'Succeeded') return 'succeeded';
  const message = `The resource '${desired?.name ?? ''}' did not reach the state Succeeded.`;
  if (written === undefined || cluster.deleted || written.provisioningState === 'Failed') {
    return { code: 'DeploymentFailed', message };
  }
  return elapsedMs < DEPLOYMENT_TIMEOUT_MS ? 'running' : { code: 'DeploymentTimedOut', message };
}
