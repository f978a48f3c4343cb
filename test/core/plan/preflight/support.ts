import { clusterKey } from '../../../../src/contracts/cluster-id.ts';
import type { Cluster } from '../../../../src/contracts/cluster.ts';
import type { Finding } from '../../../../src/core/plan/finding.ts';
import { preflight, type PreflightFacts } from '../../../../src/core/plan/preflight.ts';
import { cluster, rawConfiguration, request, SUBSCRIPTION_A } from '../../clusters.ts';

/** One situation: a cluster, a change, and what is known beside the inventory; what is left out is healthy. */
export interface Situation {
  readonly cluster?: Partial<Cluster>;
  readonly change?: Record<string, unknown>;
  readonly target?: Record<string, unknown>;
  readonly variables?: Record<string, unknown>;
  readonly facts?: Partial<PreflightFacts>;
  /** Configurations that are on the cluster, by name. */
  readonly present?: Record<string, Record<string, unknown>>;
  /** Of these, the ones that somebody else made. */
  readonly foreign?: readonly string[];
}

export const APPLY = { configurations: [rawConfiguration()] };
export const SUSPEND = { configurations: [{ action: 'suspend', name: 'shop' }] };
export const EDIT = { configurations: [{ action: 'edit', name: 'shop', kustomizations: { old: null } }] };
export const REMOVE = { configurations: [{ action: 'remove', name: 'shop' }] };
export const REMOVE_EXTENSION = { extension: { action: 'remove' } };
export const aks = { type: 'managedClusters', identityType: 'SystemAssigned' } as const;
export const hybrid = { type: 'provisionedClusters' } as const;
/** What `APPLY` wants is there already. */
export const shopIsThere = { shop: { namespace: 'shop', scope: 'cluster' } };

const registered = { state: 'Registered', locations: {} };
const HEALTHY: PreflightFacts = {
  registrations: new Map([
    [
      SUBSCRIPTION_A,
      {
        'Microsoft.Kubernetes': registered,
        'Microsoft.ContainerService': registered,
        'Microsoft.HybridContainerService': registered,
        'Microsoft.KubernetesConfiguration': registered,
      },
    ],
  ]),
  present: new Map(),
  foreign: new Map(),
  configurations: new Map(),
  newestExtension: { major: 1, minor: 24 },
};

/** What the preflight finds in a situation. */
export function find(situation: Situation): Finding[] {
  const subject = cluster('c', situation.cluster);
  const { change = APPLY, target, variables } = situation;
  const asked = request({ change, ...(target && { target }), ...(variables && { variables }) });
  const key = clusterKey(subject.id);
  const present = asked.change.configurations.map(({ name }) => {
    const properties = situation.present?.[name];
    return [name, new Map(properties === undefined ? [] : [[key, properties]])] as const;
  });
  const facts = {
    ...HEALTHY,
    present: new Map(present),
    foreign: new Map(situation.foreign?.map((name) => [name, new Set([key])])),
    ...situation.facts,
  };
  return preflight(asked, [subject], facts);
}

/** Facts in which one provider has this registration. */
export function registration(
  namespace: string,
  fact: { state: string; locations: Record<string, string[]> } | { unreadable: string },
): Partial<PreflightFacts> {
  const others = HEALTHY.registrations.get(SUBSCRIPTION_A);
  return { registrations: new Map([[SUBSCRIPTION_A, { ...others, [namespace]: fact }]]) };
}

/** Codes with their severity. */
export const codesOf = (situation: Situation): string[] =>
  find(situation).map(({ severity, code }) => `${severity} ${code}`);

/** The code in a title such as `[preflight.ClusterOffline] since when`. */
export function codeIn(title: string): string {
  return /^\[preflight\.(\w+)\]/.exec(title)?.[1] ?? title;
}
