import type { Cloud } from '../cloud.ts';
import { resourceNotFound } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import { clusterOf, page } from './lookup.ts';
import { sourceControlView } from './views.ts';

/** Flux v1 configurations: they can be found and removed, not made (the fleet option `fluxV1Clusters` seeds them). */
export function listSourceControl(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  return page(request, [...cluster.sourceControlConfigurations.values()], (each) => sourceControlView(cluster, each));
}

export function getSourceControl(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const name = param(request, 'name');
  const found = cluster.sourceControlConfigurations.get(name.toLowerCase());
  if (found === undefined) throw resourceNotFound('sourceControlConfigurations', name);
  return { status: 200, body: sourceControlView(cluster, found) };
}

/** Removed at once: the API gives no operation to follow, clients look again. */
export function deleteSourceControl(cloud: Cloud, request: ArmRequest): ArmResponse {
  const cluster = clusterOf(cloud, request);
  const key = param(request, 'name').toLowerCase();
  const found = cluster.sourceControlConfigurations.get(key);
  if (found === undefined) return { status: 204 };
  cluster.sourceControlConfigurations.delete(key);
  cloud.fleet.observer?.sourceControlRemoved(cluster, found.name);
  return { status: 200 };
}
