import type { AppliedKustomization, Cluster, FluxConfiguration } from './cluster.ts';

/**
 * Records that a kustomization was applied. Objects of earlier revisions go with `prune` and stay without.
 *
 * @param objects `Kind/namespace/name` of everything in the revision
 */
export function recordApplied(
  cluster: Cluster,
  { name, spec }: FluxConfiguration,
  kustomization: string,
  revision: string,
  objects: readonly string[],
): void {
  const wanted = spec.kustomizations[kustomization];
  if (wanted === undefined) return;
  const key = keyOf(name, kustomization);
  const kept = wanted.prune ? [] : (cluster.inventory.get(key)?.objects ?? []);
  cluster.inventory.set(key, {
    configuration: name,
    kustomization,
    path: wanted.path,
    revision,
    substitute: wanted.postBuild?.substitute ?? {},
    objects: [...new Set([...kept, ...objects])],
    prune: wanted.prune,
    suspended: spec.suspend,
    isOrphaned: false,
  });
}

/** The agent fetched a write: kustomizations that it no longer names are removed, the others get its settings. */
export function recordAccepted(cluster: Cluster, { name, spec }: FluxConfiguration): void {
  for (const [key, applied] of entriesOf(cluster, name)) {
    const wanted = spec.kustomizations[applied.kustomization];
    if (wanted === undefined) removeKustomization(cluster, key, applied);
    else cluster.inventory.set(key, { ...applied, prune: wanted.prune, suspended: spec.suspend, isOrphaned: false });
  }
}

/** The agent removed a configuration. */
export function recordRemoved(cluster: Cluster, configuration: string): void {
  for (const [key, applied] of entriesOf(cluster, configuration)) removeKustomization(cluster, key, applied);
}

/** The resource went without the agent: nothing is pruned. */
export function recordAbandoned(cluster: Cluster, configuration: string): void {
  for (const [key, applied] of entriesOf(cluster, configuration)) {
    cluster.inventory.set(key, { ...applied, isOrphaned: true });
  }
}

/** With `prune` the objects go along, unless Flux was told to leave them alone (`suspend`). */
function removeKustomization(cluster: Cluster, key: string, applied: AppliedKustomization): void {
  if (applied.prune && !applied.suspended && !applied.isOrphaned) cluster.inventory.delete(key);
  else cluster.inventory.set(key, { ...applied, isOrphaned: true });
}

function entriesOf(cluster: Cluster, configuration: string): [string, AppliedKustomization][] {
  return [...cluster.inventory].filter(([, applied]) => applied.configuration === configuration);
}

function keyOf(configuration: string, kustomization: string): string {
  return `${configuration}/${kustomization}`;
}
