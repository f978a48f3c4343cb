import type { Cloud } from '../cloud.ts';
import type { Cluster, FluxConfiguration } from '../fleet/cluster.ts';
import { supersede } from '../fleet/operations.ts';
import { operationInProgress, resourceNotFound, validationFailed } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import { generatedPublicKey } from '../fleet/random.ts';
import { CONFIGURATION_PROVIDER } from '../ids.ts';
import { isJsonObject, mergePatch, type JsonObject } from '../json.ts';
import { noteWrite } from '../policy/schedule.ts';
import { fluxBody, type FluxSpec } from './flux-schema.ts';
import { readAs } from './flux-versions.ts';
import { firstIssue, parseFluxSpec, requireSameScope, requireSourceInPatch } from './flux-validate.ts';
import { clusterOf, page, requireRegistration, stampedBy, subscriptionOf } from './lookup.ts';
import { asyncHeaders } from './operations.ts';
import { configurationView } from './views.ts';

/** DNS subdomain of at most 63 characters (flux.md a.1). */
const NAME = /^[a-z0-9]([-.a-z0-9]{0,61}[a-z0-9])?$/;

/** Creates or replaces; secrets that are not sent again are lost, as in Azure. */
export function putConfiguration(cloud: Cloud, request: ArmRequest): ArmResponse {
  requireRegistration(subscriptionOf(cloud, request));
  const cluster = clusterOf(cloud, request);
  const name = param(request, 'name');
  if (!NAME.test(name)) throw validationFailed(`The name '${name}' is not a DNS subdomain of at most 63 characters.`);
  const { properties, protectedSettings } = parseBody(request);
  const spec = parseFluxSpec(properties, request.apiVersion);
  const existing = cluster.configurations.get(name.toLowerCase());
  if (existing !== undefined) {
    refuseWhileDeleting(existing);
    requireSameScope(existing.spec, spec);
  }
  const configuration = existing ?? newConfiguration(cloud, cluster, name, spec, stampedBy(cloud, request));
  cluster.configurations.set(name.toLowerCase(), configuration);
  keepSecrets(configuration, protectedSettings ?? {});
  write(cloud, request, cluster, configuration, spec, 'Creating');
  return accepted(existing === undefined ? 201 : 200, request, cluster, configuration);
}

/** JSON merge patch; `kustomizations.x: null` removes x. 200 without an operation when nothing changes. */
export function patchConfiguration(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const configuration = find(cluster, param(request, 'name'));
  refuseWhileDeleting(configuration);
  const { properties, protectedSettings } = parseBody(request);
  requireSourceInPatch(properties, configuration.spec);
  const merged = mergePatch(configuration.spec, withoutWait(properties));
  const spec = parseFluxSpec(isJsonObject(merged) ? merged : {}, request.apiVersion);
  requireSameScope(configuration.spec, spec);
  const isSame = JSON.stringify(spec) === JSON.stringify(configuration.spec);
  if (isSame && protectedSettings === undefined) {
    return { status: 200, body: configurationView(cluster, configuration, 'get', request.apiVersion) };
  }
  if (protectedSettings !== undefined) keepSecrets(configuration, protectedSettings);
  write(cloud, request, cluster, configuration, spec, 'Updating');
  return accepted(202, request, cluster, configuration);
}

export function getConfiguration(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const configuration = find(cluster, param(request, 'name'));
  return { status: 200, body: configurationView(cluster, configuration, 'get', request.apiVersion) };
}

export function listConfigurations(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  return page(request, [...cluster.configurations.values()], (each) =>
    configurationView(cluster, each, 'list', request.apiVersion),
  );
}

/** `forceDelete=true` removes the resource at once and without the agent; otherwise an operation does. */
export function deleteConfiguration(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const configuration = cluster.configurations.get(param(request, 'name').toLowerCase());
  if (configuration === undefined) return { status: 204 };
  if (request.query.get('forceDelete')?.toLowerCase() === 'true') {
    cloud.agent.removed(cluster, configuration);
    noteWrite(cloud, cluster);
    return { status: 200 };
  }
  if (configuration.provisioningState !== 'Deleting') {
    beginOperation(cloud, cluster, configuration, 'Deleting');
    cloud.agent.deleted(cluster, configuration);
  }
  const { operation } = configuration;
  if (operation === undefined) throw new Error(`configuration ${configuration.name} is deleted without an operation`);
  return { status: 202, headers: asyncHeaders(request, cluster, operation, 'fluxConfigurations') };
}

function write(
  cloud: Cloud,
  request: ArmRequest,
  cluster: Cluster,
  configuration: FluxConfiguration,
  spec: FluxSpec,
  state: 'Creating' | 'Updating',
): void {
  configuration.spec = spec;
  configuration.systemData = stampedBy(cloud, request, configuration.systemData);
  configuration.errorMessage = null;
  beginOperation(cloud, cluster, configuration, state);
  cloud.extensions.ensureFlux(cluster, configuration.systemData);
  cloud.agent.written(cluster, configuration);
}

function beginOperation(
  cloud: Cloud,
  cluster: Cluster,
  configuration: FluxConfiguration,
  state: 'Creating' | 'Updating' | 'Deleting',
): void {
  supersede(configuration.operation);
  const { subscriptionId, resourceGroup, type, name } = cluster;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const parent = `${group}/providers/${type.provider}/${type.pathSegment}/${name}`;
  const target = `${parent}/providers/${CONFIGURATION_PROVIDER}/fluxConfigurations/${configuration.name}`;
  configuration.operation = cloud.fleet.operations.start(target, state);
  configuration.provisioningState = state;
  configuration.generation++;
  configuration.isAccepted = false;
  noteWrite(cloud, cluster);
}

function accepted(
  status: number,
  request: ArmRequest,
  cluster: Cluster,
  configuration: FluxConfiguration,
): ArmResponse {
  const { operation } = configuration;
  if (operation === undefined) throw new Error(`configuration ${configuration.name} was written without an operation`);
  const headers = asyncHeaders(request, cluster, operation, 'fluxConfigurations');
  return { status, headers, body: configurationView(cluster, configuration, 'get', request.apiVersion) };
}

/** Protected settings are replaced as a whole. */
function keepSecrets(configuration: FluxConfiguration, values: Readonly<Record<string, string>>): void {
  configuration.protectedSettings = Object.keys(values);
  configuration.protectedValues = values;
}

function newConfiguration(
  cloud: Cloud,
  cluster: Cluster,
  name: string,
  spec: FluxSpec,
  systemData: FluxConfiguration['systemData'],
): FluxConfiguration {
  return {
    name,
    spec,
    protectedSettings: [],
    protectedValues: {},
    generatedPublicKey: generatedPublicKey(cloud.fleet.seed, `${cluster.id}/${name}`),
    systemData,
    provisioningState: 'Creating',
    errorMessage: null,
    status: {
      complianceState: null,
      objects: [],
      sourceSyncedCommitId: null,
      sourceUpdatedAt: null,
      statusUpdatedAt: null,
    },
    generation: 0,
    isAccepted: false,
    operation: undefined,
  };
}

interface ParsedBody {
  readonly properties: JsonObject;
  readonly protectedSettings: Readonly<Record<string, string>> | undefined;
}

/** PATCH has no fields for the wait (flux.md d); the ones of the last PUT go on. */
function withoutWait(properties: JsonObject): JsonObject {
  const { waitForReconciliation: _, reconciliationWaitDuration: __, ...known } = properties;
  return known;
}

function parseBody({ body, apiVersion }: ArmRequest): ParsedBody {
  const parsed = fluxBody.safeParse(body);
  if (!parsed.success) throw validationFailed(firstIssue(parsed.error));
  const { configurationProtectedSettings, ...properties } = parsed.data.properties;
  return { properties: readAs(apiVersion, properties), protectedSettings: configurationProtectedSettings ?? undefined };
}

function find(cluster: Cluster, name: string): FluxConfiguration {
  const found = cluster.configurations.get(name.toLowerCase());
  if (found === undefined) throw resourceNotFound('fluxConfigurations', name);
  return found;
}

/** A deletion that runs is the only flux operation that refuses a write: Azure queues the others for the agent. */
function refuseWhileDeleting(configuration: FluxConfiguration): void {
  if (configuration.provisioningState !== 'Deleting') return;
  throw operationInProgress(`The configuration '${configuration.name}' is being deleted; try again when it is gone.`);
}
