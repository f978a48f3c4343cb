import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { guid } from '../fleet/random.ts';
import { ArmError, resourceNotFound } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import { membersOf, type Member } from '../policy/assignment.ts';
import { isSet } from '../policy/definition.ts';
import { cancelRemediation, isActive, startRemediation } from '../policy/remediate.ts';
import type { RemediationDeployment, RemediationSettings, RemediationTask } from '../policy/remediation-task.ts';
import { relationTo, scopeKey } from '../policy/scopes.ts';
import { page, stampedBy, subscriptionOf } from './lookup.ts';

/** Limits of the service (specification 2024-10-01; how-to "Remediate non-compliant resources"). */
const settings = z.object({
  policyAssignmentId: z.string().min(1),
  policyDefinitionReferenceId: z.string().optional(),
  resourceDiscoveryMode: z.enum(['ExistingNonCompliant', 'ReEvaluateCompliance']).default('ExistingNonCompliant'),
  filters: z
    .object({
      locations: z.array(z.string()).optional(),
      resourceIds: z.array(z.string()).min(1).max(100).optional(),
    })
    .optional(),
  resourceCount: z.number().int().min(1).max(50_000).default(500),
  parallelDeployments: z.number().int().min(1).max(30).default(10),
  failureThreshold: z.object({ percentage: z.number().min(0).max(1) }).optional(),
});
const remediationBody = z.object({ properties: settings });

/** `PUT …/remediations/{name}`: 201; 200 when the same task is there already. Nothing of a task can be changed. */
export function putRemediation(cloud: Cloud, request: ArmRequest): ArmResponse {
  const { id: subscriptionId } = subscriptionOf(cloud, request);
  const name = param(request, 'name');
  const asked = parse(request.body);
  const id = `/subscriptions/${subscriptionId}/providers/Microsoft.PolicyInsights/remediations/${name}`;
  const existing = cloud.policy.task(id);
  if (existing !== undefined) {
    if (isDeepStrictEqual(existing.settings, asked)) return { status: 200, body: taskView(existing) };
    throw invalid(
      'InvalidUpdateRemediationRequest',
      `The remediation '${name}' exists; its settings cannot be changed.`,
    );
  }
  const member = memberOf(cloud, subscriptionId, asked);
  const nowMs = cloud.clock.now();
  const task: RemediationTask = {
    id,
    name,
    subscriptionId,
    member,
    settings: asked,
    correlationId: guid(cloud.fleet.seed, `${id}/${nowMs}`),
    systemData: stampedBy(cloud, request),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    state: 'Accepted',
    queue: [],
    total: 0,
    running: 0,
    successful: 0,
    failed: 0,
    deployments: [],
  };
  startRemediation(cloud, task);
  return { status: 201, body: taskView(task) };
}

/** `GET …/remediations/{name}` */
export function getRemediation(cloud: Cloud, request: ArmRequest): ArmResponse {
  return { status: 200, body: taskView(find(cloud, request)) };
}

/** `POST …/remediations/{name}/cancel`: what is being deployed comes to its end. */
export function postCancel(cloud: Cloud, request: ArmRequest): ArmResponse {
  const task = find(cloud, request);
  if (!isActive(task)) {
    const message = `The remediation '${task.name}' is ${task.state} and cannot be cancelled.`;
    throw invalid('InvalidCancelRemediationRequest', message);
  }
  cancelRemediation(cloud, task);
  return { status: 200, body: taskView(task) };
}

/** `POST …/remediations/{name}/listDeployments` */
export function listDeployments(cloud: Cloud, request: ArmRequest): ArmResponse {
  return page(request, find(cloud, request).deployments, deploymentView);
}

function parse(body: unknown): RemediationSettings {
  const parsed = remediationBody.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refused(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  }
  const { properties } = parsed.data;
  if (properties.resourceDiscoveryMode === 'ReEvaluateCompliance' && properties.filters?.resourceIds !== undefined) {
    throw refused('The resourceIds filter cannot be used with ReEvaluateCompliance.');
  }
  return properties;
}

/** The one definition that a task is for. @throws ArmError 400 */
function memberOf(cloud: Cloud, subscriptionId: string, asked: RemediationSettings): Member {
  const { policyAssignmentId, policyDefinitionReferenceId: referenceId } = asked;
  const assignment = cloud.policy.assignments.get(scopeKey(policyAssignmentId));
  if (assignment === undefined || relationTo(assignment.scope, subscriptionId) === 'none') {
    throw refused(
      `The policy assignment '${policyAssignmentId}' does not exist or does not apply to the subscription.`,
    );
  }
  if (isSet(assignment.assigned) && referenceId === undefined) {
    throw refused('policyDefinitionReferenceId is required: the assignment is of a policy set definition.');
  }
  const member = membersOf(assignment).find((each) => each.referenceId?.toLowerCase() === referenceId?.toLowerCase());
  if (member === undefined) throw refused(`The assignment has no policy definition reference '${referenceId ?? ''}'.`);
  if (member.definition.demand.kind === 'privateCluster' || assignment.principalId === undefined) {
    throw refused('Only definitions with the effect deployIfNotExists or modify can be remediated, with an identity.');
  }
  return member;
}

function find(cloud: Cloud, request: ArmRequest): RemediationTask {
  const { id: subscriptionId } = subscriptionOf(cloud, request);
  const name = param(request, 'name');
  const found = cloud.policy.task(
    `/subscriptions/${subscriptionId}/providers/Microsoft.PolicyInsights/remediations/${name}`,
  );
  if (found === undefined) throw resourceNotFound('remediations', name);
  return found;
}

function taskView({
  id,
  name,
  settings: asked,
  state,
  systemData,
  correlationId,
  ...task
}: RemediationTask): JsonObject {
  return {
    id,
    name,
    type: 'Microsoft.PolicyInsights/remediations',
    systemData,
    properties: {
      ...asked,
      provisioningState: state,
      createdOn: new Date(task.createdAtMs).toISOString(),
      lastUpdatedOn: new Date(task.updatedAtMs).toISOString(),
      correlationId,
      deploymentStatus: {
        totalDeployments: task.total,
        successfulDeployments: task.successful,
        failedDeployments: task.failed,
      },
    },
  };
}

function deploymentView({ cluster, id, status, error, createdAtMs, updatedAtMs }: RemediationDeployment): JsonObject {
  return {
    remediatedResourceId: cluster.id.toLowerCase(),
    deploymentId: id,
    status,
    resourceLocation: cluster.location,
    ...(error === undefined ? {} : { error }),
    createdOn: new Date(createdAtMs).toISOString(),
    lastUpdatedOn: new Date(updatedAtMs).toISOString(),
  };
}

function refused(message: string): ArmError {
  return invalid('InvalidCreateRemediationRequest', message);
}

function invalid(code: string, message: string): ArmError {
  return new ArmError(400, { code, message });
}
