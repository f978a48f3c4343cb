import type { Cloud } from '../cloud.ts';
import type { Cluster, Extension } from '../fleet/cluster.ts';
import { isRunning } from '../fleet/operations.ts';
import { ArmError, operationInProgress, resourceNotFound, validationFailed } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import { MANAGED } from '../ids.ts';
import { isJsonObject, mergePatch, type JsonObject } from '../json.ts';
import { noteWrite } from '../policy/schedule.ts';
import { extensionBody, extensionSpec, type ExtensionSpec } from './extension-schema.ts';
import { firstIssue } from './flux-validate.ts';
import { clusterOf, page, requireRegistration, stampedBy, subscriptionOf } from './lookup.ts';
import { asyncHeaders } from './operations.ts';
import { extensionView } from './views.ts';

/** What AKS and Arc really send as the body of a forced delete: a serialised .NET answer, to be ignored (flux.md b.4). */
const FORCED_DELETE_BODY = {
  Version: '1.1',
  Content: { Headers: [] },
  StatusCode: 200,
  ReasonPhrase: 'OK',
  Headers: [],
  TrailingHeaders: [],
  RequestMessage: null,
  IsSuccessStatusCode: true,
};

export function putExtension(cloud: Cloud, request: ArmRequest): ArmResponse {
  requireRegistration(subscriptionOf(cloud, request));
  const cluster = clusterOf(cloud, request);
  const { properties, protectedSettings, hasIdentity } = parseBody(request.body);
  refuseIdentityOnAks(cluster, hasIdentity);
  const spec = parseSpec(cluster, properties);
  refuseWhileBusy(cluster);
  const name = param(request, 'name');
  const existing = cluster.extensions.get(name.toLowerCase());
  const systemData = stampedBy(cloud, request, existing?.systemData);
  if (existing !== undefined) requireSameType(existing, spec);
  const extension = existing ?? cloud.extensions.create(cluster, name, spec, systemData);
  apply(extension, spec, systemData);
  extension.protectedSettings = Object.keys(protectedSettings ?? {});
  cloud.extensions.install(cluster, extension, 'Creating');
  return accepted(existing === undefined ? 201 : 200, cloud, request, cluster, extension);
}

/** Plain settings are merged, protected ones replaced as a whole (flux.md b.6). */
export function patchExtension(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const extension = find(cluster, param(request, 'name'));
  const { properties, protectedSettings } = parseBody(request.body);
  const merged = mergePatch(extension.spec, withUpgradeRule(properties));
  const spec = parseSpec(cluster, isJsonObject(merged) ? merged : {});
  requireSameType(extension, spec);
  const isSame = JSON.stringify(spec) === JSON.stringify(extension.spec) && protectedSettings === undefined;
  if (isSame) return { status: 200, body: extensionView(cluster, extension, cloud.fleet.tenantId) };
  refuseWhileBusy(cluster);
  apply(extension, spec, stampedBy(cloud, request, extension.systemData));
  if (protectedSettings !== undefined) extension.protectedSettings = Object.keys(protectedSettings);
  cloud.extensions.install(cluster, extension, 'Updating');
  return accepted(202, cloud, request, cluster, extension);
}

export function getExtension(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const extension = find(cluster, param(request, 'name'));
  return { status: 200, body: extensionView(cluster, extension, cloud.fleet.tenantId) };
}

export function listExtensions(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const { tenantId } = cloud.fleet;
  return page(request, [...cluster.extensions.values()], (each) => extensionView(cluster, each, tenantId));
}

export function deleteExtension(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const extension = cluster.extensions.get(param(request, 'name').toLowerCase());
  if (extension === undefined) return { status: 204 };
  if (request.query.get('forceDelete')?.toLowerCase() === 'true') {
    cloud.extensions.removed(cluster, extension);
    noteWrite(cloud, cluster);
    return { status: 200, body: FORCED_DELETE_BODY };
  }
  if (extension.provisioningState !== 'Deleting') {
    refuseWhileBusy(cluster);
    cloud.extensions.uninstall(cluster, extension);
    noteWrite(cloud, cluster);
  }
  return { status: 202, headers: asyncHeaders(request, cluster, operationOf(extension), 'extensions') };
}

function apply(extension: Extension, spec: ExtensionSpec, systemData: Extension['systemData']): void {
  extension.spec = spec;
  extension.systemData = systemData;
}

function accepted(
  status: number,
  cloud: Cloud,
  request: ArmRequest,
  cluster: Cluster,
  extension: Extension,
): ArmResponse {
  noteWrite(cloud, cluster);
  const headers = asyncHeaders(request, cluster, operationOf(extension), 'extensions');
  return { status, headers, body: extensionView(cluster, extension, cloud.fleet.tenantId) };
}

function operationOf(extension: Extension): NonNullable<Extension['operation']> {
  if (extension.operation === undefined) throw new Error(`extension ${extension.name} has no operation`);
  return extension.operation;
}

function parseBody(body: unknown): {
  properties: JsonObject;
  protectedSettings: JsonObject | undefined;
  hasIdentity: boolean;
} {
  const parsed = extensionBody.safeParse(body);
  if (!parsed.success) throw validationFailed(firstIssue(parsed.error));
  const { configurationProtectedSettings, ...properties } = parsed.data.properties;
  const hasIdentity = parsed.data.identity !== undefined && parsed.data.identity !== null;
  return { properties, protectedSettings: configurationProtectedSettings ?? undefined, hasIdentity };
}

/** A version ends automatic upgrades and the other way round, unless a body asks for both, which is refused. */
function withUpgradeRule(properties: JsonObject): JsonObject {
  const { version, autoUpgradeMinorVersion } = properties;
  if (typeof version === 'string' && autoUpgradeMinorVersion === undefined) {
    return { ...properties, autoUpgradeMinorVersion: false };
  }
  if (autoUpgradeMinorVersion === true && version === undefined) return { ...properties, version: null };
  return properties;
}

function parseSpec(cluster: Cluster, properties: JsonObject): ExtensionSpec {
  const parsed = extensionSpec.safeParse(properties);
  if (!parsed.success) throw validationFailed(firstIssue(parsed.error));
  const spec = parsed.data;
  if (spec.version !== null && spec.autoUpgradeMinorVersion === true) {
    throw validationFailed("'version' cannot be given together with 'autoUpgradeMinorVersion: true'.");
  }
  if (spec.extensionType === 'microsoft.flux' && spec.scope.namespace !== undefined && spec.scope.namespace !== null) {
    throw validationFailed('microsoft.flux can be installed at cluster scope only.');
  }
  const usesKubelet = spec.configurationSettings['useKubeletIdentity']?.toLowerCase() === 'true';
  if (usesKubelet && cluster.type !== MANAGED) {
    throw validationFailed("The setting 'useKubeletIdentity' can be used on AKS clusters only.");
  }
  return spec;
}

/** AKS refuses an identity in the body (Azure/azure-powershell issue 22455). */
function refuseIdentityOnAks(cluster: Cluster, hasIdentity: boolean): void {
  if (cluster.type !== MANAGED || !hasIdentity) return;
  const message = 'Failed to perform resource identity operation. The identity is not allowed for managed clusters.';
  throw new ArmError(400, { code: 'BadRequest', message });
}

function requireSameType(extension: Extension, spec: ExtensionSpec): void {
  if (extension.spec.extensionType === spec.extensionType) return;
  throw validationFailed(`The extensionType of '${extension.name}' cannot be changed.`);
}

/** Two extension operations on one cluster at once are refused (Azure/AKS-Construction issue 385). */
function refuseWhileBusy(cluster: Cluster): void {
  for (const extension of cluster.extensions.values()) {
    if (!isRunning(extension.operation)) continue;
    throw operationInProgress(`Another operation is in progress on the extension '${extension.name}' of the cluster.`);
  }
}

function find(cluster: Cluster, name: string): Extension {
  const found = cluster.extensions.get(name.toLowerCase());
  if (found === undefined) throw resourceNotFound('extensions', name);
  return found;
}
