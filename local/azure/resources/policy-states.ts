import type { Cloud } from '../cloud.ts';
import { ArmError } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { PolicyState } from '../policy/book.ts';
import { assignedId, definitionId, isSet } from '../policy/definition.ts';
import { managementGroupsOf, resourceTypeOf } from '../policy/scopes.ts';
import { subscriptionOf } from './lookup.ts';
import { compileFilter, type FilterFields } from './policy-filter.ts';

/** Records per page; the rest follows behind `@odata.nextLink`. */
const PAGE_SIZE = 1000;

/**
 * `POST /subscriptions/{id}/providers/Microsoft.PolicyInsights/policyStates/{latest|default}/queryResults`. Only the latest states are
 * kept, so both sets are the same. `$top` limits the whole answer, not a page of it.
 */
export function queryStates(cloud: Cloud, request: ArmRequest): ArmResponse {
  const found = askedStates(cloud, request);
  const top = wholeNumber(request, '$top') ?? Infinity;
  const offset = wholeNumber(request, '$skiptoken') ?? 0;
  const end = Math.min(found.length, top, offset + PAGE_SIZE);
  const select = selection(request);
  const value = found.slice(offset, end).map((state) => select(stateView(cloud, request, state)));
  const hasMore = end < Math.min(found.length, top);
  const body = {
    '@odata.nextLink': hasMore ? nextLink(request, end) : null,
    '@odata.context': contextOf(request, 'latest'),
    '@odata.count': value.length,
    value,
  };
  return { status: 200, body };
}

/** States of the subscription of the path that fit `$filter`, in a stable order. @throws ArmError 400, 404 */
export function askedStates(cloud: Cloud, request: ArmRequest): PolicyState[] {
  const { id } = subscriptionOf(cloud, request);
  const set = request.params['states'] ?? 'latest';
  if (!/^(latest|default)$/i.test(set)) throw invalid(`There are no policy states '${set}'.`);
  const filter = compileFilter(request.query.get('$filter') ?? '', FIELDS);
  return cloud.policy.states(id).filter((state) => filter(fieldsOf(state)));
}

/** The OData context of an answer. */
export function contextOf(request: ArmRequest, what: string): string {
  const subscription = `/subscriptions/${param(request, 'subscriptionId')}`;
  return `${request.origin}${subscription}/providers/Microsoft.PolicyInsights/policyStates/$metadata#${what}`;
}

function fieldsOf({ member, cluster, compliance, effect }: PolicyState): FilterFields {
  const { assignment, referenceId, definition } = member;
  return {
    policyassignmentid: assignment.id,
    policyassignmentname: assignment.name,
    policyassignmentscope: assignment.scope,
    policydefinitionid: definitionId(definition),
    policydefinitionname: definition.name,
    policydefinitionaction: effect,
    policydefinitionreferenceid: referenceId ?? '',
    policysetdefinitionid: isSet(assignment.assigned) ? assignedId(assignment.assigned) : '',
    resourceid: cluster.id,
    resourcetype: resourceTypeOf(cluster),
    resourcegroup: cluster.resourceGroup,
    resourcelocation: cluster.location,
    subscriptionid: cluster.subscriptionId,
    compliancestate: compliance,
    iscompliant: compliance !== 'NonCompliant',
  };
}

const FIELDS: ReadonlySet<string> = new Set([
  'policyassignmentid',
  'policyassignmentname',
  'policyassignmentscope',
  'policydefinitionid',
  'policydefinitionname',
  'policydefinitionaction',
  'policydefinitionreferenceid',
  'policysetdefinitionid',
  'resourceid',
  'resourcetype',
  'resourcegroup',
  'resourcelocation',
  'subscriptionid',
  'compliancestate',
  'iscompliant',
]);

/** Ids of resources and assignments come back in lower case. */
function stateView({ fleet }: Cloud, request: ArmRequest, state: PolicyState): JsonObject {
  const { member, cluster, compliance, effect, atMs } = state;
  const { assignment, referenceId, definition, parameters } = member;
  const { assigned } = assignment;
  const ofSet = isSet(assigned);
  return {
    '@odata.id': null,
    '@odata.context': contextOf(request, 'latest/$entity'),
    timestamp: new Date(atMs).toISOString(),
    resourceId: cluster.id.toLowerCase(),
    policyAssignmentId: assignment.id.toLowerCase(),
    policyDefinitionId: definitionId(definition).toLowerCase(),
    effectiveParameters: JSON.stringify(parameters),
    isCompliant: compliance !== 'NonCompliant',
    subscriptionId: cluster.subscriptionId,
    resourceType: resourceTypeOf(cluster),
    resourceLocation: cluster.location,
    resourceGroup: cluster.resourceGroup.toLowerCase(),
    resourceTags: 'tbd',
    policyAssignmentName: assignment.name,
    policyAssignmentOwner: 'tbd',
    policyAssignmentParameters: JSON.stringify(assignment.parameters),
    policyAssignmentScope: assignment.scope,
    policyDefinitionName: definition.name,
    policyDefinitionAction: effect.toLowerCase(),
    policyDefinitionCategory: 'Kubernetes',
    policySetDefinitionId: ofSet ? assignedId(assigned).toLowerCase() : '',
    policySetDefinitionName: ofSet ? assigned.name : '',
    policySetDefinitionOwner: '',
    policySetDefinitionCategory: ofSet ? 'Kubernetes' : '',
    policySetDefinitionParameters: '',
    managementGroupIds: managementGroupsOf(fleet).join(','),
    policyDefinitionReferenceId: referenceId?.toLowerCase() ?? '',
    complianceState: compliance,
    policyDefinitionGroupNames: [],
    policyDefinitionVersion: definition.version,
    policySetDefinitionVersion: ofSet ? assigned.version : null,
    policyAssignmentVersion: '',
  };
}

/** `$select`: only these fields of each record. */
function selection(request: ArmRequest): (record: JsonObject) => JsonObject {
  const asked = request.query.get('$select');
  if (asked === null) return (record) => record;
  const names = new Set(asked.split(',').map((name) => name.trim().toLowerCase()));
  return (record) => Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name.toLowerCase())));
}

function nextLink(request: ArmRequest, offset: number): string {
  const query = new URLSearchParams(request.query);
  query.set('$skiptoken', String(offset));
  return `${request.origin}${request.path}?${query.toString()}`;
}

function wholeNumber(request: ArmRequest, name: string): number | undefined {
  const text = request.query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalid(`'${name}' is a whole number.`);
}

function invalid(message: string): ArmError {
  return new ArmError(400, { code: 'InvalidRequest', message });
}
