import type { Cluster } from '../../src/contracts/cluster.ts';
import { CLUSTER_PROVIDERS, type ClusterType } from '../../src/contracts/cluster-id.ts';
import { Configuration } from '../../src/contracts/flux/configuration.ts';
import { RolloutRequest } from '../../src/contracts/rollout-request.ts';

export const SUBSCRIPTION_A = '00000000-0000-4000-a000-00000000000a';
export const SUBSCRIPTION_B = '00000000-0000-4000-b000-00000000000b';
export const COMMIT = '4f1bdad4d0a54b939a5e3d52c51464f67e474fcf';

/** A connected cluster with a working extension; its id follows from its parts. */
export function cluster(name: string, changes: Partial<Cluster> = {}): Cluster {
  const type: ClusterType = changes.type ?? 'connectedClusters';
  const subscriptionId = changes.subscriptionId ?? SUBSCRIPTION_A;
  const resourceGroup = changes.resourceGroup ?? 'rg-Fleet';
  return {
    id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${CLUSTER_PROVIDERS[type]}/${type}/${name}`,
    name,
    type,
    subscriptionId,
    resourceGroup,
    location: 'westeurope',
    tags: {},
    offline: false,
    connectivity: 'Connected',
    fluxV1: false,
    extension: 'Succeeded',
    ...changes,
  };
}

/** A request as a person writes it, with defaults; `changes` replaces whole top-level blocks. */
export function request(changes: Record<string, unknown> = {}): RolloutRequest {
  return RolloutRequest.parse(rawRequest(changes));
}

export function rawRequest(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'shop',
    change: { configurations: [rawConfiguration()] },
    strategy: { stages: [{ name: 'all' }] },
    ...changes,
  };
}

export function rawConfiguration(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'shop',
    namespace: 'shop',
    sourceKind: 'GitRepository',
    gitRepository: { url: 'https://git.example/shop', repositoryRef: { branch: 'main', commit: COMMIT } },
    kustomizations: { infra: { path: './infra', prune: true }, apps: { path: './apps', dependsOn: ['infra'] } },
    ...changes,
  };
}

/** The configuration of `request`, as the contract reads it. */
export function configuration(changes: Record<string, unknown> = {}): Configuration {
  return Configuration.parse({ action: 'apply', ...rawConfiguration(changes) });
}
