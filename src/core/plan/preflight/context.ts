import type { Cluster } from '../../../contracts/cluster.ts';
import type { ConfigurationChange } from '../../../contracts/flux/change.ts';
import type { EnsureExtension, RemoveExtension } from '../../../contracts/flux/extension.ts';
import type { RolloutRequest } from '../../../contracts/rollout-request.ts';
import { actionsOf } from '../../change/actions.ts';
import { compileVariables, type CompiledVariables } from '../../flux/cluster-values.ts';
import type { Json } from '../../flux/json.ts';
import type { Finding } from '../finding.ts';
import type { Minor } from './version.ts';

/** What is known of one resource provider in one subscription; `unreadable` says why nothing is. */
export type ProviderFact =
  | { readonly state: string; readonly locations: Readonly<Record<string, readonly string[]>> }
  | { readonly unreadable: string };

/** What the preflight has to know beside request and inventory. Clusters are keyed by `clusterKey`. */
export interface PreflightFacts {
  /** By subscription, then by namespace as `CLUSTER_PROVIDERS` spells it. Absent ones are not judged. */
  readonly registrations: ReadonlyMap<string, Readonly<Record<string, ProviderFact>>>;
  /** Raw `properties` by configuration name and cluster. A name that is absent was not looked for. */
  readonly present: ReadonlyMap<string, ReadonlyMap<string, Json>>;
  /** Clusters whose configuration of that name exists and was never written by Flotilla, by configuration name. */
  readonly foreign: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of all configurations of a cluster; clusters that were not asked are absent. */
  readonly configurations: ReadonlyMap<string, readonly string[]>;
  /** Newest version of the extension in the fleet, or known. */
  readonly newestExtension: Minor;
}

/** What every check is given beside the cluster. */
export interface Context {
  readonly request: RolloutRequest;
  readonly facts: PreflightFacts;
  readonly variables: CompiledVariables;
  /** The change sees to the extension, of itself or because a configuration is to be applied. */
  readonly ensures: EnsureExtension | undefined;
  readonly removes: RemoveExtension | undefined;
  /** The change edits, suspends or resumes what is there, which nothing but a working agent carries out. */
  readonly steers: boolean;
}

/** Looks at one cluster for one kind of obstacle. */
export type Check = (cluster: Cluster, context: Context) => readonly Found[];
export type Found = Omit<Finding, 'clusterId'>;

export function newContext(request: RolloutRequest, facts: PreflightFacts): Context {
  const { change } = request;
  const [ensures] = actionsOf(change).flatMap((action) =>
    action.kind === 'ensureExtension' ? [action.extension] : [],
  );
  return {
    request,
    facts,
    variables: compileVariables(request.variables),
    ensures,
    removes: change.extension?.action === 'remove' ? change.extension : undefined,
    steers: change.configurations.some(isSteered),
  };
}

/** True for a change of something that has to be there already, and that only its agent carries out. */
export function isSteered({ action }: ConfigurationChange): boolean {
  return action === 'edit' || action === 'suspend' || action === 'resume';
}

export function block(code: string, detail: string): Found {
  return { code, severity: 'block', detail };
}

export function warn(code: string, detail: string): Found {
  return { code, severity: 'warn', detail };
}

/** An argument of a shell command; names of resource groups may hold parentheses. */
export function shellWord(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The options by which `az aks` names a cluster. */
export function aksOptions({ name, resourceGroup, subscriptionId }: Cluster): string {
  return `--name ${shellWord(name)} --resource-group ${shellWord(resourceGroup)} --subscription ${subscriptionId}`;
}

/** The options by which `az k8s-configuration` and `az k8s-extension` name a cluster. */
export function clusterOptions({ name, type, resourceGroup, subscriptionId }: Cluster): string {
  const provider =
    type === 'provisionedClusters' ? ' --cluster-resource-provider microsoft.hybridcontainerservice' : '';
  return `--cluster-name ${shellWord(name)} --cluster-type ${type}${provider} --resource-group ${shellWord(resourceGroup)} --subscription ${subscriptionId}`;
}
