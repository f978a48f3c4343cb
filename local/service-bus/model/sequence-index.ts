import type { QueuedMessage } from './message.ts';

/** Removed numbers tolerated before the ordered list is rebuilt. */
const TOMBSTONES_MIN = 1024;

/** All messages of one queue, found by sequence number and walked in its order. */
export class SequenceIndex {
  readonly #messages = new Map<number, QueuedMessage>();
  /** Ascending; may hold numbers of messages that are gone. */
  #order: number[] = [];

  add(message: QueuedMessage): void {
    const number = message.sequenceNumber;
    this.#messages.set(number, message);
    const last = this.#order.at(-1);
    if (last === undefined || last < number) this.#order.push(number);
    else if (this.#order[this.#position(number)] !== number) this.#order.splice(this.#position(number), 0, number);
  }

  get(sequenceNumber: number): QueuedMessage | undefined {
    return this.#messages.get(sequenceNumber);
  }

  remove(sequenceNumber: number): void {
    this.#messages.delete(sequenceNumber);
    if (this.#order.length > TOMBSTONES_MIN + this.#messages.size * 2) {
      this.#order = this.#order.filter((number) => this.#messages.has(number));
    }
  }

  /** Up to `maxMessages` messages from `sequenceNumber` on that satisfy `accepts`. */
  from(sequenceNumber: number, maxMessages: number, accepts: (message: QueuedMessage) => boolean): QueuedMessage[] {
    const found: QueuedMessage[] = [];
    for (let at = this.#position(sequenceNumber); at < this.#order.length && found.length < maxMessages; at += 1) {
      const message = this.#messages.get(this.#order[at] ?? -1);
      if (message !== undefined && accepts(message)) found.push(message);
    }
    return found;
  }

  /** First position whose number is not below `sequenceNumber`. */
  #position(sequenceNumber: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#order[middle] ?? Infinity) < sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
