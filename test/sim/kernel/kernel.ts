import type { Drain } from './drain.ts';
import { EventHeap, type SimEvent } from './event-heap.ts';
import { hash32, Random } from './random.ts';

/** When every simulated run begins. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

/** Thrown out of a run when it goes on for ever: work without bound is a failure of its own (law 13). */
export class RunawayError extends Error {
  override readonly name = 'RunawayError';
}

/**
 * One virtual clock and one queue of events. Time jumps to the next event; after each event all microtasks run, so
 * nothing is ever in progress between two events.
 */
export class Kernel {
  readonly seed: number;
  readonly #heap = new EventHeap();
  readonly #ties: Random;
  readonly #drain: Drain;
  readonly #trace: string[] | undefined;
  #now = EPOCH_MS;
  #sequence = 0;
  #steps = 0;
  #hash = 0;
  #stopped = false;

  constructor(seed: number, drain: Drain, trace?: string[]) {
    this.seed = seed;
    this.#drain = drain;
    this.#trace = trace;
    this.#ties = new Random(seed, 'ties');
  }

  now(): number {
    return this.#now;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Covers every event and note so far: two runs of one seed must agree. */
  get traceHash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }

  get waiting(): number {
    return this.#heap.size;
  }

  /** Runs `task` later; the shape that `AzureWorld` wants of a clock. */
  after(delayMs: number, task: () => void, label = 'world'): void {
    const at = this.#now + Math.max(0, Math.round(delayMs));
    this.#heap.push({ at, tie: this.#ties.unit(), sequence: this.#sequence++, label, run: task });
  }

  /** Mixes a fact into the hash, and into the trace when there is one. */
  note(text: string): void {
    this.#hash = hash32(this.#hash, `${this.#now}|${text}`);
    if (this.#trace === undefined) return;
    this.#trace.push(`${formatTime(this.#now)} ${text}`);
    if (this.#trace.length > TRACE_LINES_MAX) this.#trace.splice(0, TRACE_LINES_MAX / 10);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Runs until `until` says so (asked after every event), the time is over, or somebody stopped it. Synchronous drains only. */
  run(endMs: number, stepsMax: number, until: () => boolean = () => false): void {
    for (let event = this.#next(endMs, stepsMax); event !== undefined; event = this.#next(endMs, stepsMax)) {
      event.run();
      void this.#drain();
      if (until()) return;
    }
  }

  /** The same with a drain that takes a turn of the event loop. */
  async runPortably(endMs: number, stepsMax: number, until: () => boolean = () => false): Promise<void> {
    for (let event = this.#next(endMs, stepsMax); event !== undefined; event = this.#next(endMs, stepsMax)) {
      event.run();
      await this.#drain();
      if (until()) return;
    }
  }

  #next(endMs: number, stepsMax: number): SimEvent | undefined {
    if (this.#stopped) return undefined;
    const event = this.#heap.peek();
    if (event === undefined || event.at > endMs) {
      this.#now = Math.max(this.#now, endMs);
      return undefined;
    }
    this.#heap.pop();
    this.#now = event.at;
    this.#steps += 1;
    if (this.#steps > stepsMax) throw new RunawayError(`more than ${stepsMax} steps, last: ${event.label}`);
    this.#hash = hash32(this.#hash, `${event.at}|${event.label}`);
    return event;
  }
}

const TRACE_LINES_MAX = 20_000;

/** Time since the run began, as hours:minutes:seconds.milliseconds. */
export function formatTime(ms: number): string {
  const since = ms - EPOCH_MS;
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  const seconds = Math.floor(since / 1000);
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${pad(since % 1000, 3)}`;
}
