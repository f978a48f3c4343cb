import { clusterKey } from '../../../contracts/cluster-id.ts';
import type { Cluster } from '../../../contracts/cluster.ts';
import type { ConfigurationChange } from '../../../contracts/flux/change.ts';
import type { Configuration } from '../../../contracts/flux/configuration.ts';
import { findExpressions, resolveExpression, substitute } from '../../flux/cluster-values.ts';
import type { Json } from '../../flux/json.ts';
import { objectOf, textOf } from '../../flux/raw-json.ts';
import { firstTen } from '../finding.ts';
import { block, clusterOptions, isSteered, warn, type Check, type Context, type Found } from './context.ts';

export const configurationChecks: readonly Check[] = [blobIdentity, eachConfiguration, remaining];

/** Managed identities of Azure reach the pods of AKS clusters only. */
function blobIdentity({ type }: Cluster, { request }: Context): Found[] {
  if (type === 'managedClusters') return [];
  const using = request.change.configurations.filter(
    (change) => change.action === 'apply' && change.azureBlob?.managedIdentity !== undefined,
  );
  return using.map(({ name }) => {
    const detail = `Configuration ${name} reads its blobs with azureBlob.managedIdentity, which works on AKS only. Give a service principal, an account key, a SAS token or localAuthRef, or select managedClusters only.`;
    return block('BlobManagedIdentityNotOnArc', detail);
  });
}

function eachConfiguration(cluster: Cluster, context: Context): Found[] {
  const { request, facts } = context;
  return request.change.configurations.flatMap((change) => {
    const known = facts.present.get(change.name);
    if (known === undefined) return [];
    const properties = known.get(clusterKey(cluster.id));
    return properties === undefined
      ? absent(change, cluster)
      : [...takenOver(change, cluster, context), ...immutable(change, properties, cluster, context)];
  });
}

/** What is to be applied is created, and what is to be removed is gone; the rest has nothing to work on. */
function absent(change: ConfigurationChange, cluster: Cluster): Found[] {
  if (!isSteered(change)) return [];
  const detail = `The cluster has no configuration ${change.name} to ${change.action}. Apply it first, exclude the cluster, or correct the name (what was created within the last minute may not show yet): az k8s-configuration flux list ${clusterOptions(cluster)}`;
  return [block('ConfigurationMissing', detail)];
}

function takenOver({ action, name }: ConfigurationChange, { id }: Cluster, { facts }: Context): Found[] {
  if (facts.foreign.get(name)?.has(clusterKey(id)) !== true) return [];
  const detail = `Configuration ${name} exists on the cluster and was never written by Flotilla: somebody else made it, perhaps a policy assignment that will write it again. The plan is to ${action} it all the same.`;
  return [warn('TakesOverConfiguration', detail)];
}

/** Namespace and scope are fixed when a configuration is created. Azure's defaults stand where it names none. */
function immutable(change: ConfigurationChange, properties: Json, cluster: Cluster, context: Context): Found[] {
  if (change.action !== 'apply') return [];
  const namespace = resolveText(change.namespace, cluster, context);
  const present = {
    namespace: textOf(properties.namespace) ?? 'default',
    scope: textOf(properties.scope) ?? 'cluster',
  };
  const differences = [
    ...(namespace === undefined || namespace === present.namespace
      ? []
      : [`namespace ${present.namespace} instead of ${namespace}`]),
    ...(change.scope === present.scope.toLowerCase() ? [] : [`scope ${present.scope} instead of ${change.scope}`]),
  ];
  if (differences.length === 0) return [];
  const has = `Configuration ${change.name} exists on the cluster with ${differences.join(' and ')}, which cannot be changed`;
  return [change.replace ? replacing(change, has, properties) : fixed(has)];
}

function fixed(has: string): Found {
  return block(
    'ImmutableField',
    `${has}. Set replace: true to remove it and create it anew, or ask for what is there.`,
  );
}

function replacing({ name }: Configuration, has: string, properties: Json): Found {
  const pruned = Object.entries(objectOf(properties.kustomizations))
    .filter(([, kustomization]) => objectOf(kustomization).prune === true)
    .map(([kustomization]) => kustomization);
  const loss =
    pruned.length === 0
      ? 'None of its kustomizations prunes: what they applied stays in the cluster in between.'
      : `Everything that its kustomizations ${pruned.join(', ')} applied is deleted with it (prune) and comes back with the new one.`;
  return warn('ReplacesConfiguration', `${has}: ${name} is removed and created anew. ${loss}`);
}

/** Configurations stop to reconcile without the extension, and cannot be removed properly any more. */
function remaining({ id }: Cluster, { request, removes, facts }: Context): Found[] {
  if (removes === undefined || removes.evenWithConfigurations) return [];
  const removed = new Set(request.change.configurations.map(({ name }) => name));
  const left = (facts.configurations.get(clusterKey(id)) ?? []).filter((name) => !removed.has(name));
  if (left.length === 0) return [];
  const detail = `The cluster still has configurations (${firstTen(left)}), which need the extension. Remove them in the same plan (action: remove), or set change.extension.evenWithConfigurations: true.`;
  return [block('ConfigurationsExist', detail)];
}

/** Undefined when some value is missing: the plan is refused for that anyway. */
function resolveText(template: string, cluster: Cluster, { variables }: Context): string | undefined {
  const values: Record<string, string> = {};
  for (const expression of findExpressions([template])) {
    const value = resolveExpression(expression, cluster, variables);
    if (value === undefined) return undefined;
    values[expression] = value;
  }
  return substitute(template, values);
}
