import { ArmError, invalidResourceType, resourceNotFound } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import { clusterId, clusterTypeOf, type ClusterType } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Cloud } from '../cloud.ts';
import type { Cluster, SystemData } from '../fleet/cluster.ts';
import type { Subscription } from '../fleet/fleet.ts';

/** Rows per page of a LIST; the rest follows behind `nextLink`. */
const PAGE_SIZE = 500;

/** The subscription of the path. @throws ArmError 404 */
export function subscriptionOf(cloud: Cloud, request: ArmRequest): Subscription {
  const id = param(request, 'subscriptionId');
  const found = cloud.fleet.findSubscription(id);
  if (found !== undefined) return found;
  throw new ArmError(404, { code: 'SubscriptionNotFound', message: `The subscription '${id}' could not be found.` });
}

/** The cluster type of the path. @throws ArmError 404 `InvalidResourceType`, as the ARM gateway answers */
export function typeOf(request: ArmRequest): ClusterType {
  const provider = param(request, 'clusterRp');
  const segment = param(request, 'clusterResourceName');
  const type = clusterTypeOf(provider, segment);
  if (type === undefined) throw invalidResourceType(`${provider}/${segment}`);
  return type;
}

/** The cluster of the path. @throws ArmError 404 `ResourceNotFound`, the same code as for a missing configuration */
export function clusterOf(cloud: Cloud, request: ArmRequest): Cluster {
  const type = typeOf(request);
  const { id: subscriptionId } = subscriptionOf(cloud, request);
  const name = param(request, 'clusterName');
  const cluster = cloud.fleet.find(clusterId(subscriptionId, param(request, 'resourceGroup'), type, name));
  // AKS ids are kept with `resourcegroups`; keys have no case, so both spellings of the path lead here.
  if (cluster === undefined) throw resourceNotFound(type.segment, name);
  return cluster;
}

/** @throws ArmError 409 when the configuration provider is not registered in the subscription */
export function requireRegistration(subscription: Subscription): void {
  const state = subscription.registrations.get('microsoft.kubernetesconfiguration');
  if (state === undefined) return;
  throw new ArmError(409, {
    code: 'MissingSubscriptionRegistration',
    message: "The subscription is not registered to use namespace 'Microsoft.KubernetesConfiguration'.",
  });
}

/** `systemData` after a write: the creator stays, the modifier is who wrote now. */
export function stampedBy(cloud: Cloud, request: ArmRequest, before?: SystemData): SystemData {
  const { id, type } = request.principal;
  const at = cloud.fleet.nowIso;
  const created = before ?? { createdBy: id, createdByType: type, createdAt: at };
  const { createdBy, createdByType, createdAt } = created;
  return { createdBy, createdByType, createdAt, lastModifiedBy: id, lastModifiedByType: type, lastModifiedAt: at };
}

/** One page of a LIST. */
export function page<T>(
  request: ArmRequest,
  items: readonly T[],
  view: (item: T) => JsonObject,
  size = PAGE_SIZE,
): ArmResponse {
  const offset = Number(request.query.get('$skiptoken') ?? 0) || 0;
  const value = items.slice(offset, offset + size).map(view);
  const next = offset + size;
  const nextLink = next < items.length ? `${request.origin}${request.path}?${nextQuery(request, next)}` : null;
  return { status: 200, body: { value, nextLink } };
}

function nextQuery(request: ArmRequest, offset: number): string {
  const kept = new URLSearchParams({ 'api-version': request.apiVersion });
  for (const name of ['$filter', '$select']) {
    const value = request.query.get(name);
    if (value !== null) kept.set(name, value);
  }
  kept.set('$skiptoken', String(offset));
  return kept.toString();
}
