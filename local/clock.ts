/**
 * Time for every part of the local cloud. All parts of one local cloud share one clock, so that `--speed 20` makes
 * simulated Azure, queues, timers and the application run twenty times faster, consistently (architecture, law 10).
 */
export interface LocalClock {
  /** Milliseconds since the Unix epoch, in the local cloud's own time. */
  now(): number;
  /** Runs `task` once `delayMs` of local time has passed. Returns a function that cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

/** Real time, `speed` times faster since `originMs`. Several processes with the same two numbers agree on the time. */
export class ScaledClock implements LocalClock {
  readonly speed: number;
  readonly originMs: number;

  constructor(speed = 1, originMs = Date.now()) {
    this.speed = speed;
    this.originMs = originMs;
  }

  now(): number {
    return this.originMs + (Date.now() - this.originMs) * this.speed;
  }

  after(delayMs: number, task: () => void): () => void {
    // Node clamps timers above 2^31-1 ms to 1 ms, so a long wait is split.
    const realMs = Math.max(0, delayMs / this.speed);
    const hopMs = Math.min(realMs, 2 ** 31 - 1);
    let timer = setTimeout(() => {
      if (hopMs < realMs) cancelRest = this.after(delayMs - hopMs * this.speed, task);
      else task();
    }, hopMs);
    let cancelRest = (): void => {
      clearTimeout(timer);
    };
    timer = timer.unref();
    return () => cancelRest();
  }
}

/** A clock that stands still until a test advances it; due tasks then run in order of their time. */
export class ManualClock implements LocalClock {
  #now: number;
  #sequence = 0;
  readonly #tasks = new Map<number, { at: number; task: () => void }>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const id = this.#sequence++;
    this.#tasks.set(id, { at: this.#now + Math.max(0, delayMs), task });
    return () => void this.#tasks.delete(id);
  }

  /** Moves time forward by `ms`, running every task that falls due, each at its own moment. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#earliest(end); due !== undefined; due = this.#earliest(end)) {
      const [id, { at, task }] = due;
      this.#tasks.delete(id);
      this.#now = Math.max(this.#now, at);
      task();
    }
    this.#now = end;
  }

  #earliest(end: number): [number, { at: number; task: () => void }] | undefined {
    let best: [number, { at: number; task: () => void }] | undefined;
    for (const entry of this.#tasks) {
      if (entry[1].at <= end && (best === undefined || entry[1].at < best[1].at)) best = entry;
    }
    return best;
  }
}
