import type { LocalClock } from '../../clock.ts';
import { LazyHeap } from './lazy-heap.ts';

/** Something that will happen at a moment unless it is cancelled before. */
export interface Alarm {
  cancel(): void;
}

/**
 * Every deadline of one queue (locks, schedules, time to live) in one heap with one timer. A hundred thousand locked
 * messages then cost one timer, and what is due rings in order of its time.
 */
export class Alarms {
  readonly #clock: LocalClock;
  readonly #pending = new LazyHeap<PendingAlarm>(isEarlier, (alarm) => !alarm.isCancelled);
  #sequence = 0;
  #timerAtMs = Infinity;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** Local-cloud time, milliseconds since the Unix epoch. */
  now(): number {
    return this.#clock.now();
  }

  /** Rings at `atMs`; never, when that is infinite. */
  set(atMs: number, ring: () => void): Alarm {
    const alarm = new PendingAlarm(atMs, this.#sequence++, ring);
    if (atMs === Infinity) return alarm;
    this.#pending.push(alarm);
    if (atMs < this.#timerAtMs) this.#armTimer(atMs);
    return alarm;
  }

  /** Rings everything that is due now. Called by the timer, and before an operation that must not see overdue state. */
  ringDue(): void {
    const nowMs = this.#clock.now();
    for (let next = this.#pending.peek(); next !== undefined && next.atMs <= nowMs; next = this.#pending.peek()) {
      this.#pending.pop();
      next.ring();
    }
  }

  /** Stops the timer; nothing rings by itself any more. */
  close(): void {
    this.#cancelTimer();
    this.#timerAtMs = Infinity;
  }

  #armTimer(atMs: number): void {
    this.#cancelTimer();
    this.#timerAtMs = atMs;
    this.#cancelTimer = this.#clock.after(atMs - this.#clock.now(), () => {
      this.#timerAtMs = Infinity;
      this.ringDue();
      const next = this.#pending.peek();
      if (next !== undefined && next.atMs < this.#timerAtMs) this.#armTimer(next.atMs);
    });
  }
}

class PendingAlarm implements Alarm {
  readonly atMs: number;
  /** Order of setting, so that alarms of one moment ring in the order they were set. */
  readonly sequence: number;
  readonly ring: () => void;
  isCancelled = false;

  constructor(atMs: number, sequence: number, ring: () => void) {
    this.atMs = atMs;
    this.sequence = sequence;
    this.ring = ring;
  }

  cancel(): void {
    this.isCancelled = true;
  }
}

function isEarlier(a: PendingAlarm, b: PendingAlarm): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
