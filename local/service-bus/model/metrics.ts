import type { MessageState } from './message.ts';

/** What one queue holds now, and what happened in it since the broker started. */
export interface QueueCounts {
  /** Waiting for a receiver. */
  readonly active: number;
  /** Held by receivers in peek-lock. */
  readonly locked: number;
  readonly deferred: number;
  readonly scheduled: number;
  /** In the dead-letter queue, in whatever state. */
  readonly deadLettered: number;
  /** Messages accepted, without dropped duplicates. */
  readonly sends: number;
  /** Deliveries, repeated ones included. */
  readonly receives: number;
  /** Messages completed, or handed out in receive-and-delete. */
  readonly completes: number;
}

/** Keeps the counts of one queue up to date, so that reading them costs nothing. */
export class QueueMetrics {
  sends = 0;
  receives = 0;
  completes = 0;
  readonly #held = { active: 0, locked: 0, deferred: 0, scheduled: 0 };

  /** Books the move of one message; `removed` stands for outside the queue. */
  moved(from: MessageState, to: MessageState): void {
    if (from !== 'removed') this.#held[from] -= 1;
    if (to !== 'removed') this.#held[to] += 1;
  }

  /** `deadLetters`: the counts of the queue's dead-letter queue. */
  counts(deadLetters: QueueCounts | undefined): QueueCounts {
    return {
      ...this.#held,
      deadLettered: deadLetters === undefined ? 0 : deadLetters.active + deadLetters.locked + deadLetters.deferred,
      sends: this.sends,
      receives: this.receives,
      completes: this.completes,
    };
  }
}
