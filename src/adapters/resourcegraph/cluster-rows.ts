import { z } from 'zod';
import { clusterKey, parseClusterId, type ClusterType } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import { reach } from './reach.ts';
import { isWord, object, parseTime, text, toExtensionState } from './fields.ts';
import { FLUX_V1_TYPE } from './queries.ts';

const clusterRow = z.object({
  id: z.string(),
  name: z.string(),
  location: text,
  tags: object.nullish().catch(undefined),
  kubernetesVersion: text,
  connectivity: text,
  power: text,
  provisioningState: text,
  lastConnectivityTime: text,
  distribution: text,
  identityType: text,
  childType: text,
  childState: text,
  childVersion: text,
});

/**
 * One row of `clustersQuery`: a cluster with one of the resources on it, or with none. Undefined when it is no cluster that
 * can carry Flux.
 */
export function toCluster(row: unknown): Cluster | undefined {
  const { id, name, tags, kubernetesVersion, provisioningState, distribution, ...rest } = clusterRow.parse(row);
  const parts = parseClusterId(id);
  if (parts === undefined) return undefined;
  const { type, subscriptionId, resourceGroup } = parts;
  const lastConnectedAt = parseTime(rest.lastConnectivityTime);
  const identityType = managedIdentity(type, rest.identityType);
  const fluxV1 = isWord(rest.childType, FLUX_V1_TYPE);
  const hasExtension = rest.childType !== undefined && !fluxV1;
  return {
    ...{ id, name, type, subscriptionId, resourceGroup },
    location: rest.location ?? '',
    tags: Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, tagText(value)])),
    ...reach(type, rest.connectivity, rest.power),
    fluxV1,
    extension: hasExtension ? toExtensionState(rest.childState) : 'Missing',
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(provisioningState === undefined ? {} : { provisioningState }),
    ...(lastConnectedAt === undefined ? {} : { lastConnectedAt }),
    ...(distribution === undefined ? {} : { distribution }),
    ...(identityType === undefined ? {} : { identityType }),
    ...(hasExtension && rest.childVersion !== undefined ? { extensionVersion: rest.childVersion } : {}),
  };
}

/**
 * A cluster comes once for each resource on it, one row after the other, perhaps on two pages. Of several Flux extensions
 * the first counts. The last cluster of a page waits for the next page, which may tell more of it.
 */
export async function* wholeClusters(pages: AsyncGenerator<readonly Cluster[]>): AsyncGenerator<readonly Cluster[]> {
  let last: Cluster | undefined;
  for await (const page of pages) {
    const whole: Cluster[] = [];
    for (const cluster of page) {
      const isSame = last !== undefined && clusterKey(last.id) === clusterKey(cluster.id);
      if (last !== undefined && !isSame) whole.push(last);
      last = last !== undefined && isSame ? joined(last, cluster) : cluster;
    }
    if (whole.length > 0) yield whole;
  }
  if (last !== undefined) yield [last];
}

function joined(one: Cluster, other: Cluster): Cluster {
  const withExtension = one.extension === 'Missing' ? other : one;
  return { ...withExtension, fluxV1: one.fluxV1 || other.fluxV1 };
}

/** Every Arc cluster has an identity of its own; on AKS it tells a managed identity from a service principal. */
function managedIdentity(type: ClusterType, identityType: string | undefined): string | undefined {
  return type === 'managedClusters' && !isWord(identityType, 'None') ? identityType : undefined;
}

function tagText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
