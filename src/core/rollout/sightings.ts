import type { DeferredRow } from '../../contracts/cluster-rows.ts';
import type { PlanSummary } from '../../contracts/rollout-state.ts';
import type { Outcome } from '../../contracts/verdict.ts';
import type { Regression } from './draft.ts';

/** What looking at one cluster in flight showed. */
export type Sighting = Sighted & SightingKind;

/** Which queueing of a cluster was looked at. */
export interface Sighted {
  readonly ordinal: number;
  readonly attempt: number;
  readonly step: number;
}

type SightingKind =
  /** Its action has a verdict; a good one of an action that is not the last leads to the next. */
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** It went offline: what happens is the plan's `offline` policy. */
  | { readonly kind: 'offline'; readonly detail: string }
  /** What had to go (or to finish) first has: its action writes, or writes once more. */
  | { readonly kind: 'again' }
  /** It was read by GET and nothing is decided yet; `provisioned` once Azure has finished the write. */
  | { readonly kind: 'looked'; readonly provisioned?: boolean };

export function sighted({ ordinal, attempt, step }: Sighted): Sighted {
  return { ordinal, attempt, step };
}

/**
 * What was observed before a step. The engine decides from this and the stored rows only; a look that was not taken is
 * simply absent.
 */
export interface Sightings {
  readonly clusters: readonly Sighting[];
  /** Present once the plan summary is made. */
  readonly plan?: PlanSummary;
  /** The clusters in flight were looked at. */
  readonly polled?: boolean;
  /** Deferred clusters were looked at: these waited too long. Those that came back are offered (`admit`). */
  readonly deferral?: { readonly expired: readonly DeferredRow[] };
  /** The clusters of the soaking stage were looked at; `complete` when every suspect was read. */
  readonly soak?: { readonly regressions: readonly Regression[]; readonly complete: boolean };
  /** Every stage was looked at once more before the end; it is verified when the look is complete. */
  readonly verification?: { readonly regressions: readonly Regression[]; readonly complete: boolean };
}

export const NOTHING_SEEN: Sightings = { clusters: [] };
