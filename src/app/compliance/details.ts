import pLimit from 'p-limit';
import type { Cluster } from '../../contracts/cluster.ts';
import type { Snapshot } from '../../contracts/compliance.ts';
import { nextSnapshot, type Sight } from '../../core/compliance/snapshot.ts';
import { modificationOf } from '../../core/flux/observed.ts';
import { propertiesOf } from '../../core/flux/json.ts';
import { grantReads } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { configurationSight, isUnhealthy, type Wishes } from './sights.ts';

/** GETs under way at the same time. Ours. */
const READS_AT_ONCE = 16;

/** What Resource Graph showed of one configuration. */
export interface Shown {
  readonly cluster: Cluster;
  readonly wishes: Wishes;
  readonly name: string;
  readonly sight: Sight;
}

/**
 * Reads what is unhealthy, or is not as it was, by GET: Resource Graph lags and shows no conditions (law 6). What cannot be read now, since
 * the quota has no room, is left as it was known before; the next sweep reads it.
 */
export async function readDetails(
  deps: Deps,
  shown: readonly Shown[],
  before: (sight: Sight) => Snapshot | undefined,
  now: number,
): Promise<Sight[]> {
  const suspects = shown.filter(({ sight }) => needsReading(sight, before(sight), now));
  const granted = new Set(await grantReads(deps, suspects, ({ cluster }) => cluster.id));
  const limit = pLimit(READS_AT_ONCE);
  const sights = await Promise.all(
    shown.map(async (one) => {
      if (!suspects.includes(one)) return one.sight;
      return granted.has(one) ? limit(() => read(deps, one, now)) : undefined;
    }),
  );
  return sights.flatMap((sight, index) => sight ?? asKnown(shown[index], before));
}

function needsReading(sight: Sight, before: Snapshot | undefined, now: number): boolean {
  if (isUnhealthy(sight) || sight.drifts.length > 0) return true;
  return before !== undefined && nextSnapshot(before, sight, now) !== undefined;
}

async function read(deps: Deps, { cluster, wishes, name, sight }: Shown, now: number): Promise<Sight | undefined> {
  const found = await deps.arm.getConfiguration(cluster.id, name);
  if (!found.ok) return undefined;
  if (found.value === undefined) return sight.state === 'Absent' ? sight : undefined;
  const actual = { clusterId: cluster.id, name, properties: propertiesOf(found.value), ...modificationOf(found.value) };
  return configurationSight(cluster, actual, wishes, now);
}

/** What was known before, as if nothing had changed; nothing for what was never seen. */
function asKnown(shown: Shown | undefined, before: (sight: Sight) => Snapshot | undefined): Sight[] {
  const known = shown && before(shown.sight);
  if (known === undefined) return shown === undefined || shown.sight.state === 'Absent' ? [] : [shown.sight];
  const { schema: _schema, firstSeenAt: _first, changedAt: _changed, ...rest } = known;
  return [{ ...rest, drifts: rest.drifts.map(({ firstSeenAt: _since, ...drift }) => drift) }];
}
