import { clusterKey } from '../../contracts/cluster-id.ts';
import { subjectOf, type Action } from '../../core/change/actions.ts';
import { pinnedRevision } from '../../core/flux/source.ts';
import { looksGood } from '../../core/rollout/looks.ts';
import type { ConfigurationStatus } from '../../ports/graph.ts';
import type { Deps } from '../deps.ts';
import { freshFleet } from '../fleet.ts';

/**
 * Asks Resource Graph on which clusters an action still holds; the answer takes a cluster's key. With ids only these are
 * asked for, else the whole fleet is read in pages.
 */
export async function goodClusters(
  deps: Deps,
  action: Action,
  clusterIds: readonly string[] | undefined,
): Promise<(key: string) => boolean> {
  switch (action.kind) {
    case 'removeFluxV1':
      return () => true;
    case 'ensureExtension':
    case 'removeExtension':
      return extensionsIn(deps, action.kind === 'ensureExtension' ? 'Succeeded' : 'Missing');
    case 'removeConfiguration': {
      const shown = await findConfigurations(deps, action, clusterIds, () => true);
      return (key) => !shown.has(key);
    }
    case 'applyConfiguration':
    case 'editConfiguration':
    case 'suspendConfiguration': {
      const commit = action.kind === 'applyConfiguration' ? pinnedRevision(action.configuration) : undefined;
      const good = await findConfigurations(deps, action, clusterIds, (status) => looksGood(status, commit));
      return (key) => good.has(key);
    }
  }
}

/** The inventory reads all extensions in few pages. */
async function extensionsIn(deps: Deps, state: string): Promise<(key: string) => boolean> {
  const { clusters } = await freshFleet(deps);
  const good = new Set(clusters.filter(({ extension }) => extension === state).map(({ id }) => clusterKey(id)));
  return (key) => good.has(key);
}

async function findConfigurations(
  { graph, subscriptions }: Deps,
  action: Action,
  clusterIds: readonly string[] | undefined,
  matches: (status: ConfigurationStatus) => boolean,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const pages = graph.configurations({ name: subjectOf(action), subscriptions, ...(clusterIds && { clusterIds }) });
  for await (const page of pages) {
    for (const status of page) if (matches(status)) found.add(clusterKey(status.clusterId));
  }
  return found;
}
