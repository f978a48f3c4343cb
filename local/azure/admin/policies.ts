import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import type { SystemData } from '../fleet/cluster.ts';
import { guid } from '../fleet/random.ts';
import { ArmError } from '../http/errors.ts';
import type { Assignment } from '../policy/assignment.ts';
import { findAssignable } from '../policy/catalogue.ts';
import {
  assignedId,
  isSet,
  type PolicyDefinition,
  type PolicyParameter,
  type PolicySet,
} from '../policy/definition.ts';
import { noteAssignment } from '../policy/schedule.ts';
import { isScope, scopeKey } from '../policy/scopes.ts';
import { parseAdmin } from './parse.ts';

/** Who assigns policies in the simulated company. */
const OWNER = 'governance@fleet.example';
/** Far above what a subscription can meet in Azure (200 assignments per scope). */
const ASSIGNMENTS_MAX = 2000;
const LIST_MAX = 400;

const values = z.array(z.string()).min(1).max(50).optional();
const selector = z.strictObject({
  kind: z.enum(['resourceLocation', 'resourceType', 'policyDefinitionReferenceId']),
  in: values,
  notIn: values,
});
const exemption = z.strictObject({
  name: z.string().min(1).max(64),
  scope: z.string(),
  /** Members of an initiative; absent means all. */
  referenceIds: z.array(z.string()).optional(),
  category: z.enum(['Waiver', 'Mitigated']).default('Waiver'),
  expiresOn: z.iso.datetime().optional(),
});
const assignment = z.strictObject({
  name: z.string().min(1).max(64),
  displayName: z.string().optional(),
  /** Id of a management group (`fleet`, or the tenant), a subscription, a resource group or a cluster. */
  scope: z.string(),
  /** Id of a definition or an initiative, or the last segment of one. */
  definition: z.string(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  enforcementMode: z.enum(['Default', 'DoNotEnforce', 'Enroll']).default('Default'),
  notScopes: z.array(z.string()).max(LIST_MAX).default([]),
  resourceSelectors: z
    .array(z.strictObject({ name: z.string(), selectors: z.array(selector).max(50) }))
    .max(10)
    .default([]),
  overrides: z
    .array(
      z.strictObject({
        kind: z.literal('policyEffect'),
        value: z.enum(['DeployIfNotExists', 'AuditIfNotExists', 'Audit', 'Disabled']),
        selectors: z.array(selector).max(50).optional(),
      }),
    )
    .max(10)
    .default([]),
  exemptions: z.array(exemption).max(LIST_MAX).default([]),
});
type Asked = z.infer<typeof assignment>;

/** `GET /admin/policies` */
export function listPolicies({ policy }: Cloud): unknown {
  return { policies: [...policy.assignments.values()].map(summary) };
}

/** `PUT /admin/policies`: assigns, or replaces the assignment of that name and scope with its exemptions. */
export function putPolicy(cloud: Cloud, body: unknown): unknown {
  const asked = parseAdmin(assignment, body);
  const assigned = findAssignable(asked.definition);
  if (assigned === undefined) throw invalid(`There is no built-in definition or initiative '${asked.definition}'.`);
  for (const scope of [asked.scope, ...asked.notScopes, ...asked.exemptions.map((each) => each.scope)]) {
    if (!isScope(cloud.fleet, scope)) throw invalid(`There is no scope '${scope}'.`);
  }
  requireParameters(assigned, asked.parameters);
  const made = makeAssignment(cloud, asked, assigned);
  const { policy } = cloud;
  const key = scopeKey(made.id);
  if (!policy.assignments.has(key) && policy.assignments.size >= ASSIGNMENTS_MAX)
    throw invalid('Too many assignments.');
  policy.assignments.set(key, made);
  replaceExemptions(cloud, made, asked);
  noteAssignment(cloud, made);
  return summary(made);
}

/** `DELETE /admin/policies/{name}`: every assignment of that name, with its states and exemptions. */
export function deletePolicy(cloud: Cloud, _body: unknown, name: string): unknown {
  for (const each of [...cloud.policy.assignments.values()]) {
    if (each.name.toLowerCase() === name.toLowerCase()) cloud.policy.unassign(each);
  }
  return listPolicies(cloud);
}

function makeAssignment(cloud: Cloud, asked: Asked, assigned: PolicyDefinition | PolicySet): Assignment {
  const { name, displayName, exemptions: _, definition: __, ...rest } = asked;
  const scope = asked.scope.replace(/\/$/, '');
  const id = `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`;
  const deploys = isSet(assigned) || assigned.demand.kind !== 'privateCluster';
  return {
    ...rest,
    id,
    name,
    displayName: displayName ?? assigned.displayName,
    scope,
    assigned,
    principalId: deploys ? guid(cloud.fleet.seed, `identity/${scopeKey(id)}`) : undefined,
    systemData: stamp(cloud),
  };
}

function replaceExemptions(cloud: Cloud, { id }: Assignment, { exemptions }: Asked): void {
  const known = cloud.policy.exemptions;
  for (const [key, { assignmentId }] of known) if (scopeKey(assignmentId) === scopeKey(id)) known.delete(key);
  for (const { name, scope, referenceIds, category, expiresOn } of exemptions) {
    const exemptionId = `${scope.replace(/\/$/, '')}/providers/Microsoft.Authorization/policyExemptions/${name}`;
    const expiresAtMs = expiresOn === undefined ? undefined : Date.parse(expiresOn);
    const common = { id: exemptionId, name, scope, assignmentId: id, systemData: stamp(cloud) };
    known.set(scopeKey(exemptionId), { ...common, referenceIds, category, expiresAtMs });
  }
}

/** Azure refuses an assignment with unknown, missing or wrong parameters too. */
function requireParameters({ parameters }: PolicyDefinition | PolicySet, given: Asked['parameters']): void {
  for (const [name, value] of Object.entries(given)) {
    const parameter = parameters[name];
    if (parameter === undefined) throw invalid(`The definition has no parameter '${name}'.`);
    if (!fits(parameter, value)) throw invalid(`The value of the parameter '${name}' does not fit its definition.`);
  }
  for (const [name, { defaultValue }] of Object.entries(parameters)) {
    if (defaultValue === undefined && given[name] === undefined) throw invalid(`The parameter '${name}' is missing.`);
  }
}

function fits({ type, allowedValues }: PolicyParameter, value: unknown): boolean {
  const wanted = type.toLowerCase();
  if (wanted === 'integer') return Number.isInteger(value);
  return typeof value === wanted && (allowedValues?.some((each) => each === value) ?? true);
}

function stamp({ fleet }: Cloud): SystemData {
  const at = fleet.nowIso;
  return {
    createdBy: OWNER,
    createdByType: 'User',
    createdAt: at,
    lastModifiedBy: OWNER,
    lastModifiedByType: 'User',
    lastModifiedAt: at,
  };
}

function summary({ id, name, scope, assigned, enforcementMode, principalId }: Assignment): unknown {
  return { id, name, scope, definition: assignedId(assigned), enforcementMode, principalId: principalId ?? null };
}

function invalid(message: string): ArmError {
  return new ArmError(400, { code: 'InvalidAdminRequest', message });
}
