import { clusterKey } from '../../contracts/cluster-id.ts';
import type { DefinitionRecord } from '../../contracts/definition.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import { findPinned } from '../../core/definition/pin.ts';
import type { Deps } from '../deps.ts';
import { rolloutView } from '../read/rollout-view.ts';

/** Rollouts that one answer looks up: those that most clusters were brought to. Ours. */
const ROLLOUTS_SHOWN_MAX = 50;

/**
 * What revision is where on the fleet: the rollouts that clusters were last brought to with the configurations that the definition
 * pins, and how far the one at work is. What that one has brought to clusters counts under its revision when it has ended.
 */
export async function fleetView(deps: Deps, record: DefinitionRecord) {
  const clusters = await clustersByRollout(deps, pinnedNames(record));
  const most = [...clusters].sort(([, one], [, other]) => other.size - one.size).slice(0, ROLLOUTS_SHOWN_MAX);
  const revisions = await Promise.all(
    most.map(async ([rolloutId, { size }]) => {
      const header = await deps.store.header(rolloutId);
      return { ...originView(record, header?.value), rolloutId, clusters: size };
    }),
  );
  return { revisions, rolloutsNotShown: clusters.size - most.length, running: await runningView(deps, record) };
}

function pinnedNames({ definition }: DefinitionRecord): ReadonlySet<string> {
  const repository = normaliseRepository(definition.follows.repository);
  const pinned = repository === undefined ? [] : findPinned(definition.rollout.change.configurations, repository);
  return new Set(pinned.map(({ name }) => name));
}

/** Clusters by the rollout that last left one of these configurations on them. */
async function clustersByRollout(
  { compliance, subscriptions }: Deps,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  for (const subscription of subscriptions) {
    for await (const page of compliance.baselines(subscription)) {
      for (const { clusterId, subject, rolloutId } of page) {
        if (!names.has(subject)) continue;
        const clusters = found.get(rolloutId) ?? new Set();
        found.set(rolloutId, clusters.add(clusterKey(clusterId)));
      }
    }
  }
  return found;
}

/** The revision of a rollout; of one that this definition has not started, its name. */
function originView({ name, target }: DefinitionRecord, rollout: Rollout | undefined) {
  const origin = rollout?.definition;
  if (origin?.name !== name) return { rollout: rollout?.name };
  return { commit: origin.commit, ref: origin.ref, isTarget: origin.commit === target?.commit };
}

async function runningView({ store }: Deps, { running }: DefinitionRecord) {
  const header = running && (await store.header(running.rolloutId));
  if (running === undefined || header === undefined) return undefined;
  const { id, status, clusters, counts, waiting } = rolloutView(header.value);
  return { rolloutId: id, commit: running.revision.commit, status, clusters, counts, waiting };
}
