import pLimit from 'p-limit';
import type { Cluster } from '../../contracts/cluster.ts';
import type { Snapshot } from '../../contracts/compliance.ts';
import { withKnownAuthors } from '../../core/compliance/authors.ts';
import { nextSnapshot, type Sight } from '../../core/compliance/snapshot.ts';
import { modificationOf } from '../../core/flux/observed.ts';
import { propertiesOf, type Json } from '../../core/flux/json.ts';
import { grantReads, readsOf, recordThrottling } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { configurationSight, isUnhealthy, type Wishes } from './sights.ts';

/** GETs under way at the same time. Ours. */
const READS_AT_ONCE = 16;

/** What Resource Graph shows of one configuration, or that it shows none. */
export interface Shown {
  readonly cluster: Cluster;
  readonly wishes: Wishes;
  readonly name: string;
  readonly sight: Sight;
  readonly before: Snapshot | undefined;
}

/** The same after a closer look, where one was needed. */
export interface Looked {
  readonly shown: Shown;
  /** Undefined when the closer look could not be had. */
  readonly sight: Sight | undefined;
}

/**
 * Reads, in one subscription, what is unhealthy, or is not as it was, by GET: Resource Graph lags and shows no conditions (law 6). What
 * cannot be read now, since the quota has no room or ARM asks to slow down, is for the next sweep.
 */
export async function readDetails(deps: Deps, shown: readonly Shown[], now: number): Promise<Looked[]> {
  const suspects = shown.filter((one) => needsReading(one, now));
  const granted = new Set(await grantReads(deps, suspects, ({ cluster }) => cluster.id));
  const denied = new Set(suspects.filter((one) => !granted.has(one)));
  const limit = pLimit(READS_AT_ONCE);
  let isThrottled = false;
  const readOne = async (one: Shown): Promise<Sight | undefined> => {
    if (isThrottled) return undefined;
    const found = await deps.arm.getConfiguration(one.cluster.id, one.name);
    if (found.ok) return seen(one, found.value, now);
    if (found.fault.kind === 'throttled' && !isThrottled) {
      isThrottled = true;
      await recordThrottling(deps, readsOf(one.cluster.id), found.fault.retryAfterMs);
    }
    return undefined;
  };
  return Promise.all(
    shown.map(async (one) => {
      if (denied.has(one)) return { shown: one, sight: undefined };
      return { shown: one, sight: granted.has(one) ? await limit(() => readOne(one)) : one.sight };
    }),
  );
}

/** Drift that was read before and looks the same is not read again: a fleet may be full of what nobody rolled out. */
function needsReading({ sight, before }: Shown, now: number): boolean {
  if (isUnhealthy(sight)) return true;
  if (before === undefined) return sight.drifts.length > 0;
  return nextSnapshot(before, withKnownAuthors(sight, before), now) !== undefined;
}

function seen({ cluster, wishes, name, sight }: Shown, found: Json | undefined, now: number): Sight | undefined {
  if (found === undefined) return sight.state === 'Absent' ? sight : undefined;
  const actual = { clusterId: cluster.id, name, properties: propertiesOf(found), ...modificationOf(found) };
  return configurationSight(cluster, actual, wishes, now);
}
