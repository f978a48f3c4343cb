import type { Cloud } from '../cloud.ts';
import { resourceNotFound } from '../http/errors.ts';

/** `GET /admin/objects/{cluster}`: what is in the cluster, by kustomization, orphans included. */
export function listObjects(cloud: Cloud, _body: unknown, name: string): unknown {
  const cluster = cloud.fleet.findByName(name);
  if (cluster === undefined) throw resourceNotFound('cluster', name);
  return { kustomizations: [...cluster.inventory.values()] };
}
