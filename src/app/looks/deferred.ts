import { clusterKey } from '../../contracts/cluster-id.ts';
import type { DeferredRow } from '../../contracts/cluster-rows.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import type { Deps } from '../deps.ts';
import { readConnectivity } from './unreachable.ts';

/** Deferred clusters looked at in one go. Ours: four queries of Resource Graph. */
const DEFERRED_MAX = 1000;

/** Which deferred clusters have waited too long, and which came back. Undefined when the query budget is used up now. */
export async function lookAtDeferred(
  deps: Deps,
  rollout: Rollout,
): Promise<{ readonly expired: readonly DeferredRow[]; readonly returned: readonly DeferredRow[] } | undefined> {
  const rows = await deps.store.deferred(rollout.id, { from: 0, to: rollout.targets - 1 }, DEFERRED_MAX);
  const now = deps.clock.now();
  const expired = rows.filter(({ until }) => now >= until);
  const waiting = rows.filter(({ until }) => now < until);
  if (waiting.length === 0) return { expired, returned: [] };
  const states = await readConnectivity(
    deps,
    waiting.map(({ target }) => target.clusterId),
  );
  if (states === undefined) return undefined;
  // A deleted cluster counts as back: its operation finds it gone and says so.
  const returned = waiting.filter(({ target }) => states.get(clusterKey(target.clusterId))?.offline !== true);
  return { expired, returned };
}
