import type { ArmJson } from '../../ports/arm.ts';
import { redacted } from './arm-redact.ts';
import { child, type WorldCluster, type WorldConfiguration, type WorldExtension } from './azure-cluster.ts';
import { sourceObjectKind } from './azure-source.ts';

/** How much of the Flux objects is shown: LIST leaves their conditions out (recorded traffic). */
export type Detail = 'get' | 'list';

/** The raw body of a `fluxConfigurations` resource (REST specification 2025-04-01). */
export function configurationJson(
  cluster: WorldCluster,
  configuration: WorldConfiguration,
  detail: Detail = 'get',
): ArmJson {
  const { name, properties, report, provisioningState } = configuration;
  return {
    ...envelope(cluster, 'fluxConfigurations', name),
    properties: {
      ...redacted(properties),
      repositoryPublicKey: repositoryPublicKey(properties),
      provisioningState,
      complianceState: complianceState(configuration),
      statuses: statuses(configuration).map((status) =>
        detail === 'get' ? status : { ...status, statusConditions: null },
      ),
      ...(report === undefined ? {} : { statusUpdatedAt: iso(report.at), sourceUpdatedAt: iso(report.at) }),
      ...(report?.commit === undefined ? {} : { sourceSyncedCommitId: report.commit }),
      // Only of provisioning: what a reconciliation lacks is told by the conditions of its objects.
      errorMessage: provisioningState === 'Failed' ? PROVISIONING_FAILURE : '',
    },
    systemData: systemData(configuration),
  };
}

/** The raw body of a `microsoft.flux` extension. */
export function extensionJson(cluster: WorldCluster, extension: WorldExtension): ArmJson {
  const { properties, provisioningState, currentVersion, failure } = extension;
  return {
    ...envelope(cluster, 'extensions', extension.name),
    properties: {
      ...redacted(properties),
      currentVersion: currentVersion ?? null,
      provisioningState,
      errorInfo: failure === undefined ? null : { code: 'ExtensionOperationFailed', message: failure },
    },
    systemData: systemData(extension),
  };
}

/** The raw body of a Flux v1 configuration. */
export function fluxV1Json(cluster: WorldCluster, name: string): ArmJson {
  const properties = {
    repositoryUrl: 'https://git.example/flux-v1',
    operatorType: 'Flux',
    provisioningState: 'Succeeded',
  };
  return { ...envelope(cluster, 'sourceControlConfigurations', name), properties };
}

const PROVIDER = 'Microsoft.KubernetesConfiguration';

function envelope(cluster: WorldCluster, kind: string, name: string): ArmJson {
  return { id: `${cluster.id}/providers/${PROVIDER}/${kind}/${name}`, name, type: `${PROVIDER}/${kind}` };
}

function systemData({ createdAt, modifiedAt }: { readonly createdAt: number; readonly modifiedAt: number }): ArmJson {
  return { createdAt: iso(createdAt), lastModifiedAt: iso(modifiedAt) };
}

const PROVISIONING_FAILURE = 'The agent refused the configuration.';
const FAILURE_MESSAGE = 'kustomize build failed: accumulating resources: path not found';

/** What Azure calls the state: `Pending` until the agent has reported. */
export function complianceState({ report }: WorldConfiguration): string {
  if (report === undefined) return 'Pending';
  if (report.suspended) return 'Suspended';
  return report.compliant ? 'Compliant' : 'Non-Compliant';
}

/** The Flux objects of a configuration: its source, and one object per kustomization. A source never fetched has none. */
function statuses(configuration: WorldConfiguration): ArmJson[] {
  const { report, name, properties } = configuration;
  if (report?.commit === undefined) return [];
  const namespace = typeof properties['namespace'] === 'string' ? properties['namespace'] : 'default';
  const kustomizations = Object.keys(child(properties, 'kustomizations'));
  const objects = [
    { kind: sourceObjectKind(properties), name, compliant: true },
    ...kustomizations.map((key) => ({ kind: 'Kustomization', name: `${name}-${key}`, compliant: report.compliant })),
  ];
  return objects.map((object) => ({
    name: object.name,
    namespace,
    kind: object.kind,
    complianceState: report.suspended ? 'Suspended' : object.compliant ? 'Compliant' : 'Non-Compliant',
    statusConditions: [
      {
        type: 'Ready',
        status: object.compliant ? 'True' : 'False',
        reason: object.compliant ? 'ReconciliationSucceeded' : 'BuildFailed',
        message: object.compliant ? 'Applied revision' : FAILURE_MESSAGE,
        lastTransitionTime: iso(report.since),
      },
    ],
  }));
}

/** An SSH source without a key of its own gets a key pair; its public half is shown. */
function repositoryPublicKey(properties: ArmJson): string {
  const { url, localAuthRef } = child(properties, 'gitRepository');
  const isSsh = typeof url === 'string' && /^(ssh:\/\/|git@)/.test(url);
  const hasKey = 'sshPrivateKey' in child(properties, 'configurationProtectedSettings');
  return isSsh && !hasKey && typeof localAuthRef !== 'string' ? `ssh-rsa public-key-of-${url}` : '';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
