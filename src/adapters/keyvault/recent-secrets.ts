import type { Clock } from '../../ports/clock.ts';
import type { SecretResult } from '../../ports/secrets.ts';

/** How long a value is taken for current. Ours: 1,000 clusters cost one read, and a rotated secret is seen within minutes. */
const FRESH_MS = 5 * 60_000;
/** Ours: more than one installation has; 25 KiB each at most. */
const VALUES_MAX = 500;

/** Values read in the last minutes, in memory only. Reads of one secret at the same time share one request. */
export class RecentSecrets {
  readonly #clock: Clock;
  readonly #values = new Map<string, { readonly result: SecretResult; readonly staleAt: number }>();
  readonly #loading = new Map<string, Promise<SecretResult>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The value read last, or what `load` gives. Faults are not kept: whoever removed the cause tries again at once. */
  async read(key: string, load: () => Promise<SecretResult>): Promise<SecretResult> {
    const known = this.#values.get(key);
    if (known !== undefined && this.#clock.now() < known.staleAt) return known.result;
    this.#values.delete(key);
    return this.#loading.get(key) ?? this.#load(key, load);
  }

  #load(key: string, load: () => Promise<SecretResult>): Promise<SecretResult> {
    const loading = load()
      .then((result) => {
        if (result.ok) this.#keep(key, result);
        return result;
      })
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  #keep(key: string, result: SecretResult): void {
    this.#values.set(key, { result, staleAt: this.#clock.now() + FRESH_MS });
    // A Map iterates in order of insertion, so the first key is the value read longest ago.
    const [oldest] = this.#values.keys();
    if (this.#values.size > VALUES_MAX && oldest !== undefined) this.#values.delete(oldest);
  }
}
