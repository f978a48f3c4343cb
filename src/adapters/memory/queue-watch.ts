import { DEAD_LETTERS_COUNTED_MAX } from '../../contracts/limits.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import type { MemoryBus, MemoryQueue } from './bus.ts';

/** Looks at queues in memory. */
export class MemoryQueueWatch implements QueueWatch {
  readonly #bus: MemoryBus;
  readonly #now: () => number;

  constructor(bus: MemoryBus, now: () => number) {
    this.#bus = bus;
    this.#now = now;
  }

  async oldestSince(queue: string): Promise<number | 'none'> {
    return this.#queue(queue).inLineSince(this.#now()) ?? 'none';
  }

  async deadLetters(queue: string): Promise<number> {
    return Math.min(this.#queue(queue).deadLetters, DEAD_LETTERS_COUNTED_MAX);
  }

  #queue(name: string): MemoryQueue {
    const queue = this.#bus.queues.get(name);
    if (queue === undefined) throw new Error(`no queue ${name}`);
    return queue;
  }
}
