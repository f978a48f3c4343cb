import type { Cluster } from '../fleet/cluster.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { idKey } from '../ids.ts';

const MANAGEMENT_GROUPS = '/providers/Microsoft.Management/managementGroups/';

/** The management groups above every subscription, innermost first: one for the fleet, and the root of the tenant. */
export function managementGroupsOf({ tenantId }: Fleet): readonly string[] {
  return ['fleet', tenantId];
}

/** The id of a scope without what no comparison may depend on: its case, and the slash at its end. */
export function scopeKey(scope: string): string {
  return idKey(scope).replace(/\/$/, '');
}

/** True when a management group, subscription, resource group or cluster of this id exists. */
export function isScope(fleet: Fleet, scope: string): boolean {
  const key = scopeKey(scope);
  if (isManagementGroup(key)) {
    return managementGroupsOf(fleet).some((name) => scopeKey(MANAGEMENT_GROUPS + name) === key);
  }
  const [, segment, subscriptionId = '', , group, , ...resource] = key.split('/');
  if (segment !== 'subscriptions' || fleet.findSubscription(subscriptionId) === undefined) return false;
  if (resource.length > 0) return fleet.find(key) !== undefined;
  return group === undefined || fleet.clusters.some(({ id }) => isWithin(id, key));
}

/** True when an id lies in a scope or is the scope itself. Every management group holds the whole fleet. */
export function isWithin(id: string, scope: string): boolean {
  const key = scopeKey(scope);
  if (isManagementGroup(key)) return true;
  const inner = scopeKey(id);
  return inner === key || inner.startsWith(`${key}/`);
}

/** How a scope relates to a subscription: over it, the same, inside it, or not at all. */
export function relationTo(scope: string, subscriptionId: string): 'above' | 'same' | 'below' | 'none' {
  const key = scopeKey(scope);
  const subscription = `/subscriptions/${subscriptionId.toLowerCase()}`;
  if (isManagementGroup(key)) return 'above';
  if (key === subscription) return 'same';
  return key.startsWith(`${subscription}/`) ? 'below' : 'none';
}

/** The type of a cluster as policies write it. */
export function resourceTypeOf({ type }: Cluster): string {
  return `${type.provider}/${type.segment}`;
}

function isManagementGroup(key: string): boolean {
  return key.startsWith(scopeKey(MANAGEMENT_GROUPS));
}
