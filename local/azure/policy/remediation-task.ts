import type { Cluster, SystemData } from '../fleet/cluster.ts';
import type { ErrorDetail } from '../http/errors.ts';
import type { Member } from './assignment.ts';

/** What a remediation task was asked for; nothing of it can be changed once it started. */
export interface RemediationSettings {
  readonly policyAssignmentId: string;
  readonly policyDefinitionReferenceId?: string | undefined;
  readonly resourceDiscoveryMode: 'ExistingNonCompliant' | 'ReEvaluateCompliance';
  readonly filters?: { readonly locations?: readonly string[]; readonly resourceIds?: readonly string[] } | undefined;
  readonly resourceCount: number;
  readonly parallelDeployments: number;
  /** 0 to 1; absent: any number of failures is put up with. */
  readonly failureThreshold?: { readonly percentage: number } | undefined;
}

/** One deployment of a task: one cluster. */
export interface RemediationDeployment {
  readonly cluster: Cluster;
  readonly id: string;
  status: 'Running' | 'Succeeded' | 'Failed';
  error: ErrorDetail | undefined;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

/**
 * A remediation task. Accepted → Evaluating → Succeeded, or Complete when some deployments failed, or Failed when more did than
 * the threshold allows; Cancelling → Canceled.
 */
export interface RemediationTask {
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly member: Member;
  readonly settings: RemediationSettings;
  readonly correlationId: string;
  readonly systemData: SystemData;
  readonly createdAtMs: number;
  updatedAtMs: number;
  state: 'Accepted' | 'Evaluating' | 'Succeeded' | 'Complete' | 'Failed' | 'Cancelling' | 'Canceled';
  /** Clusters that are still to be deployed to. */
  readonly queue: Cluster[];
  total: number;
  running: number;
  successful: number;
  failed: number;
  readonly deployments: RemediationDeployment[];
}
