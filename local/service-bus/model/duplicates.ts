interface SeenMessage {
  readonly messageId: string;
  readonly sequenceNumber: number;
  readonly untilMs: number;
}

/** Forgotten entries tolerated at the front of the list before it is cut. */
const FORGOTTEN_MAX = 1024;

/**
 * Remembers message ids for a fixed window. Duplicate detection looks at the message id alone, also for scheduled
 * messages, and a message that was cancelled or completed keeps its id taken until the window has passed.
 */
export class DuplicateWindow {
  readonly #windowMs: number;
  readonly #seen = new Map<string, SeenMessage>();
  /** Oldest first: the window has one length, so order of arrival is order of expiry. */
  #arrivals: SeenMessage[] = [];
  #forgotten = 0;

  /** `windowMs` 0 switches detection off. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The sequence number under which this id was accepted inside the window. */
  find(messageId: string, nowMs: number): number | undefined {
    this.#forget(nowMs);
    return this.#seen.get(messageId)?.sequenceNumber;
  }

  remember(messageId: string, sequenceNumber: number, nowMs: number): void {
    if (this.#windowMs === 0) return;
    const entry = { messageId, sequenceNumber, untilMs: nowMs + this.#windowMs };
    this.#seen.set(messageId, entry);
    this.#arrivals.push(entry);
  }

  #forget(nowMs: number): void {
    for (let oldest = this.#arrivals[this.#forgotten]; oldest !== undefined; oldest = this.#arrivals[this.#forgotten]) {
      if (oldest.untilMs > nowMs) break;
      this.#seen.delete(oldest.messageId);
      this.#forgotten += 1;
    }
    if (this.#forgotten > FORGOTTEN_MAX && this.#forgotten * 2 > this.#arrivals.length) {
      this.#arrivals = this.#arrivals.slice(this.#forgotten);
      this.#forgotten = 0;
    }
  }
}
