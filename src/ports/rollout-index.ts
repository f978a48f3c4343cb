import type { RolloutStatus } from '../contracts/rollout-state.ts';

/** A rollout that has not ended: what overlap checks and the wake-up timer read. */
export interface ActiveRollout {
  readonly rolloutId: string;
  /** What it writes on its clusters. */
  readonly subjects: readonly string[];
  readonly createdAt: number;
}

/** One line of the list of rollouts. */
export interface RolloutListItem {
  readonly rolloutId: string;
  readonly name: string;
  /** What it does to each cluster, in words. */
  readonly actions: readonly string[];
  readonly status: RolloutStatus;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly targets: number;
  /** Name of the definition that started it. */
  readonly definition?: string;
}

/** What an idempotency key stands for. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly requestHash: string;
  readonly rolloutId: string;
}

/** Small tables beside the rollouts: the list, the active ones, idempotency keys. All may throw `Transient`. */
export interface RolloutIndex {
  /** Claims a key for a rollout id, or answers what it stands for already. */
  claimKey(claim: IdempotencyClaim): Promise<IdempotencyClaim>;
  /** The active rollouts, and the version of that set, which changes with every addition. */
  active(): Promise<{ readonly rollouts: readonly ActiveRollout[]; readonly version: string }>;
  /** Adds one if none was added since `version`; one that is there already counts as added and changes nothing. */
  activate(rollout: ActiveRollout, version: string): Promise<'added' | 'conflict'>;
  /** Removes one; unknown changes nothing. */
  deactivate(rolloutId: string): Promise<void>;
  /** Inserts or replaces the rollout's line in the list. */
  upsertListItem(item: RolloutListItem): Promise<void>;
  /**
   * Newest first; rollout ids are ULIDs. `continuation` is opaque; `Refusal` 400 when it is none of ours. With `status`, a
   * page may hold fewer than `limit` items, or none, and still have a continuation: a call looks at a bounded number.
   */
  list(query: {
    readonly status?: RolloutStatus;
    readonly limit: number;
    readonly continuation?: string;
  }): Promise<{ readonly items: readonly RolloutListItem[]; readonly continuation?: string }>;
}
