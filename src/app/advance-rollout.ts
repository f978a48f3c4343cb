import { Transient } from '../contracts/errors.ts';
import { hasEnded, type Rollout } from '../contracts/rollout-state.ts';
import { admit } from '../core/rollout/admit.ts';
import { advance, type Decision } from '../core/rollout/advance.ts';
import { STEP_ROWS_MAX } from '../core/rollout/draft.ts';
import { awaitsVerification } from '../core/rollout/ending.ts';
import { tellOfRollout } from '../core/notifications/what-to-tell.ts';
import type { LoadedRollout } from '../ports/rollout-store.ts';
import { commitDecision } from './advance/commit.ts';
import { sendEffects } from './advance/effects.ts';
import { updateIndex } from './advance/index-rows.ts';
import { gatherOffers } from './advance/offers.ts';
import { SlotPurse } from './advance/slots.ts';
import type { Deps } from './deps.ts';
import { takeLooks, type Seen } from './looks/take-looks.ts';
import { tell } from './notifications/tell.ts';

/** Commits one invocation makes at the most; what is left then waits for the next wake-up. */
const COMMITS_MAX = 40;
/** Lost commits in a row before giving way. */
const CONFLICTS_MAX = 6;

/**
 * Advances one rollout as far as it goes now: load → look → decide → commit → effects, until a step has nothing left to do.
 * Level-triggered: which message led here makes no difference (law 1).
 *
 * @throws Transient when the store is contended or away: the wake-up is delivered again.
 */
export async function advanceRollout(deps: Deps, rolloutId: string): Promise<void> {
  const purse = new SlotPurse(deps);
  let seen: Seen | undefined;
  let conflicts = 0;
  for (let commits = 0; commits < COMMITS_MAX && conflicts < CONFLICTS_MAX;) {
    const loaded = await deps.store.load(rolloutId);
    if (loaded === undefined) return;
    // A run before this one may have died between its commit and its effects.
    if (commits === 0) await tell(deps, tellOfRollout(loaded.rollout.value, deps.clock.now()));
    if (hasEnded(loaded.rollout.value.status)) return updateIndex(deps, loaded.rollout.value);
    seen ??= await takeLooks(deps, loaded);
    const decision = await decide(deps, loaded, seen, purse);
    const committed = await commitDecision(deps, loaded, decision, seen.versions);
    if (committed === undefined) {
      conflicts += 1;
      seen = stillHolds(seen);
      continue;
    }
    await sendEffects(deps, loaded, decision, committed);
    if (hasEnded(committed.status) || !(hasMore(decision) || isNowComplete(loaded, committed))) return;
    conflicts = 0;
    commits += 1;
    // What did not fit into the commit is accounted in the next one, without reading the clusters again.
    seen = decision.more ? { ...stillHolds(seen), sightings: { clusters: seen.sightings.clusters } } : undefined;
  }
  if (conflicts >= CONFLICTS_MAX)
    throw new Transient('RolloutContended', `rollout ${rolloutId} is being advanced by others`);
}

async function decide(deps: Deps, loaded: LoadedRollout, seen: Seen, purse: SlotPurse): Promise<Decision> {
  const live = loaded.live.map(({ value }) => value);
  const decision = advance(loaded.rollout.value, live, loaded.commands, seen.sightings, deps.clock.now());
  if (decision.room === 0 && decision.requeue.length === 0) return decision;
  return admit(decision, await gatherOffers(deps, decision, seen.returned, purse));
}

/** The last cluster is accounted: the final verification can follow at once. */
function isNowComplete({ rollout }: LoadedRollout, committed: Rollout): boolean {
  return awaitsVerification(committed) && !awaitsVerification(rollout.value);
}

/** What holds after a lost commit: looks at clusters in flight name the attempt they belong to; the others must be taken anew. */
function stillHolds({ sightings }: Seen): Seen {
  const { clusters, polled, plan } = sightings;
  return {
    sightings: { clusters, ...(polled && { polled }), ...(plan && { plan }) },
    returned: [],
    versions: new Map(),
  };
}

/** The commit was full, so there may be more of the same. */
function hasMore(decision: Decision): boolean {
  return decision.more || decision.rows >= STEP_ROWS_MAX - 1;
}
