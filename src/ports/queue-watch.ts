/** Looks at queues without taking anything from them. May throw `Transient`. */
export interface QueueWatch {
  /**
   * Since when the oldest message stands in line, also one that a receiver is at work on; messages that are put off to a later time do
   * not count until then. `none` when there is none; `unknown` when so many are put off that it was not found among the first.
   */
  oldestSince(queue: string): Promise<number | 'none' | 'unknown'>;
  /** Dead letters of a queue, counted up to `DEAD_LETTERS_COUNTED_MAX`. */
  deadLetters(queue: string): Promise<number>;
}
