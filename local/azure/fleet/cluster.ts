import type { ClusterType } from '../ids.ts';
import type { ErrorDetail } from '../http/errors.ts';
import type { FluxSpec } from '../resources/flux-schema.ts';
import type { ExtensionSpec } from '../resources/extension-schema.ts';
import type { Operation } from './operations.ts';

/**
 * What is wrong with a broken cluster; the names of Flux reasons are those of flux.md e. `ExtensionFailed` lets no installation
 * succeed, `ExtensionStuck` none until the extension is removed (by force or not).
 */
export const FAILURE_KINDS = [
  'GitOperationFailed',
  'BuildFailed',
  'HealthCheckFailed',
  'ReconciliationFailed',
  'ExtensionFailed',
  'ExtensionStuck',
  'HangsCreating',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export type ProvisioningState = 'Succeeded' | 'Failed' | 'Creating' | 'Updating' | 'Deleting';
export type ComplianceState = 'Compliant' | 'Non-Compliant' | 'Pending' | 'Suspended';

/** Who made and last changed a resource; ARM shows it on every resource. Times are ISO 8601. */
export interface SystemData {
  readonly createdBy: string;
  readonly createdByType: string;
  readonly createdAt: string;
  readonly lastModifiedBy: string;
  readonly lastModifiedByType: string;
  readonly lastModifiedAt: string;
}

/** One condition of a Flux object, as Kubernetes writes it. */
export interface StatusCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** One entry of `statuses[]`: the source, a kustomization, or an object that a kustomization applied. */
export interface FluxObject {
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  readonly complianceState: ComplianceState;
  readonly appliedBy: { readonly name: string; readonly namespace: string } | null;
  readonly statusConditions: readonly StatusCondition[];
  readonly helmReleaseProperties: Readonly<Record<string, unknown>> | null;
}

/** What the agent last told Azure; it stays as it is while the agent is silent. */
export interface FluxStatus {
  /** null until the first report. */
  readonly complianceState: ComplianceState | null;
  readonly objects: readonly FluxObject[];
  readonly sourceSyncedCommitId: string | null;
  readonly sourceUpdatedAt: string | null;
  readonly statusUpdatedAt: string | null;
}

export interface FluxConfiguration {
  readonly name: string;
  spec: FluxSpec;
  /** Names of the protected settings, as every answer shows them. */
  protectedSettings: readonly string[];
  /** Their values, base64 as sent: in memory only, to check them against `PUT /admin/sources`; nothing ever shows them. */
  protectedValues: Readonly<Record<string, string>>;
  /** Public half of the key pair that the cluster makes for an SSH source without a key of its own. */
  readonly generatedPublicKey: string;
  systemData: SystemData;
  provisioningState: ProvisioningState;
  /** null while Creating, empty afterwards, a text only when provisioning failed. */
  errorMessage: string | null;
  status: FluxStatus;
  /** Rises with every write, so that events of an older write know that they are void. */
  generation: number;
  /** The agent has fetched the last write. */
  isAccepted: boolean;
  operation: Operation | undefined;
}

export interface Extension {
  readonly name: string;
  spec: ExtensionSpec;
  protectedSettings: readonly string[];
  systemData: SystemData;
  provisioningState: ProvisioningState;
  currentVersion: string | null;
  errorInfo: ErrorDetail | null;
  statuses: readonly Readonly<Record<string, unknown>>[];
  operation: Operation | undefined;
}

/** A Flux v1 configuration left over from earlier times; it blocks the microsoft.flux extension. */
export interface SourceControlConfiguration {
  readonly name: string;
  readonly repositoryUrl: string;
  readonly systemData: SystemData;
}

/** What one kustomization has put into a cluster. */
export interface AppliedKustomization {
  readonly configuration: string;
  readonly kustomization: string;
  readonly path: string;
  /** Revision that was applied last. */
  readonly revision: string;
  /** Values that were put in for variables. */
  readonly substitute: Readonly<Record<string, string>>;
  /** `Kind/namespace/name`. */
  readonly objects: readonly string[];
  /** What removing the kustomization does: set with every write that the agent fetched. */
  readonly prune: boolean;
  readonly suspended: boolean;
  /** The kustomization is gone and left its objects behind. */
  readonly isOrphaned: boolean;
}

export interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly type: ClusterType;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  tags: Readonly<Record<string, string>>;
  readonly kubernetesVersion: string;
  readonly systemData: SystemData;
  readonly principalId: string;
  /** undefined: an AKS cluster that runs as a service principal, on which the Flux extension cannot work (flux.md b.5). */
  identityType: 'SystemAssigned' | 'UserAssigned' | undefined;
  /** Kubernetes distribution as Arc shows it, such as `k3s` or `openshift`; AKS clusters do not show theirs. */
  distribution: string;
  /** State of the cluster resource itself: `Succeeded`, `Failed`, `Updating` … */
  provisioningState: string;
  /** AKS: stopped by its owner. */
  stopped: boolean;
  /** Arc: since when its agents are silent (local milliseconds); undefined while they answer. */
  offlineSinceMs: number | undefined;
  /** The Flux agent in the cluster is dead: nothing is fetched or reported, though the cluster answers. */
  isAgentDead: boolean;
  deleted: boolean;
  failure: FailureKind | undefined;
  /** Keys are lower-case names. */
  readonly extensions: Map<string, Extension>;
  readonly configurations: Map<string, FluxConfiguration>;
  readonly sourceControlConfigurations: Map<string, SourceControlConfiguration>;
  /** What Flux has put into the cluster, by `configuration/kustomization`; it outlives them without `prune`. */
  readonly inventory: Map<string, AppliedKustomization>;
  /** Work of the agent that waits until the cluster answers again, newest per subject. */
  readonly parked: Map<string, () => void>;
}

/** Arc counts a cluster as offline after 15 minutes without a heartbeat (azure.md 2.5). */
const OFFLINE_AFTER_MS = 15 * 60 * 1000;

/** True while agents in the cluster can do anything. */
export function isReachable(cluster: Cluster): boolean {
  return !cluster.deleted && !cluster.stopped && cluster.offlineSinceMs === undefined;
}

/** Arc's view of the connection, which notices silence only after 15 minutes. */
export function connectivityStatus(cluster: Cluster, nowMs: number): 'Connected' | 'Offline' {
  const { offlineSinceMs } = cluster;
  return offlineSinceMs !== undefined && nowMs - offlineSinceMs >= OFFLINE_AFTER_MS ? 'Offline' : 'Connected';
}

/** The cluster's Flux extension: it is known by its type, whatever its name (flux.md b.2). */
export function fluxExtension(cluster: Cluster): Extension | undefined {
  for (const extension of cluster.extensions.values()) {
    if (extension.spec.extensionType === 'microsoft.flux') return extension;
  }
  return undefined;
}

/** True once the Flux agents run in the cluster: an update or a failed update leaves them there. */
export function hasFluxAgents(cluster: Cluster): boolean {
  const version = fluxExtension(cluster)?.currentVersion;
  return version !== undefined && version !== null;
}

/** True for an SSH source without a key of its own: the cluster makes a key pair for it (flux.md a.2). */
export function usesGeneratedKey({ spec, protectedSettings }: FluxConfiguration): boolean {
  const git = spec.gitRepository;
  const isSsh = git !== null && /^(ssh:\/\/|git@)/.test(git.url);
  return isSsh && git.localAuthRef === null && !protectedSettings.includes('sshPrivateKey');
}
