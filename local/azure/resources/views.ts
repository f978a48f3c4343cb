import { CONFIGURATION_PROVIDER, MANAGED } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import {
  connectivityStatus,
  usesGeneratedKey,
  type Cluster,
  type Extension,
  type FluxConfiguration,
} from '../fleet/cluster.ts';
import type { SourceControlConfiguration } from '../fleet/cluster.ts';
import { shownAs } from './flux-versions.ts';
import { emptied, withoutBlobSecrets, withoutOciSecrets } from './secrets.ts';

/** How much of `statuses[]` is shown: LIST leaves the conditions out (recorded traffic, flux.md e). */
export type Detail = 'get' | 'list';

/** A configuration as ARM answers it in one api-version. */
export function configurationView(
  cluster: Cluster,
  configuration: FluxConfiguration,
  detail: Detail,
  apiVersion: string,
): JsonObject {
  const { name, systemData } = configuration;
  const properties = shownAs(apiVersion, configurationProperties(configuration, detail));
  return { ...envelope(cluster, 'fluxConfigurations', name), systemData, properties };
}

/** `properties` of a configuration; secrets come back as empty strings under their names (flux.md b.6). */
export function configurationProperties(configuration: FluxConfiguration, detail: Detail): JsonObject {
  const { spec, status, protectedSettings } = configuration;
  return {
    scope: spec.scope,
    namespace: spec.namespace,
    sourceKind: spec.sourceKind,
    suspend: spec.suspend,
    gitRepository: spec.gitRepository,
    bucket: spec.bucket,
    azureBlob: withoutBlobSecrets(spec.azureBlob),
    ociRepository: withoutOciSecrets(spec.ociRepository),
    kustomizations: Object.fromEntries(
      Object.entries(spec.kustomizations).map(([name, kustomization]) => [name, { name, ...kustomization }]),
    ),
    configurationProtectedSettings: emptied(protectedSettings),
    statuses: status.objects.map((object) => (detail === 'get' ? object : { ...object, statusConditions: null })),
    repositoryPublicKey: repositoryPublicKey(configuration),
    sourceSyncedCommitId: status.sourceSyncedCommitId,
    sourceUpdatedAt: status.sourceUpdatedAt,
    statusUpdatedAt: status.statusUpdatedAt,
    waitForReconciliation: spec.waitForReconciliation ?? false,
    reconciliationWaitDuration: spec.reconciliationWaitDuration ?? null,
    complianceState: status.complianceState,
    provisioningState: configuration.provisioningState,
    errorMessage: configuration.errorMessage,
  };
}

/** An extension as ARM answers it. AKS has the identity inside the properties, Arc beside them. */
export function extensionView(cluster: Cluster, extension: Extension, tenantId: string): JsonObject {
  const identity = { type: 'SystemAssigned', principalId: cluster.principalId, tenantId };
  const isAks = cluster.type === MANAGED;
  const properties = { ...extensionProperties(extension), aksAssignedIdentity: isAks ? identity : null };
  return {
    ...envelope(cluster, 'extensions', extension.name),
    systemData: extension.systemData,
    identity: isAks ? null : identity,
    plan: null,
    properties,
  };
}

export function extensionProperties(extension: Extension): JsonObject {
  const { spec } = extension;
  return {
    extensionType: spec.extensionType,
    autoUpgradeMinorVersion: spec.autoUpgradeMinorVersion ?? spec.version === null,
    releaseTrain: spec.releaseTrain,
    version: spec.version,
    scope: spec.scope,
    configurationSettings: spec.configurationSettings,
    configurationProtectedSettings: emptied(extension.protectedSettings),
    provisioningState: extension.provisioningState,
    currentVersion: extension.currentVersion,
    statuses: extension.statuses,
    errorInfo: extension.errorInfo,
    customLocationSettings: null,
    packageUri: null,
    isSystemExtension: false,
  };
}

/** A Flux v1 configuration: only what clients look at before they remove it. */
export function sourceControlView(cluster: Cluster, configuration: SourceControlConfiguration): JsonObject {
  return {
    ...envelope(cluster, 'sourceControlConfigurations', configuration.name),
    systemData: configuration.systemData,
    properties: {
      repositoryUrl: configuration.repositoryUrl,
      operatorNamespace: 'default',
      operatorInstanceName: configuration.name,
      operatorType: 'Flux',
      operatorScope: 'cluster',
      enableHelmOperator: false,
      provisioningState: 'Succeeded',
      complianceStatus: { complianceState: 'Installed', messageLevel: 'Information' },
    },
  };
}

/** A cluster as its own provider answers it. */
export function clusterView(cluster: Cluster, tenantId: string, nowMs: number): JsonObject {
  return {
    id: cluster.id,
    name: cluster.name,
    type: `${cluster.type.provider}/${cluster.type.segment}`,
    location: cluster.location,
    tags: cluster.tags,
    systemData: cluster.systemData,
    ...identityOf(cluster, tenantId),
    properties: cluster.type === MANAGED ? managedProperties(cluster) : connectedProperties(cluster, nowMs),
  };
}

/** A cluster that runs as a service principal has no identity at all; `msi` stands for none of its own (AKS). */
function identityOf({ identityType, principalId, id }: Cluster, tenantId: string): JsonObject {
  if (identityType === undefined) return {};
  if (identityType === 'SystemAssigned') return { identity: { type: identityType, principalId, tenantId } };
  const group = id.split('/').slice(0, 5).join('/');
  const assigned = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/cluster`;
  return { identity: { type: identityType, userAssignedIdentities: { [assigned]: { principalId } } } };
}

function managedProperties(cluster: Cluster): JsonObject {
  return {
    provisioningState: cluster.provisioningState,
    servicePrincipalProfile: { clientId: cluster.identityType === undefined ? cluster.principalId : 'msi' },
    powerState: { code: cluster.stopped ? 'Stopped' : 'Running' },
    kubernetesVersion: cluster.kubernetesVersion,
    currentKubernetesVersion: cluster.kubernetesVersion,
    dnsPrefix: cluster.name,
    fqdn: `${cluster.name}.hcp.${cluster.location}.azmk8s.io`,
    nodeResourceGroup: `MC_${cluster.resourceGroup}_${cluster.name}_${cluster.location}`,
    enableRBAC: true,
    agentPoolProfiles: [{ name: 'system', count: 3, vmSize: 'Standard_D4s_v5', osType: 'Linux', mode: 'System' }],
  };
}

function connectedProperties(cluster: Cluster, nowMs: number): JsonObject {
  return {
    agentPublicKeyCertificate: '',
    provisioningState: cluster.provisioningState,
    connectivityStatus: connectivityStatus(cluster, nowMs),
    lastConnectivityTime: new Date(cluster.offlineSinceMs ?? nowMs).toISOString(),
    kubernetesVersion: cluster.kubernetesVersion,
    totalNodeCount: 3,
    totalCoreCount: 12,
    agentVersion: '1.28.2',
    distribution: cluster.distribution,
    infrastructure: 'generic',
    offering: '',
  };
}

function envelope(cluster: Cluster, kind: string, name: string): JsonObject {
  const type = `${CONFIGURATION_PROVIDER}/${kind}`;
  return { id: `${cluster.id}/providers/${type}/${name}`, name, type };
}

/** An SSH source without a key of its own gets a key pair; its public half is shown (flux.md a.2). */
function repositoryPublicKey(configuration: FluxConfiguration): string {
  return usesGeneratedKey(configuration) ? configuration.generatedPublicKey : '';
}
