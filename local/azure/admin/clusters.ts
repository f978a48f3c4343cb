import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { FAILURE_KINDS, fluxExtension, type Cluster } from '../fleet/cluster.ts';
import { setFailure, setState } from '../fleet/control.ts';
import { ArmError, resourceNotFound } from '../http/errors.ts';
import { MANAGED } from '../ids.ts';
import { parseAdmin } from './parse.ts';

const patch = z.strictObject({
  state: z.enum(['online', 'offline', 'stopped', 'deleted']).optional(),
  /** null repairs the cluster. */
  failure: z.enum(FAILURE_KINDS).nullable().optional(),
  /** Arc: since when its agents are silent, for `lastConnectivityTime`; goes with `state: offline`. */
  offlineSince: z.iso.datetime().optional(),
  /** ServicePrincipal: AKS only. */
  identityType: z.enum(['SystemAssigned', 'UserAssigned', 'ServicePrincipal']).optional(),
  /** Arc only. */
  distribution: z.string().min(1).optional(),
  /** State of the cluster resource itself. */
  provisioningState: z.enum(['Succeeded', 'Failed', 'Updating', 'Deleting']).optional(),
  /** Version that the Flux extension of the cluster runs, whether it is offered or not. */
  extensionVersion: z.string().min(1).optional(),
});
type Patch = z.infer<typeof patch>;

export function listClusters(cloud: Cloud): unknown {
  return { clusters: cloud.fleet.clusters.map(summary) };
}

/** `PATCH /admin/clusters/{name}` */
export function patchCluster(cloud: Cloud, body: unknown, name: string): unknown {
  const wanted = parseAdmin(patch, body);
  const cluster = cloud.fleet.findByName(name);
  if (cluster === undefined) throw resourceNotFound('cluster', name);
  refuseUnfit(cluster, wanted);
  applyFacts(cloud, cluster, wanted);
  const { state, offlineSince, failure } = wanted;
  if (state !== undefined) {
    const refusal = setState(cloud, cluster, state, offlineSince === undefined ? undefined : Date.parse(offlineSince));
    if (refusal !== undefined) throw invalid(refusal);
  }
  if (failure !== undefined) setFailure(cloud, cluster, failure ?? undefined);
  return summary(cluster);
}

function refuseUnfit(cluster: Cluster, wanted: Patch): void {
  const isAks = cluster.type === MANAGED;
  if (wanted.offlineSince !== undefined && wanted.state !== 'offline')
    throw invalid('offlineSince needs state: offline.');
  if (wanted.identityType === 'ServicePrincipal' && !isAks) throw invalid('Only AKS runs as a service principal.');
  if (wanted.distribution !== undefined && isAks) throw invalid('AKS does not show a distribution.');
  if (wanted.extensionVersion !== undefined && fluxExtension(cluster) === undefined) {
    throw invalid('The cluster has no Flux extension.');
  }
}

/** What the cluster and its extension show from now on; nothing in the cluster happens because of it. */
function applyFacts({ fleet }: Cloud, cluster: Cluster, wanted: Patch): void {
  const { identityType, distribution, provisioningState, extensionVersion } = wanted;
  if (identityType !== undefined) {
    cluster.identityType = identityType === 'ServicePrincipal' ? undefined : identityType;
  }
  cluster.distribution = distribution ?? cluster.distribution;
  cluster.provisioningState = provisioningState ?? cluster.provisioningState;
  fleet.observer?.clusterChanged(cluster);
  const extension = fluxExtension(cluster);
  if (extensionVersion === undefined || extension === undefined) return;
  extension.currentVersion = extensionVersion;
  fleet.observer?.extensionChanged(cluster, extension);
}

function invalid(message: string): ArmError {
  return new ArmError(400, { code: 'InvalidAdminRequest', message });
}

function summary(cluster: Cluster): unknown {
  const { id, name, tags, location, failure } = cluster;
  const silent = cluster.stopped ? 'stopped' : cluster.offlineSinceMs === undefined ? 'online' : 'offline';
  return {
    name,
    id,
    tags,
    location,
    state: cluster.deleted ? 'deleted' : silent,
    failure: failure ?? null,
    extensions: [...cluster.extensions.values()].map((each) => ({
      name: each.name,
      state: each.provisioningState,
      version: each.currentVersion,
    })),
    configurations: [...cluster.configurations.values()].map((each) => ({
      name: each.name,
      state: each.provisioningState,
      compliance: each.status.complianceState,
      revision: each.status.sourceSyncedCommitId,
    })),
  };
}
