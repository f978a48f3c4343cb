/** Work that has started and not ended, so that a drain can wait for it. */
export class Pending {
  readonly #promises = new Set<Promise<unknown>>();

  get size(): number {
    return this.#promises.size;
  }

  async track<T>(work: Promise<T>): Promise<T> {
    this.#promises.add(work);
    try {
      return await work;
    } finally {
      this.#promises.delete(work);
    }
  }

  /** Resolves when nothing is pending, including what starts meanwhile. */
  async idle(): Promise<void> {
    while (this.#promises.size > 0) await Promise.allSettled(this.#promises);
  }
}
