import {
  OPERATIONS_QUEUE,
  QUEUES,
  REVISIONS_QUEUE,
  ROLLOUTS_QUEUE,
  STATUSES_QUEUE,
  NOTIFICATIONS_QUEUE,
  SWEEPS_QUEUE,
  type QueueSpec,
} from '../../contracts/queues.ts';
import type {
  CommitStatusMessage,
  NotificationMessage,
  OperationMessage,
  PutOffMessage,
  RevisionMessage,
  SweepMessage,
  WakeMessage,
} from '../../contracts/messages.ts';
import type { Bus, Outgoing } from '../../ports/bus.ts';

/** A message as the broker holds it. `body` is JSON, as on the wire. */
export interface HeldMessage {
  readonly id: string;
  readonly sequence: number;
  readonly body: string;
  readonly deliveryCount: number;
}

/** A message that a receiver holds the lock of. */
export interface Delivery extends HeldMessage {
  readonly lockToken: number;
}

interface Entry {
  message: HeldMessage;
  /** When it came into line, or comes. */
  readonly inLineAt: number;
  visibleAt: number;
  lock: number | undefined;
}

/**
 * One Service Bus queue without sessions: at least once, peek-lock with expiry, dead-lettering after `maxDeliveryCount`,
 * scheduled messages, duplicate detection that counts scheduled messages from the moment they are sent.
 */
export class MemoryQueue {
  readonly spec: QueueSpec;
  readonly #entries = new Map<number, Entry>();
  readonly #seen = new Map<string, number>();
  readonly #dead: HeldMessage[] = [];
  #sequence = 0;
  #locks = 0;

  constructor(spec: QueueSpec) {
    this.spec = spec;
  }

  /** Takes a message in; `dropped` when its id was seen inside the duplicate detection window. */
  send(id: string, body: string, at: number, now: number): 'taken' | 'dropped' {
    const seenAt = this.#seen.get(id);
    if (seenAt !== undefined && now < seenAt + this.spec.duplicateDetectionSeconds * 1000) return 'dropped';
    this.#remember(id, now);
    const sequence = ++this.#sequence;
    this.#entries.set(sequence, {
      message: { id, sequence, body, deliveryCount: 0 },
      inLineAt: Math.max(at, now),
      visibleAt: Math.max(at, now),
      lock: undefined,
    });
    return 'taken';
  }

  /** Locks the oldest visible message for `lockDurationSeconds`; an expired lock counts as a failed delivery. */
  receive(now: number): Delivery | undefined {
    for (const entry of this.#visible(now)) {
      if (entry.message.deliveryCount >= this.spec.maxDeliveryCount) {
        this.#bury(entry);
        continue;
      }
      entry.message = { ...entry.message, deliveryCount: entry.message.deliveryCount + 1 };
      entry.lock = ++this.#locks;
      entry.visibleAt = now + this.spec.lockDurationSeconds * 1000;
      return { ...entry.message, lockToken: entry.lock };
    }
    return undefined;
  }

  /** Extends the lock; false when it was lost. */
  renew(delivery: Delivery, now: number): boolean {
    const entry = this.#locked(delivery, now);
    if (entry !== undefined) entry.visibleAt = now + this.spec.lockDurationSeconds * 1000;
    return entry !== undefined;
  }

  /** Settles the message; false when the lock was lost, and the message will come again. */
  complete(delivery: Delivery, now: number): boolean {
    const entry = this.#locked(delivery, now);
    if (entry !== undefined) this.#entries.delete(delivery.sequence);
    return entry !== undefined;
  }

  /** Gives the message back, to be delivered again at once, or buries it after its last delivery. */
  abandon(delivery: Delivery, now: number): boolean {
    const entry = this.#locked(delivery, now);
    if (entry === undefined) return false;
    entry.lock = undefined;
    entry.visibleAt = now;
    if (entry.message.deliveryCount >= this.spec.maxDeliveryCount) this.#bury(entry);
    return true;
  }

  /** Takes the dead letters away, oldest first. */
  takeDead(): HeldMessage[] {
    return this.#dead.splice(0);
  }

  get deadLetters(): number {
    return this.#dead.length;
  }

  /** Since when the oldest message stands in line, a locked one too; undefined when none does. */
  inLineSince(now: number): number | undefined {
    let since: number | undefined;
    for (const { inLineAt } of this.#entries.values()) {
      if (inLineAt <= now) since = Math.min(since ?? inLineAt, inLineAt);
    }
    return since;
  }

  /** When the next message can be received; undefined when the queue is empty. */
  nextVisibleAt(): number | undefined {
    let next: number | undefined;
    for (const { visibleAt } of this.#entries.values()) next = Math.min(next ?? visibleAt, visibleAt);
    return next;
  }

  /** Messages in the queue, locked and scheduled ones too; not the dead ones. */
  get size(): number {
    return this.#entries.size;
  }

  /** Ids older than the window mean nothing any more; the oldest come first, since a map keeps the order of insertion. */
  #remember(id: string, now: number): void {
    this.#seen.delete(id);
    this.#seen.set(id, now);
    for (const [old, at] of this.#seen) {
      if (now < at + this.spec.duplicateDetectionSeconds * 1000) break;
      this.#seen.delete(old);
    }
  }

  #visible(now: number): Entry[] {
    return [...this.#entries.values()]
      .filter(({ visibleAt }) => visibleAt <= now)
      .sort((left, right) => left.visibleAt - right.visibleAt || left.message.sequence - right.message.sequence);
  }

  #locked(delivery: Delivery, now: number): Entry | undefined {
    const entry = this.#entries.get(delivery.sequence);
    return entry?.lock === delivery.lockToken && entry.visibleAt > now ? entry : undefined;
  }

  #bury(entry: Entry): void {
    this.#entries.delete(entry.message.sequence);
    this.#dead.push(entry.message);
  }
}

/** The application's bus over queues in memory. */
export class MemoryBus implements Bus {
  readonly queues: ReadonlyMap<string, MemoryQueue>;
  readonly #now: () => number;

  constructor(now: () => number, specs: readonly QueueSpec[] = QUEUES) {
    this.#now = now;
    this.queues = new Map(specs.map((spec) => [spec.name, new MemoryQueue(spec)]));
  }

  async sendOperations(messages: readonly Outgoing<OperationMessage>[]): Promise<void> {
    this.#send(OPERATIONS_QUEUE, messages);
  }

  async sendWakeups(messages: readonly Outgoing<WakeMessage>[]): Promise<void> {
    this.#send(ROLLOUTS_QUEUE, messages);
  }

  async sendSweeps(messages: readonly Outgoing<SweepMessage>[]): Promise<void> {
    this.#send(SWEEPS_QUEUE, messages);
  }

  async sendRevisions(messages: readonly Outgoing<RevisionMessage>[]): Promise<void> {
    this.#send(REVISIONS_QUEUE, messages);
  }

  async sendStatuses(messages: readonly Outgoing<CommitStatusMessage>[]): Promise<void> {
    this.#send(STATUSES_QUEUE, messages);
  }

  async sendNotifications(messages: readonly Outgoing<NotificationMessage>[]): Promise<void> {
    this.#send(NOTIFICATIONS_QUEUE, messages);
  }

  async putOff(queue: string, message: Outgoing<PutOffMessage>): Promise<void> {
    this.#send(queue, [message]);
  }

  #send(name: string, messages: readonly Outgoing<unknown>[]): void {
    const queue = this.queues.get(name);
    if (queue === undefined) throw new Error(`no queue ${name}`);
    for (const { id, message, at } of messages) queue.send(id, JSON.stringify(message), at, this.#now());
  }
}
