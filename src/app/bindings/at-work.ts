import { clusterKey } from '../../contracts/cluster-id.ts';
import { TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import type { Deps } from '../deps.ts';
import { CREATION_MS_MAX } from '../overlap.ts';

/**
 * Every cluster of every active rollout, by `clusterKey`, with the rollout in words. One that has ended stays active until its
 * baselines are recorded: before that, nobody knows what is to be held against its clusters.
 *
 * @param isOwn rollouts that are left out.
 * @returns undefined while a rollout is just being submitted: nobody knows its clusters yet.
 */
export async function clustersAtWork(
  deps: Deps,
  isOwn: (rollout: Rollout) => boolean = () => false,
): Promise<ReadonlyMap<string, string> | undefined> {
  const atWork = new Map<string, string>();
  for (const { rolloutId, createdAt } of (await deps.index.active()).rollouts) {
    const header = await deps.store.header(rolloutId);
    if (header === undefined) {
      if (deps.clock.now() - createdAt <= CREATION_MS_MAX) return undefined;
      continue;
    }
    const { targets } = header.value;
    if (isOwn(header.value)) continue;
    for (let from = 0; from < targets; from += TARGETS_PER_PAGE) {
      const page = await deps.store.targets(rolloutId, { from, to: from + TARGETS_PER_PAGE - 1 });
      for (const { clusterId } of page) atWork.set(clusterKey(clusterId), `Rollout ${rolloutId}`);
    }
  }
  return atWork;
}

/** What has begun to work on one of these clusters, in a sentence; undefined when nothing has. */
export function obstacleAmong(atWork: ReadonlyMap<string, string>, clusterIds: readonly string[]): string | undefined {
  for (const id of clusterIds) {
    const what = atWork.get(clusterKey(id));
    if (what !== undefined) return `${what} has begun to work on ${id}.`;
  }
  return undefined;
}
