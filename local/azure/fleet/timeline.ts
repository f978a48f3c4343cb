import type { LocalClock } from '../../clock.ts';

interface Entry {
  readonly atMs: number;
  readonly sequence: number;
  readonly task: () => void;
}

/**
 * The one event queue of a simulated Azure: everything that will happen later (an agent accepts, a kustomization becomes
 * ready) waits here, ordered by time and then by insertion. Only one timer of the clock is armed at any moment, so tens of
 * thousands of waiting events cost nothing.
 */
export class Timeline {
  readonly #clock: LocalClock;
  readonly #heap: Entry[] = [];
  #sequence = 0;
  #armed: { atMs: number; cancel: () => void } | undefined;
  #closed = false;

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Events that still wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Runs `task` after `delayMs` of local time. Tasks cannot be taken back: they look whether they still apply. */
  after(delayMs: number, task: () => void): void {
    if (this.#closed) return;
    this.#push({ atMs: this.now() + Math.max(0, delayMs), sequence: this.#sequence++, task });
    this.#arm();
  }

  /** Drops everything that waits. */
  close(): void {
    this.#closed = true;
    this.#armed?.cancel();
    this.#heap.length = 0;
  }

  #run(): void {
    this.#armed = undefined;
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= this.now(); first = this.#heap[0]) {
      this.#pop();
      first.task();
    }
    this.#arm();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || this.#closed) return;
    if (this.#armed !== undefined && this.#armed.atMs <= first.atMs) return;
    this.#armed?.cancel();
    const cancel = this.#clock.after(first.atMs - this.now(), () => {
      this.#run();
    });
    this.#armed = { atMs: first.atMs, cancel };
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const rightFirst = right !== undefined && isBefore(right, left);
      const child = rightFirst ? right : left;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = 2 * index + (rightFirst ? 2 : 1);
    }
    heap[index] = last;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}
