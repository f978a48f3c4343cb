import type { LocalClock } from '../../clock.ts';
import { Refusal } from '../model/errors.ts';
import { MessageQueue } from '../model/queue.ts';
import { DEAD_LETTER_PATH } from '../model/spec.ts';
import type { BrokerQueueSpec } from '../model/spec.ts';
import { Dispatcher } from './dispatcher.ts';

/** A queue or dead-letter queue with what hands its messages to links. */
export interface Entity {
  readonly queue: MessageQueue;
  readonly dispatcher: Dispatcher;
}

/** All entities of the broker by path. Paths are compared without case, as in Azure. */
export class Entities {
  readonly #byPath = new Map<string, Entity>();
  readonly #queues: readonly MessageQueue[];

  constructor(specs: readonly BrokerQueueSpec[], clock: LocalClock) {
    this.#queues = specs.map((spec) => new MessageQueue(spec, clock));
    for (const queue of this.#queues) {
      this.#add(queue.spec.name, queue, clock);
      if (queue.deadLetters !== undefined) this.#add(`${queue.spec.name}${DEAD_LETTER_PATH}`, queue.deadLetters, clock);
    }
  }

  /** The queues, without their dead-letter queues. */
  get queues(): readonly MessageQueue[] {
    return this.#queues;
  }

  /** Refuses with MessagingEntityNotFound when no queue has this path. */
  find(path: string): Entity {
    const entity = this.#byPath.get(path.toLowerCase());
    if (entity !== undefined) return entity;
    const names = this.#queues.map((queue) => queue.spec.name).join(', ');
    // The client library recognises this case by the wording up to "found".
    throw new Refusal(
      'MessagingEntityNotFound',
      `The messaging entity '${path}' could not be found. This broker serves: ${names}.`,
    );
  }

  close(): void {
    for (const queue of this.#queues) queue.close();
  }

  #add(path: string, queue: MessageQueue, clock: LocalClock): void {
    if (this.#byPath.has(path.toLowerCase()))
      throw new Error(`There are two queues named '${path}'. Names are compared without case.`);
    this.#byPath.set(path.toLowerCase(), { queue, dispatcher: new Dispatcher(queue, clock) });
  }
}
