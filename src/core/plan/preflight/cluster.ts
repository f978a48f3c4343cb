import type { Cluster } from '../../../contracts/cluster.ts';
import { formatDuration } from '../../../contracts/duration.ts';
import type { RolloutRequest } from '../../../contracts/rollout-request.ts';
import { aksOptions, block, shellWord, warn, type Check, type Context, type Found } from './context.ts';

export const clusterChecks: readonly Check[] = [readiness, reachability, identity, previewType];

/** A cluster that is being made or deleted takes nothing; one whose last operation failed may well work. */
function readiness({ id, provisioningState }: Cluster): Found[] {
  if (provisioningState === undefined || provisioningState.toLowerCase() === 'succeeded') return [];
  switch (provisioningState.toLowerCase()) {
    case 'deleting':
      return [block('ClusterNotReady', `The cluster is being deleted. Exclude it: target.exclude.ids.`)];
    case 'creating':
      return [block('ClusterNotReady', `The cluster is still being created. Submit again when it is ready.`)];
    default: {
      const detail = `The cluster's own provisioning state is ${provisioningState}; writes to it may fail. Look with: az resource show --ids ${shellWord(id)}`;
      return [warn('ClusterNotReady', detail)];
    }
  }
}

/**
 * Azure holds what is written to a cluster out of reach for 48 hours (learn.microsoft.com, "GitOps with Flux v2: secrets and
 * disconnected clusters").
 */
function reachability(cluster: Cluster, { request }: Context): Found[] {
  if (!cluster.offline) return [];
  const consequence = policyText(request.target);
  if (cluster.type === 'managedClusters') {
    const detail = `The cluster is not running (${cluster.connectivity}). ${consequence} Start it with: az aks start ${aksOptions(cluster)}`;
    return [warn('ClusterStopped', detail)];
  }
  const since =
    cluster.lastConnectedAt === undefined
      ? 'for an unknown time'
      : `since ${new Date(cluster.lastConnectedAt).toISOString()}`;
  const detail = `The cluster's agents have not been heard of ${since} (${cluster.connectivity}). ${consequence} What is written to a cluster that stays away for more than 48 hours is given up by Azure: its secrets expire and the request fails.`;
  return [warn('ClusterOffline', detail)];
}

function policyText({ offline, deferFor }: RolloutRequest['target']): string {
  switch (offline) {
    case 'defer':
      return `The plan waits for it, for up to ${formatDuration(deferFor)} (target.offline: defer).`;
    case 'skip':
      return 'The plan skips it (target.offline: skip).';
    case 'fail':
      return 'The plan counts it as a failure (target.offline: fail).';
  }
}

/** On AKS clusters that run as a service principal the extension does not work. */
function identity(cluster: Cluster, { ensures }: Context): Found[] {
  const { type, identityType } = cluster;
  if (type !== 'managedClusters' || ensures === undefined) return [];
  if (identityType !== undefined && identityType.toLowerCase() !== 'none') return [];
  const detail = `The cluster runs as a service principal; the microsoft.flux extension needs a managed identity: az aks update ${aksOptions(cluster)} --enable-managed-identity`;
  return [block('NoManagedIdentity', detail)];
}

function previewType({ type }: Cluster): Found[] {
  if (type !== 'provisionedClusters') return [];
  const detail =
    'Flux on provisionedClusters (AKS hybrid) is a preview of Azure. Try the change on one such cluster first.';
  return [warn('TypePreview', detail)];
}
