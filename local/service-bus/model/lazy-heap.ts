/** Below this size a heap is never compacted: the work would cost more than the memory it frees. */
const COMPACT_MIN_ITEMS = 1024;

/**
 * A priority queue whose items may die while they wait. Dead items are dropped when they reach the top, and all at once
 * whenever the heap has doubled, so that memory stays in proportion to the living and every operation is O(log n) amortised.
 */
export class LazyHeap<T> {
  #items: T[] = [];
  #compactAtItems = COMPACT_MIN_ITEMS;
  readonly #precedes: (a: T, b: T) => boolean;
  readonly #isAlive: (item: T) => boolean;

  constructor(precedes: (a: T, b: T) => boolean, isAlive: (item: T) => boolean) {
    this.#precedes = precedes;
    this.#isAlive = isAlive;
  }

  push(item: T): void {
    if (this.#items.length >= this.#compactAtItems) this.#compact();
    this.#items.push(item);
    this.#siftUp(this.#items.length - 1);
  }

  /** The first living item, which stays in the heap. */
  peek(): T | undefined {
    for (let top = this.#items[0]; top !== undefined; top = this.#items[0]) {
      if (this.#isAlive(top)) return top;
      this.#dropTop();
    }
    return undefined;
  }

  /** Takes the first living item out. */
  pop(): T | undefined {
    const top = this.peek();
    if (top !== undefined) this.#dropTop();
    return top;
  }

  #compact(): void {
    this.#items = this.#items.filter(this.#isAlive);
    for (let index = (this.#items.length >> 1) - 1; index >= 0; index -= 1) this.#siftDown(index);
    this.#compactAtItems = Math.max(COMPACT_MIN_ITEMS, this.#items.length * 2);
  }

  #dropTop(): void {
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    this.#siftDown(0);
  }

  #siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #siftDown(start: number): void {
    let index = start;
    for (;;) {
      const left = index * 2 + 1;
      const smaller = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(smaller, index)) return;
      index = smaller;
    }
  }

  #swapIfBefore(index: number, other: number): boolean {
    const a = this.#items[index];
    const b = this.#items[other];
    if (a === undefined || b === undefined || !this.#precedes(a, b)) return false;
    this.#items[index] = b;
    this.#items[other] = a;
    return true;
  }

  #isBefore(index: number, other: number): boolean {
    const a = this.#items[index];
    const b = this.#items[other];
    return a !== undefined && b !== undefined && this.#precedes(a, b);
  }
}
