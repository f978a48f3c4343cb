import type { DeferredRow } from '../../contracts/cluster-rows.ts';
import { Transient } from '../../contracts/errors.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import { actionsOf } from '../../core/change/actions.ts';
import { planLooks } from '../../core/rollout/looks.ts';
import type { Sightings } from '../../core/rollout/sightings.ts';
import type { LoadedRollout, OrdinalRange } from '../../ports/rollout-store.ts';
import type { Deps } from '../deps.ts';
import { lookAtDeferred } from './deferred.ts';
import { summarizePlan } from './plan.ts';
import { pollAwaiting } from './poll.ts';
import { lookForRegressions } from './regressions.ts';

/** What one round of looking brought. */
export interface Seen {
  readonly sightings: Sightings;
  /** Deferred clusters that came back: offers for dispatch. */
  readonly returned: readonly DeferredRow[];
  /** Versions of the result rows in which regressions will be noted. */
  readonly versions: ReadonlyMap<number, string>;
}

/** Takes the looks that are due before the next step. One that fails in passing is left out; the next step tries again. */
export async function takeLooks(deps: Deps, loaded: LoadedRollout): Promise<Seen> {
  const rollout = loaded.rollout.value;
  const looks = planLooks(
    rollout,
    loaded.live.map(({ value }) => value),
    deps.clock.now(),
  );
  const { change } = await deps.store.request(rollout.id);
  const actions = actionsOf(change);
  const look = <T>(due: boolean, take: () => Promise<T>): Promise<T | undefined> =>
    due ? skipTransient(deps, rollout.id, take) : Promise.resolve(undefined);

  const plan = await look(looks.plan, () => summarizePlan(deps, rollout, actions));
  const clusters = await look(looks.poll, () => pollAwaiting(deps, actions, looks));
  const deferred = await look(looks.deferral, () => lookAtDeferred(deps, rollout));
  const soakRange = looks.soak === undefined ? undefined : rangeOf(rollout, looks.soak);
  const soak = soakRange && (await look(true, () => lookForRegressions(deps, rollout, actions, soakRange)));
  const everything = { from: 0, to: rollout.targets - 1 };
  const final = await look(looks.verification, () => lookForRegressions(deps, rollout, actions, everything));
  return {
    sightings: {
      clusters: clusters ?? [],
      polled: looks.poll,
      ...(plan && { plan }),
      ...(deferred && { deferral: { expired: deferred.expired } }),
      ...(soak && { soak }),
      ...(final && { verification: final }),
    },
    returned: deferred?.returned ?? [],
    versions: new Map([...(soak?.versions ?? []), ...(final?.versions ?? [])]),
  };
}

function rangeOf(rollout: Rollout, stageIndex: number): OrdinalRange | undefined {
  const stage = rollout.stages[stageIndex];
  return stage && { from: stage.first, to: stage.first + stage.size - 1 };
}

async function skipTransient<T>(deps: Deps, rolloutId: string, take: () => Promise<T>): Promise<T | undefined> {
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('look failed, will be tried again', { rolloutId, code: error.code, detail: error.message });
    return undefined;
  }
}
