import type { Cloud } from '../cloud.ts';
import { ArmError } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { Assignment, Exemption } from '../policy/assignment.ts';
import { assignedId } from '../policy/definition.ts';
import { relationTo, scopeKey } from '../policy/scopes.ts';
import { page, subscriptionOf } from './lookup.ts';
import { notFound } from './policy-definitions.ts';

/**
 * `GET /subscriptions/{id}/providers/Microsoft.Authorization/policyAssignments`: those of the subscription, inherited ones and those on
 * what lies inside it; `atScope()` leaves the last out, `atExactScope()` the inherited ones too.
 */
export function listAssignments(cloud: Cloud, request: ArmRequest): ArmResponse {
  const { id } = subscriptionOf(cloud, request);
  const isAsked = filterOf(request);
  const found = [...cloud.policy.assignments.values()].filter((each) =>
    isAsked(relationTo(each.scope, id), assignedId(each.assigned)),
  );
  return page(request, found, (each) => assignmentView(each, cloud.fleet.tenantId));
}

/** `GET {scope}/providers/Microsoft.Authorization/policyAssignments/{name}`, whatever the scope. */
export function getAssignment(cloud: Cloud, request: ArmRequest): ArmResponse {
  const found = cloud.policy.assignments.get(scopeKey(request.path));
  if (found === undefined) throw notFound('PolicyAssignment', 'policy assignment', param(request, 'name'));
  return { status: 200, body: assignmentView(found, cloud.fleet.tenantId) };
}

/** `GET /subscriptions/{id}/providers/Microsoft.Authorization/policyExemptions`, filtered like assignments. */
export function listExemptions(cloud: Cloud, request: ArmRequest): ArmResponse {
  const { id } = subscriptionOf(cloud, request);
  const isAsked = filterOf(request);
  const found = [...cloud.policy.exemptions.values()].filter((each) =>
    isAsked(relationTo(each.scope, id), each.assignmentId),
  );
  return page(request, found, exemptionView);
}

type Asked = (relation: ReturnType<typeof relationTo>, subjectId: string) => boolean;

function filterOf(request: ArmRequest): Asked {
  const filter = request.query.get('$filter')?.trim() ?? '';
  if (filter === '') return (relation) => relation !== 'none';
  if (/^atScope\(\)$/i.test(filter)) return (relation) => relation === 'above' || relation === 'same';
  if (/^atExactScope\(\)$/i.test(filter)) return (relation) => relation === 'same';
  const wanted = /^policy(?:Definition|Assignment)Id eq '([^']+)'$/i.exec(filter)?.[1];
  if (wanted !== undefined) return (relation, id) => relation !== 'none' && scopeKey(id) === scopeKey(wanted);
  throw new ArmError(400, { code: 'InvalidFilterInQueryString', message: `The filter '${filter}' is not supported.` });
}

function assignmentView(assignment: Assignment, tenantId: string): JsonObject {
  const { id, name, principalId, systemData, assigned, parameters, resourceSelectors, overrides } = assignment;
  const values = Object.entries(parameters).map(([key, value]) => [key, { value }] as const);
  return {
    id,
    name,
    type: 'Microsoft.Authorization/policyAssignments',
    ...(principalId === undefined
      ? {}
      : { location: 'westeurope', identity: { type: 'SystemAssigned', principalId, tenantId } }),
    systemData,
    properties: {
      displayName: assignment.displayName,
      policyDefinitionId: assignedId(assigned),
      definitionVersion: `${assigned.version.charAt(0)}.*.*`,
      scope: assignment.scope,
      notScopes: assignment.notScopes,
      parameters: Object.fromEntries(values),
      enforcementMode: assignment.enforcementMode,
      metadata: { createdBy: systemData.createdBy, createdOn: systemData.createdAt },
      // Left out when there are none, as in the examples of the specification.
      ...(resourceSelectors.length === 0 ? {} : { resourceSelectors }),
      ...(overrides.length === 0 ? {} : { overrides }),
    },
  };
}

function exemptionView({
  id,
  name,
  systemData,
  assignmentId,
  referenceIds,
  category,
  expiresAtMs,
}: Exemption): JsonObject {
  return {
    id,
    name,
    type: 'Microsoft.Authorization/policyExemptions',
    systemData,
    properties: {
      policyAssignmentId: assignmentId,
      policyDefinitionReferenceIds: referenceIds ?? [],
      exemptionCategory: category,
      displayName: name,
      ...(expiresAtMs === undefined ? {} : { expiresOn: new Date(expiresAtMs).toISOString() }),
    },
  };
}
