import type { Versioned } from '../../ports/versioned.ts';
import type { FrozenCopy } from './frozen-copy.ts';

/** Rows by key with versions, as a table has them. Versions are unique in one map: a row that was removed and came back has a new one. */
export class VersionedMap<K, T> {
  readonly #copy: FrozenCopy;
  readonly #rows = new Map<K, Versioned<T>>();
  #writes = 0;

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  get(key: K): Versioned<T> | undefined {
    return this.#rows.get(key);
  }

  has(key: K): boolean {
    return this.#rows.has(key);
  }

  /** True while the row is at this version; undefined stands for "not there". */
  isAt(key: K, version: string | undefined): boolean {
    return this.#rows.get(key)?.version === version;
  }

  /** Inserts or replaces; returns the new version. */
  set(key: K, value: T): string {
    const version = String(++this.#writes);
    this.#rows.set(key, Object.freeze({ value: this.#copy(value), version }));
    return version;
  }

  /** Sets if the row is at `version`. Returns the new version, or undefined when it is not. */
  setIf(key: K, value: T, version: string | undefined): string | undefined {
    return this.isAt(key, version) ? this.set(key, value) : undefined;
  }

  delete(key: K): void {
    this.#rows.delete(key);
  }

  /** Keys in the order they were inserted. */
  keys(): MapIterator<K> {
    return this.#rows.keys();
  }

  /** Rows in the order they were inserted. */
  values(): MapIterator<Versioned<T>> {
    return this.#rows.values();
  }
}

/** The rows whose number is in a range, both ends included, in order of their numbers. */
export function inRange<T>(
  rows: VersionedMap<number, T>,
  range: { readonly from: number; readonly to: number },
): Versioned<T>[] {
  const numbers = [...rows.keys()].filter((number) => number >= range.from && number <= range.to);
  return numbers.sort((one, other) => one - other).flatMap((number) => rows.get(number) ?? []);
}
