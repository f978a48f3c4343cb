import { clusterKey } from '../../contracts/cluster-id.ts';
import { Transient } from '../../contracts/errors.ts';
import type { PresentConfiguration } from '../../core/policy/arbitrate.ts';
import { GRAPH_POOL, graphPages, nextSlotOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** Every configuration of some clusters, by `clusterKey`; undefined when that is not known. */
export type Beside = ReadonlyMap<string, readonly PresentConfiguration[]> | undefined;

/**
 * Reads what else is on clusters of one subscription that an assignment would fight a rollout over. Asks nothing when there are none;
 * nobody waits for the answer, since a plan is as good as without it.
 *
 * @param clusterIds undefined when the clusters are too many to be read.
 */
export async function readBeside(
  deps: Deps,
  subscriptionId: string,
  clusterIds: readonly string[] | undefined,
): Promise<Beside> {
  if (clusterIds === undefined) return undefined;
  const beside = new Map<string, PresentConfiguration[]>(clusterIds.map((id) => [clusterKey(id), []]));
  if (beside.size === 0) return beside;
  if ((await nextSlotOf(deps, GRAPH_POOL)) > deps.clock.now()) return undefined;
  try {
    for await (const page of graphPages(deps, deps.graph.allConfigurations([subscriptionId]))) {
      for (const { clusterId, name, properties } of page) beside.get(clusterKey(clusterId))?.push({ name, properties });
    }
    return beside;
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('configurations beside a plan could not be read', { subscriptionId, code: error.code });
    return undefined;
  }
}
