import type { Cloud } from '../cloud.ts';
import { ArmError } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import { CONNECTED, CONFIGURATION_PROVIDER, idKey, MANAGED, type ClusterType } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { DEFINITIONS, SETS } from '../policy/catalogue.ts';
import { definitionId, setId, type PolicyDefinition, type PolicySet } from '../policy/definition.ts';

/** Contributor: what all eight deployments run with (azure.md 4.1). */
const CONTRIBUTOR = '/providers/microsoft.authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c';

/** `GET /providers/Microsoft.Authorization/policyDefinitions/{name}` */
export function getPolicyDefinition(_: Cloud, request: ArmRequest): ArmResponse {
  const name = param(request, 'name');
  const found = DEFINITIONS.find((each) => isOf(request, definitionId(each)));
  if (found === undefined) throw notFound('PolicyDefinition', 'policy definition', name);
  return { status: 200, body: definitionView(found) };
}

/** `GET /providers/Microsoft.Authorization/policySetDefinitions/{name}` */
export function getPolicySet(_: Cloud, request: ArmRequest): ArmResponse {
  const name = param(request, 'name');
  const found = SETS.find((each) => isOf(request, setId(each)));
  if (found === undefined) throw notFound('PolicySetDefinition', 'policy set definition', name);
  return { status: 200, body: setView(found) };
}

/** @returns the 404 of Microsoft.Authorization, which has a code per type */
export function notFound(code: string, what: string, name: string): ArmError {
  return new ArmError(404, { code: `${code}NotFound`, message: `The ${what} '${name}' could not be found.` });
}

function isOf(request: ArmRequest, id: string): boolean {
  return idKey(request.path) === idKey(id);
}

function definitionView(definition: PolicyDefinition): JsonObject {
  const { name, displayName, version, parameters, demand } = definition;
  const properties = {
    displayName,
    policyType: 'BuiltIn',
    mode: 'Indexed',
    metadata: { version, category: 'Kubernetes' },
    version,
    versions: [version],
    parameters,
    policyRule: { if: conditionOf(definition), then: { effect: "[parameters('effect')]", ...detailsOf(demand) } },
  };
  return { id: definitionId(definition), name, type: 'Microsoft.Authorization/policyDefinitions', properties };
}

function setView(set: PolicySet): JsonObject {
  const { name, displayName, version, parameters, members } = set;
  const properties = {
    displayName,
    policyType: 'BuiltIn',
    metadata: { version, category: 'Kubernetes' },
    version,
    versions: [version],
    parameters,
    policyDefinitions: members.map((member) => ({
      policyDefinitionReferenceId: member.referenceId,
      policyDefinitionId: definitionId(member.definition),
      definitionVersion: `${member.definition.version.charAt(0)}.*.*`,
      parameters: Object.fromEntries(Object.entries(member.parameters).map(([key, value]) => [key, { value }])),
    })),
    policyDefinitionGroups: [],
  };
  return { id: setId(set), name, type: 'Microsoft.Authorization/policySetDefinitions', properties };
}

function conditionOf({ demand }: PolicyDefinition): JsonObject {
  const typeName = ({ provider, segment }: ClusterType): string => `${provider}/${segment}`;
  if (demand.kind !== 'privateCluster') return { field: 'type', in: [CONNECTED, MANAGED].map(typeName) };
  const field = `${typeName(MANAGED)}/apiServerAccessProfile.enablePrivateCluster`;
  return {
    allOf: [
      { field: 'type', equals: typeName(MANAGED) },
      { field, notEquals: true },
    ],
  };
}

/** Without the existence condition and the template: their text is Azure's, what they do is in `policy/`. */
function detailsOf(demand: PolicyDefinition['demand']): JsonObject {
  if (demand.kind === 'privateCluster') return {};
  const type = `${CONFIGURATION_PROVIDER}/${demand.kind === 'extension' ? 'extensions' : 'fluxConfigurations'}`;
  return { details: { type, roleDefinitionIds: [CONTRIBUTOR] } };
}
