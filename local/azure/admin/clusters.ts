import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { FAILURE_KINDS, fluxExtension, type Cluster } from '../fleet/cluster.ts';
import { addClusterLike, setAgent, setFailure, setState } from '../fleet/control.ts';
import { ArmError, resourceNotFound } from '../http/errors.ts';
import { MANAGED } from '../ids.ts';
import { noteClusterWritten } from '../policy/deploy.ts';
import { parseAdmin } from './parse.ts';

const patch = z.strictObject({
  state: z.enum(['online', 'offline', 'stopped', 'deleted']).optional(),
  /** null repairs the cluster. */
  failure: z.enum(FAILURE_KINDS).nullable().optional(),
  /** The Flux agent: while it is dead, status stands still though the cluster is connected. */
  agent: z.enum(['alive', 'dead']).optional(),
  /** Merged into the tags, by the cluster's owner through ARM; null removes one. */
  tags: z.record(z.string(), z.string().nullable()).optional(),
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

const creation = z.strictObject({
  /** Name of the cluster that it is like: type, subscription, group, region, tags. */
  like: z.string().min(1),
});
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/;

export function listClusters(cloud: Cloud): unknown {
  return { clusters: cloud.fleet.clusters.map(summary) };
}

/** `PUT /admin/clusters/{name}`: a new cluster; policies deploy to it. */
export function putCluster(cloud: Cloud, body: unknown, name: string): unknown {
  const { like } = parseAdmin(creation, body);
  const sibling = cloud.fleet.findByName(like);
  if (sibling === undefined) throw resourceNotFound('cluster', like);
  if (!NAME.test(name)) throw invalid(`'${name}' is not a name of a cluster.`);
  if (cloud.fleet.findByName(name) !== undefined) throw invalid(`There is a cluster '${name}' already.`);
  const created = addClusterLike(cloud, sibling, name);
  noteClusterWritten(cloud, created);
  return summary(created);
}

/** `PATCH /admin/clusters/{name}` */
export function patchCluster(cloud: Cloud, body: unknown, name: string): unknown {
  const wanted = parseAdmin(patch, body);
  const cluster = cloud.fleet.findByName(name);
  if (cluster === undefined) throw resourceNotFound('cluster', name);
  refuseUnfit(cluster, wanted);
  applyFacts(cloud, cluster, wanted);
  const { state, offlineSince, failure, agent, tags } = wanted;
  if (state !== undefined) {
    const refusal = setState(cloud, cluster, state, offlineSince === undefined ? undefined : Date.parse(offlineSince));
    if (refusal !== undefined) throw invalid(refusal);
  }
  if (agent !== undefined) setAgent(cloud, cluster, agent === 'dead');
  if (tags !== undefined) writeTags(cloud, cluster, tags);
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

/** An update of the cluster itself, which Azure Policy acts on. */
function writeTags(cloud: Cloud, cluster: Cluster, tags: NonNullable<Patch['tags']>): void {
  const merged = Object.entries({ ...cluster.tags, ...tags });
  cluster.tags = Object.fromEntries(merged.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])));
  cloud.fleet.observer?.clusterChanged(cluster);
  noteClusterWritten(cloud, cluster);
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
    agent: cluster.isAgentDead ? 'dead' : 'alive',
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
