import type { ArmJson } from '../../ports/arm.ts';
import { child, type WorldCluster, type WorldConfiguration, type WorldExtension } from './azure-cluster.ts';

const PROVIDER = 'Microsoft.KubernetesConfiguration';

/** The raw body of a `fluxConfigurations` resource, as a GET shows it (REST specification 2025-04-01). */
export function configurationJson(cluster: WorldCluster, configuration: WorldConfiguration): ArmJson {
  const { name, properties, report, provisioningState, createdAt, modifiedAt } = configuration;
  return {
    id: `${cluster.id}/providers/${PROVIDER}/fluxConfigurations/${name}`,
    name,
    type: `${PROVIDER}/fluxConfigurations`,
    properties: {
      ...properties,
      provisioningState,
      complianceState: complianceState(configuration),
      statuses: statuses(configuration),
      ...(report === undefined ? {} : { statusUpdatedAt: iso(report.at), sourceUpdatedAt: iso(report.at) }),
      ...(report?.commit === undefined ? {} : { sourceSyncedCommitId: report.commit }),
      ...(report?.compliant === false ? { errorMessage: FAILURE_MESSAGE } : {}),
    },
    systemData: { createdAt: iso(createdAt), lastModifiedAt: iso(modifiedAt) },
  };
}

/** The raw body of a `microsoft.flux` extension. */
export function extensionJson(cluster: WorldCluster, extension: WorldExtension): ArmJson {
  return {
    id: `${cluster.id}/providers/${PROVIDER}/extensions/${extension.name}`,
    name: extension.name,
    type: `${PROVIDER}/extensions`,
    properties: {
      extensionType: 'microsoft.flux',
      autoUpgradeMinorVersion: true,
      releaseTrain: 'Stable',
      scope: { cluster: { releaseNamespace: 'flux-system' } },
      currentVersion: '1.21.0',
      provisioningState: extension.provisioningState,
      ...(extension.provisioningState === 'Failed'
        ? {
            errorInfo: {
              code: 'ExtensionOperationFailed',
              message: 'release flux failed: timed out waiting for the condition',
            },
          }
        : {}),
    },
  };
}

const FAILURE_MESSAGE = 'kustomize build failed: accumulating resources: path not found';

/** What Azure calls the state: `Pending` until the agent has reported. */
export function complianceState({ report }: WorldConfiguration): string {
  if (report === undefined) return 'Pending';
  return report.compliant ? 'Compliant' : 'Non-Compliant';
}

/** The Flux objects of a configuration: its source, and one object per kustomization. */
function statuses(configuration: WorldConfiguration): ArmJson[] {
  const { report, name, properties } = configuration;
  if (report === undefined) return [];
  const namespace = typeof properties['namespace'] === 'string' ? properties['namespace'] : 'default';
  const kustomizations = Object.keys(child(properties, 'kustomizations'));
  const objects = [
    { kind: 'GitRepository', name, compliant: true },
    ...kustomizations.map((key) => ({ kind: 'Kustomization', name: `${name}-${key}`, compliant: report.compliant })),
  ];
  return objects.map((object) => ({
    name: object.name,
    namespace,
    kind: object.kind,
    complianceState: object.compliant ? 'Compliant' : 'Non-Compliant',
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

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
