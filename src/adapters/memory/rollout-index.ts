import type { RolloutStatus } from '../../contracts/rollout-state.ts';
import type { ActiveRollout, IdempotencyClaim, RolloutIndex, RolloutListItem } from '../../ports/rollout-index.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { newestFirstPage } from './newest-first.ts';

/** The list of rollouts, the active ones and idempotency keys in memory. */
export class MemoryRolloutIndex implements RolloutIndex {
  readonly #copy: FrozenCopy;
  readonly #claims = new Map<string, IdempotencyClaim>();
  readonly #active = new Map<string, ActiveRollout>();
  readonly #list = new Map<string, RolloutListItem>();
  #additions = 0;

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  async claimKey(claim: IdempotencyClaim): Promise<IdempotencyClaim> {
    const known = this.#claims.get(claim.key);
    if (known !== undefined) return known;
    this.#claims.set(claim.key, this.#copy(claim));
    return claim;
  }

  async active(): Promise<{ readonly rollouts: readonly ActiveRollout[]; readonly version: string }> {
    const rollouts = [...this.#active.values()].sort((one, other) => compare(one.rolloutId, other.rolloutId));
    return { rollouts, version: String(this.#additions) };
  }

  async activate(rollout: ActiveRollout, version: string): Promise<'added' | 'conflict'> {
    if (this.#active.has(rollout.rolloutId)) return 'added';
    if (version !== String(this.#additions)) return 'conflict';
    this.#additions++;
    this.#active.set(rollout.rolloutId, this.#copy(rollout));
    return 'added';
  }

  async deactivate(rolloutId: string): Promise<void> {
    this.#active.delete(rolloutId);
  }

  async upsertListItem(item: RolloutListItem): Promise<void> {
    this.#list.set(item.rolloutId, this.#copy(item));
  }

  async list(query: {
    readonly status?: RolloutStatus;
    readonly limit: number;
    readonly continuation?: string;
  }): Promise<{ readonly items: readonly RolloutListItem[]; readonly continuation?: string }> {
    const fitting = [...this.#list.values()].filter(
      ({ status }) => query.status === undefined || status === query.status,
    );
    return newestFirstPage(fitting, ({ rolloutId }) => rolloutId, query);
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
