import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import type { ArmRequest, ArmResponse } from '../http/exchange.ts';
import { clusterOf, page, subscriptionOf, typeOf } from './lookup.ts';
import { clusterView } from './views.ts';

export function getCluster(cloud: Cloud, request: ArmRequest): ArmResponse {
  return { status: 200, body: clusterView(clusterOf(cloud, request), cloud.fleet.tenantId, cloud.clock.now()) };
}

/** By subscription, or by resource group when the path names one. */
export function listClusters(cloud: Cloud, request: ArmRequest): ArmResponse {
  const type = typeOf(request);
  const { id } = subscriptionOf(cloud, request);
  const group = request.params['resourceGroup']?.toLowerCase();
  const matches = (cluster: Cluster): boolean =>
    cluster.type === type &&
    cluster.subscriptionId === id &&
    (group === undefined || cluster.resourceGroup.toLowerCase() === group);
  const nowMs = cloud.clock.now();
  return page(request, cloud.fleet.clusters.filter(matches), (each) => clusterView(each, cloud.fleet.tenantId, nowMs));
}

export function listSubscriptions(cloud: Cloud, request: ArmRequest): ArmResponse {
  return page(request, cloud.fleet.subscriptions, ({ id, displayName }) => subscriptionView(cloud, id, displayName));
}

export function getSubscription(cloud: Cloud, request: ArmRequest): ArmResponse {
  const { id, displayName } = subscriptionOf(cloud, request);
  return { status: 200, body: subscriptionView(cloud, id, displayName) };
}

function subscriptionView(cloud: Cloud, id: string, displayName: string): Record<string, unknown> {
  return {
    id: `/subscriptions/${id}`,
    subscriptionId: id,
    tenantId: cloud.fleet.tenantId,
    displayName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'EnterpriseAgreement_2014-09-01',
      spendingLimit: 'Off',
    },
    authorizationSource: 'RoleBased',
    managedByTenants: [],
  };
}
