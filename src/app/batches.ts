/** Does work for several items of one key at once; answers are in their order. */
export type RunBatch<T, R> = (key: string, items: readonly T[]) => Promise<readonly R[]>;

export interface BatchOptions {
  readonly itemsMax: number;
  /** Runs a batch when it is its turn. What arrives until then comes with it. */
  readonly inTurn?: <A>(work: () => Promise<A>) => Promise<A>;
  /** True of a fault that the others of its batch do not share: each is then tried alone. */
  readonly isOwnFault?: (error: unknown) => boolean;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Work done together for what arrives while the same key is at work, in the order of arrival. Nothing waits for company. */
export class Batches<T, R> {
  readonly #run: RunBatch<T, R>;
  readonly #options: BatchOptions;
  readonly #waiting = new Map<string, Waiting<T, R>[]>();

  constructor(run: RunBatch<T, R>, options: BatchOptions) {
    this.#run = run;
    this.#options = options;
  }

  /** Adds one item; resolves with its answer, or fails as its batch does. */
  add(key: string, item: T): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.push({ item, resolve, reject });
    } else {
      const first = [{ item, resolve, reject }];
      this.#waiting.set(key, first);
      void this.#workOff(key, first);
    }
    return promise;
  }

  async #workOff(key: string, waiting: Waiting<T, R>[]): Promise<void> {
    const { itemsMax, inTurn = (work) => work() } = this.#options;
    while (waiting.length > 0) await inTurn(() => this.#answer(key, waiting.splice(0, itemsMax)));
    this.#waiting.delete(key);
  }

  async #answer(key: string, batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const items = batch.map(({ item }) => item);
      const answers = await this.#run(key, items);
      if (answers.length !== batch.length) throw new RangeError(`${answers.length} answers to ${batch.length} items`);
      for (const [index, answer] of answers.entries()) batch[index]?.resolve(answer);
    } catch (error) {
      const isShared = batch.length === 1 || this.#options.isOwnFault?.(error) !== true;
      if (!isShared) for (const one of batch) await this.#answer(key, [one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}
