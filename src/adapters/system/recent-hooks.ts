import type { Clock } from '../../ports/clock.ts';
import type { HookRecord, HookStore } from '../../ports/hook-store.ts';

/** How long a hook that was read is taken for current: what another process changes counts this much later. Ours. */
const FRESH_MS = 5000;
/** Anybody may ask for any name: the oldest answers are forgotten. Ours. */
const NAMES_MAX = 2000;

/** Hooks with a short memory: every delivery reads its hook, and a flood of deliveries must not become a flood of reads. */
export class RecentHooks implements HookStore {
  readonly #store: HookStore;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly record: Promise<HookRecord | undefined>; readonly staleAt: number }>();

  constructor(store: HookStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  list(): Promise<readonly HookRecord[]> {
    return this.#store.list();
  }

  async read(name: string): Promise<HookRecord | undefined> {
    const known = this.#known.get(name);
    if (known !== undefined && this.#clock.now() < known.staleAt) return known.record;
    const record = this.#store.read(name);
    this.#known.delete(name);
    this.#known.set(name, { record, staleAt: this.#clock.now() + FRESH_MS });
    const [oldest] = this.#known.keys();
    if (this.#known.size > NAMES_MAX && oldest !== undefined) this.#known.delete(oldest);
    // A read that failed is no answer to remember.
    record.catch(() => this.#known.delete(name));
    return record;
  }

  async write(record: HookRecord): Promise<'created' | 'replaced'> {
    const answer = await this.#store.write(record);
    this.#known.delete(record.name);
    return answer;
  }

  async remove(name: string): Promise<'removed' | 'absent'> {
    const answer = await this.#store.remove(name);
    this.#known.delete(name);
    return answer;
  }
}
