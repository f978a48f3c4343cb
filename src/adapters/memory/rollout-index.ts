import { Refusal } from '../../contracts/errors.ts';
import type { RolloutStatus } from '../../contracts/rollout-state.ts';
import type { ActiveRollout, IdempotencyClaim, RolloutIndex, RolloutListItem } from '../../ports/rollout-index.ts';
import type { FrozenCopy } from './frozen-copy.ts';

const CONTINUATION = /^after:/;

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
    const before = query.continuation === undefined ? undefined : rolloutIdOf(query.continuation);
    const found = [...this.#list.values()]
      .filter(({ status }) => query.status === undefined || status === query.status)
      .filter(({ rolloutId }) => before === undefined || rolloutId < before)
      .sort((one, other) => compare(other.rolloutId, one.rolloutId));
    const items = found.slice(0, query.limit);
    const last = items.at(-1);
    return found.length > items.length && last !== undefined
      ? { items, continuation: `after:${last.rolloutId}` }
      : { items };
  }
}

function rolloutIdOf(continuation: string): string {
  if (CONTINUATION.test(continuation)) return continuation.replace(CONTINUATION, '');
  throw new Refusal(
    400,
    'InvalidContinuation',
    'The continuation is none that a list answer gave; leave it out to start again.',
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
