import type { LocalClock } from '../../clock.ts';
import { Alarms } from './alarms.ts';
import { DuplicateWindow } from './duplicates.ts';
import { Refusal } from './errors.ts';
import type { MessageState, NewMessage, QueuedMessage } from './message.ts';
import type { QueueCounts } from './metrics.ts';
import { Places } from './places.ts';
import type { PropertyChanges } from './places.ts';
import type { Session, SessionLock, Sessions } from './sessions.ts';
import { deadLetterSpec } from './spec.ts';
import type { BrokerQueueSpec } from './spec.ts';

/** `peekLock`: the receiver settles the message. `receiveAndDelete`: it is gone once handed out. */
export type ReceiveMode = 'peekLock' | 'receiveAndDelete';

/** Whose session a receiver works in: without `holder`, that of whoever holds the lock. */
export interface SessionClaim {
  readonly sessionId: string;
  readonly holder?: string | undefined;
}

/** Told what a receiver cannot know by asking. Called from within an operation: do not call the queue back at once. */
export interface QueueObserver {
  /** A message, or a session with messages, became available to receivers. */
  messageReady(): void;
  sessionLockExpired(lock: SessionLock): void;
}

/**
 * The rules of one Service Bus queue, without sockets; time comes from the clock. Operations that cannot be carried out
 * throw a `Refusal` and change nothing.
 */
export class MessageQueue {
  readonly spec: BrokerQueueSpec;
  /** Where this queue's dead messages go; a dead-letter queue has none and keeps its own. */
  readonly deadLetters: MessageQueue | undefined;
  readonly #alarms: Alarms;
  readonly #places: Places;
  readonly #duplicates: DuplicateWindow;
  readonly #observers = new Set<QueueObserver>();

  constructor(spec: BrokerQueueSpec, clock: LocalClock, kind: 'queue' | 'deadLetterQueue' = 'queue') {
    this.spec = spec;
    this.deadLetters = kind === 'queue' ? new MessageQueue(deadLetterSpec(spec), clock, 'deadLetterQueue') : undefined;
    this.#alarms = new Alarms(clock);
    this.#duplicates = new DuplicateWindow(spec.duplicateDetectionSeconds * 1000);
    this.#places = new Places(spec, this.#alarms, {
      ready: () => this.#observers.forEach((observer) => observer.messageReady()),
      sessionLockExpired: (lock) => this.#observers.forEach((observer) => observer.sessionLockExpired(lock)),
      died: (message, changes) => (this.deadLetters ?? this).#places.adopt(message, changes),
    });
  }

  observe(observer: QueueObserver): void {
    this.#observers.add(observer);
  }

  counts(): QueueCounts {
    return this.#places.metrics.counts(this.deadLetters?.counts());
  }

  /** Locks, order and state of the sessions; empty in a queue without sessions. */
  get sessions(): Sessions {
    this.#alarms.ringDue();
    return this.#places.sessions;
  }

  /** Stops the timers; the queue rests. */
  close(): void {
    this.#alarms.close();
    this.deadLetters?.close();
  }

  /**
   * Takes messages, now or scheduled: all or none. A duplicate inside the window is dropped silently, as in Azure.
   * Returns the sequence numbers; for a duplicate, that of the message it repeats.
   */
  send(messages: readonly NewMessage[]): number[] {
    this.#alarms.ringDue();
    if (this.spec.requiresSession && messages.some((message) => message.sessionId === undefined)) {
      throw new Refusal(
        'NotAllowed',
        `The queue '${this.spec.name}' requires sessions. Set a session id on the message.`,
      );
    }
    return messages.map((message) => this.#sendOne(message));
  }

  /** Removes messages that are still scheduled: all of them, or none when one is not (MessageNotFound). */
  cancelScheduled(sequenceNumbers: readonly number[]): void {
    this.#alarms.ringDue();
    const messages = this.#find(sequenceNumbers, 'scheduled');
    for (const message of messages) this.#places.remove(message);
  }

  /** Hands out the next message of the queue, or of the session the receiver holds; undefined when none waits. */
  receive(mode: ReceiveMode, claim?: SessionClaim): QueuedMessage | undefined {
    this.#alarms.ringDue();
    const session = this.#claimed(claim);
    const message = this.#places.next(session);
    if (message !== undefined) this.#handOut(message, mode, session);
    return message;
  }

  /** Hands out deferred messages by number: all of them, or none when one is not deferred (MessageNotFound). */
  receiveDeferred(sequenceNumbers: readonly number[], mode: ReceiveMode, claim?: SessionClaim): QueuedMessage[] {
    this.#alarms.ringDue();
    const session = this.#claimed(claim);
    const messages = this.#find(sequenceNumbers, 'deferred', claim?.sessionId);
    for (const message of messages) this.#handOut(message, mode, session);
    return messages;
  }

  /** Messages from a sequence number on, in whatever state, without locking them. */
  peek(fromSequenceNumber: number, maxMessages: number, sessionId?: string): QueuedMessage[] {
    this.#alarms.ringDue();
    const isAsked = (message: QueuedMessage) => sessionId === undefined || message.sessionId === sessionId;
    return this.#places.index.from(fromSequenceNumber, maxMessages, isAsked);
  }

  /** The receiver is done with the message: it is gone. */
  complete(lockToken: string): void {
    this.#places.remove(this.#locked(lockToken));
    this.#places.metrics.completes += 1;
  }

  /** Gives the message back at once; counts as a failed delivery. */
  abandon(lockToken: string, changes: PropertyChanges = {}): void {
    const message = this.#locked(lockToken);
    message.changes = { ...message.changes, ...changes };
    this.#places.return(message, 'failed');
  }

  /** Sets the message aside; from now on it is received by its sequence number only. */
  defer(lockToken: string, changes: PropertyChanges = {}): void {
    const message = this.#locked(lockToken);
    message.changes = { ...message.changes, ...changes };
    message.isDeferred = true;
    this.#places.return(message, 'unharmed');
  }

  /** Moves the message to the dead-letter queue. `changes` carry reason and description, and what else is to be set. */
  deadLetter(lockToken: string, changes: PropertyChanges = {}): void {
    this.#places.bury(this.#locked(lockToken), changes);
  }

  /** Extends the lock of a message by the lock duration from now; returns its new end. In a session, renew the session. */
  renewLock(lockToken: string): number {
    const message = this.#locked(lockToken);
    if (message.lock === undefined || this.spec.requiresSession) throw lockLost();
    return this.#places.extend(message, message.lock);
  }

  /** Ends a session lock on its holder's own wish. Its messages return without a failed delivery, as in Azure. */
  releaseSession(sessionId: string, holder: string): void {
    const { session } = this.sessions.held(sessionId, holder);
    this.sessions.unlock(session);
    this.#places.returnAll(session, 'unharmed');
    this.sessions.refresh(session);
  }

  #sendOne(message: NewMessage): number {
    const nowMs = this.#alarms.now();
    const repeated = this.#duplicates.find(message.messageId, nowMs);
    if (repeated !== undefined) return repeated;
    const { sequenceNumber } = this.#places.enter(message);
    this.#duplicates.remember(message.messageId, sequenceNumber, nowMs);
    this.#places.metrics.sends += 1;
    return sequenceNumber;
  }

  #claimed(claim: SessionClaim | undefined): Session | undefined {
    if (!this.spec.requiresSession) return undefined;
    if (claim !== undefined) return this.sessions.held(claim.sessionId, claim.holder).session;
    throw new Refusal(
      'NotAllowed',
      `The queue '${this.spec.name}' requires sessions. Accept a session to receive from it.`,
    );
  }

  #handOut(message: QueuedMessage, mode: ReceiveMode, session: Session | undefined): void {
    this.#places.metrics.receives += 1;
    if (mode === 'peekLock') return this.#places.lock(message, session);
    this.#places.remove(message);
    this.#places.metrics.completes += 1;
  }

  #locked(lockToken: string): QueuedMessage {
    this.#alarms.ringDue();
    const message = this.#places.lockedUnder(lockToken);
    if (message !== undefined) return message;
    if (!this.spec.requiresSession) throw lockLost();
    throw new Refusal(
      'SessionLockLost',
      'The session lock has expired, and the message with it. Accept the session again.',
    );
  }

  #find(sequenceNumbers: readonly number[], state: MessageState, sessionId?: string): QueuedMessage[] {
    return [...new Set(sequenceNumbers)].map((number) => {
      const message = this.#places.index.get(number);
      if (message?.state === state && (sessionId === undefined || message.sessionId === sessionId)) return message;
      throw new Refusal(
        'MessageNotFound',
        `The queue '${this.spec.name}' holds no ${state} message with sequence number ${number}.`,
      );
    });
  }
}

function lockLost(): Refusal {
  return new Refusal(
    'MessageLockLost',
    'The lock supplied is invalid. Either it expired, or the message was settled already. Receive it again.',
  );
}
