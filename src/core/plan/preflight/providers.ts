import { CLUSTER_PROVIDERS } from '../../../contracts/cluster-id.ts';
import type { Cluster } from '../../../contracts/cluster.ts';
import { block, warn, type Check, type Context, type Found, type ProviderFact } from './context.ts';

/** Resource provider of extensions and `fluxConfigurations`. */
export const FLUX_PROVIDER = 'Microsoft.KubernetesConfiguration';

export const providerChecks: readonly Check[] = [registration, region];

/** The resource providers that a cluster has to have registered in its subscription. */
export function providersOf({ type }: Pick<Cluster, 'type'>): string[] {
  return [CLUSTER_PROVIDERS[type], FLUX_PROVIDER];
}

function registration(cluster: Cluster, context: Context): Found[] {
  return providersOf(cluster).flatMap((namespace) => {
    const fact = factOf(namespace, cluster, context);
    return fact === undefined ? [] : judge(namespace, cluster.subscriptionId, fact);
  });
}

function judge(namespace: string, subscriptionId: string, fact: ProviderFact): Found[] {
  if ('unreadable' in fact) {
    const detail = `Whether ${namespace} is registered in subscription ${subscriptionId} could not be read; look with: az provider show --namespace ${namespace} --subscription ${subscriptionId} --query registrationState. The reason: ${fact.unreadable}`;
    return [warn('ProviderUnknown', detail)];
  }
  switch (fact.state.toLowerCase()) {
    case 'registered':
      return [];
    case 'registering': {
      const detail = `${namespace} is being registered in subscription ${subscriptionId}, which takes up to 10 minutes; writes before its end may be refused.`;
      return [warn('ProviderNotRegistered', detail)];
    }
    default: {
      const detail = `${namespace} is ${fact.state} in subscription ${subscriptionId}. Register it, which takes up to 10 minutes: az provider register --namespace ${namespace} --subscription ${subscriptionId}`;
      return [block('ProviderNotRegistered', detail)];
    }
  }
}

/** An empty list of locations names no limit. New regions come later to these lists than to Azure: a warning is enough. */
function region(cluster: Cluster, context: Context): Found[] {
  const fact = factOf(FLUX_PROVIDER, cluster, context);
  const location = cluster.location.toLowerCase().replaceAll(' ', '');
  if (fact === undefined || 'unreadable' in fact || location === '') return [];
  const { ensures, request } = context;
  const wanted = [
    ...(ensures === undefined ? [] : ['extensions']),
    ...(request.change.configurations.length === 0 ? [] : ['fluxConfigurations']),
  ];
  const lacking = wanted.filter((type) => {
    const locations = fact.locations[type.toLowerCase()] ?? [];
    return locations.length > 0 && !locations.includes(location);
  });
  if (lacking.length === 0) return [];
  const detail = `${cluster.location} is not among the regions that ${FLUX_PROVIDER} names for ${lacking.join(' and ')}; Azure may refuse the write. See: az provider show --namespace ${FLUX_PROVIDER} --subscription ${cluster.subscriptionId}`;
  return [warn('RegionNotSupported', detail)];
}

function factOf(namespace: string, { subscriptionId }: Cluster, { facts }: Context): ProviderFact | undefined {
  return facts.registrations.get(subscriptionId)?.[namespace];
}
