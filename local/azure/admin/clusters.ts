import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { FAILURE_KINDS, type Cluster } from '../fleet/cluster.ts';
import { setFailure, setState } from '../fleet/control.ts';
import { ArmError, resourceNotFound } from '../http/errors.ts';
import { parseAdmin } from './parse.ts';

const patch = z.strictObject({
  state: z.enum(['online', 'offline', 'stopped', 'deleted']).optional(),
  /** null repairs the cluster. */
  failure: z.enum(FAILURE_KINDS).nullable().optional(),
});

export function listClusters(cloud: Cloud): unknown {
  return { clusters: cloud.fleet.clusters.map(summary) };
}

/** `PATCH /admin/clusters/{name}` */
export function patchCluster(cloud: Cloud, body: unknown, name: string): unknown {
  const { state, failure } = parseAdmin(patch, body);
  const cluster = cloud.fleet.findByName(name);
  if (cluster === undefined) throw resourceNotFound('cluster', name);
  const refusal = state === undefined ? undefined : setState(cloud, cluster, state);
  if (refusal !== undefined) throw new ArmError(400, { code: 'InvalidAdminRequest', message: refusal });
  if (failure !== undefined) setFailure(cloud, cluster, failure ?? undefined);
  return summary(cluster);
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
    extensions: [...cluster.extensions.values()].map((each) => ({ name: each.name, state: each.provisioningState })),
    configurations: [...cluster.configurations.values()].map((each) => ({
      name: each.name,
      state: each.provisioningState,
      compliance: each.status.complianceState,
      revision: each.status.sourceSyncedCommitId,
    })),
  };
}
