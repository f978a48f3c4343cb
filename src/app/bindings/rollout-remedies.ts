import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Baseline } from '../../contracts/compliance.ts';
import type { Remedy } from '../../core/bindings/situation.ts';
import { actionsOf, describeSubject, EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import type { Deps } from '../deps.ts';
import type { Drifting } from './drifting.ts';
import type { CompleteSweep } from './last-sweep.ts';

/** Finds what a rollout could do about each subject; one for each, in their order. */
export type RemedyFinder = (drifting: Drifting) => Promise<readonly Remedy[]>;

/** Remedies of drift from what was last rolled out in one subscription: the rollout that it was. */
export async function rolloutRemedies(
  deps: Deps,
  subscription: string,
  drifting: readonly Drifting[],
  sweep: CompleteSweep,
): Promise<RemedyFinder> {
  const baselines = await readBaselines(
    deps,
    subscription,
    drifting.map(({ cluster }) => cluster.id),
  );
  const appliesConfiguration = createActionReader(deps);
  const needed = async (known: readonly Baseline[]): Promise<Baseline | undefined> => {
    const newestFirst = [...known].sort((one, other) => other.at - one.at);
    for (const baseline of newestFirst) if (await appliesConfiguration(baseline)) return baseline;
    return undefined;
  };
  return async ({ cluster, subjects }) => {
    const known = baselines.get(clusterKey(cluster.id)) ?? [];
    return Promise.all(
      subjects.map(async ({ subject, kinds }) => {
        const own = known.find((one) => one.subject === subject);
        // Nobody rolled the extension out by itself: a configuration that needs it brings it back.
        const borrows = own === undefined && subject === EXTENSION_SUBJECT && kinds.includes('ExtensionMissing');
        return remedyOf(subject, borrows ? await needed(known) : own, sweep);
      }),
    );
  };
}

function remedyOf(subject: string, baseline: Baseline | undefined, { startedAt }: CompleteSweep): Remedy {
  const what = describeSubject(subject);
  if (baseline === undefined) {
    return { kind: 'none', code: 'NothingRolledOut', detail: `No rollout left ${what} behind here.` };
  }
  const { rolloutId, action, at, edits } = baseline;
  if (at >= startedAt) {
    const detail = `${what} was rolled out while or after the sweep looked; the next one sees how it is now.`;
    return { kind: 'none', code: 'SeenBeforeRollout', detail };
  }
  if (edits.length > 0) {
    const detail = `${what} was edited, suspended or resumed since it was rolled out; roll it out as a whole to have it corrected.`;
    return { kind: 'none', code: 'EditedSince', detail };
  }
  return { kind: 'rollout', rolloutId, action };
}

/** Baselines of some clusters of a subscription, by `clusterKey`. */
export async function readBaselines(
  { compliance }: Deps,
  subscription: string,
  clusterIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Baseline[]>> {
  const found = new Map<string, Baseline[]>(clusterIds.map((id) => [clusterKey(id), []]));
  for await (const page of compliance.baselines(subscription)) {
    for (const baseline of page) found.get(clusterKey(baseline.clusterId))?.push(baseline);
  }
  return found;
}

/** Says of baselines whether they applied a configuration; each rollout is read once. */
function createActionReader({ store }: Deps): (baseline: Baseline) => Promise<boolean> {
  const kinds = new Map<string, Promise<readonly string[]>>();
  return async ({ rolloutId, action }) => {
    const read =
      kinds.get(rolloutId) ?? store.request(rolloutId).then(({ change }) => actionsOf(change).map(({ kind }) => kind));
    kinds.set(rolloutId, read);
    return (await read)[action] === 'applyConfiguration';
  };
}
