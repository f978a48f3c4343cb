import { randomUUID } from 'node:crypto';
import type { Alarms } from './alarms.ts';
import { newLine } from './lines.ts';
import type { Line } from './lines.ts';
import { expiresAtMs } from './message.ts';
import type { MessageLock, MessageState, NewMessage, QueuedMessage } from './message.ts';
import { QueueMetrics } from './metrics.ts';
import { SequenceIndex } from './sequence-index.ts';
import { Sessions } from './sessions.ts';
import type { Session, SessionLock } from './sessions.ts';
import { MAX_DELIVERY_COUNT_EXCEEDED, TTL_EXPIRED } from './spec.ts';
import type { BrokerQueueSpec } from './spec.ts';

/** Application properties to set on a message. */
export type PropertyChanges = Readonly<Record<string, unknown>>;

/** What the places of a queue tell the outside, from within a move: the listener must not move messages itself. */
export interface PlacesListener {
  /** A message, or a session with messages, became available to receivers. */
  ready(): void;
  sessionLockExpired(lock: SessionLock): void;
  /** The message has left this queue and belongs into the dead-letter queue. */
  died(message: QueuedMessage, changes: PropertyChanges): void;
}

/** How a delivery ended that gave the message back: `failed` counts towards the maximum of deliveries. */
export type ReturnReason = 'failed' | 'unharmed';

/**
 * Where the messages of one queue are, and every way one can move. A message is in exactly one place (`MessageState`);
 * what is allowed to whom is the business of `MessageQueue`.
 */
export class Places {
  readonly index = new SequenceIndex();
  readonly metrics = new QueueMetrics();
  readonly sessions: Sessions;
  readonly #spec: BrokerQueueSpec;
  readonly #alarms: Alarms;
  readonly #listener: PlacesListener;
  readonly #line: Line = newLine();
  readonly #locked = new Map<string, QueuedMessage>();
  #lastSequenceNumber = 0;

  constructor(spec: BrokerQueueSpec, alarms: Alarms, listener: PlacesListener) {
    this.#spec = spec;
    this.#alarms = alarms;
    this.#listener = listener;
    this.sessions = new Sessions(alarms, spec.lockDurationSeconds * 1000, {
      sessionAvailable: () => listener.ready(),
      lockExpired: (session, lock) => {
        this.returnAll(session, 'failed');
        listener.sessionLockExpired(lock);
      },
    });
  }

  /** A message from outside enters: into the line, or among the scheduled ones. */
  enter(message: NewMessage): QueuedMessage {
    const nowMs = this.#alarms.now();
    const sequenceNumber = ++this.#lastSequenceNumber;
    const timeToLiveMs = Math.min(message.timeToLiveMs ?? Infinity, this.#spec.defaultTimeToLiveSeconds * 1000);
    const queued: QueuedMessage = {
      messageId: message.messageId,
      sessionId: message.sessionId,
      content: message.content,
      timeToLiveMs,
      scheduledForMs: message.scheduledForMs,
      enqueuedSequenceNumber: sequenceNumber,
      sequenceNumber,
      enqueuedAtMs: nowMs,
      state: 'removed',
      isDeferred: false,
      deliveryCount: 0,
      lock: undefined,
      alarm: undefined,
      changes: {},
    };
    this.index.add(queued);
    if (message.scheduledForMs !== undefined && message.scheduledForMs > nowMs)
      this.#schedule(queued, message.scheduledForMs);
    else this.#makeReady(queued);
    return queued;
  }

  /** Another queue's dead message enters, with its number, its times and its count of deliveries. */
  adopt(dead: QueuedMessage, changes: PropertyChanges): void {
    const adopted: QueuedMessage = {
      ...dead,
      timeToLiveMs: Infinity,
      isDeferred: false,
      alarm: undefined,
      changes: { ...dead.changes, ...changes },
    };
    this.index.add(adopted);
    this.#makeReady(adopted);
  }

  /** Takes the next message out of the line, or out of the line of a session. */
  next(session: Session | undefined): QueuedMessage | undefined {
    return (session?.line ?? this.#line).pop();
  }

  /** Gives a message to a receiver until the lock duration, or the lock of the session, has passed. */
  lock(message: QueuedMessage, session: Session | undefined): void {
    const untilMs = session?.lock?.untilMs ?? this.#lockEndMs();
    const lock: MessageLock = { token: randomUUID().replaceAll('-', ''), untilMs, alarm: undefined };
    if (session === undefined) lock.alarm = this.#lockAlarm(message, untilMs);
    else session.locked.add(message);
    message.lock = lock;
    this.#locked.set(lock.token, message);
    this.#setState(message, 'locked');
  }

  /** The message that is locked under this token. */
  lockedUnder(lockToken: string): QueuedMessage | undefined {
    return this.#locked.get(lockToken);
  }

  /** Extends a lock by the lock duration from now; returns its new end. */
  extend(message: QueuedMessage, lock: MessageLock): number {
    lock.alarm?.cancel();
    lock.untilMs = this.#lockEndMs();
    lock.alarm = this.#lockAlarm(message, lock.untilMs);
    return lock.untilMs;
  }

  /** A locked message goes back to where it was before; or dies, when it was delivered too often. */
  return(message: QueuedMessage, reason: ReturnReason): void {
    this.#unlock(message);
    if (reason === 'failed') message.deliveryCount += 1;
    if (message.deliveryCount >= this.#spec.maxDeliveryCount) {
      const description = `Message could not be consumed after ${this.#spec.maxDeliveryCount} delivery attempts.`;
      this.bury(message, { DeadLetterReason: MAX_DELIVERY_COUNT_EXCEEDED, DeadLetterErrorDescription: description });
    } else if (message.isDeferred) this.#setState(message, 'deferred');
    else this.#makeReady(message);
  }

  /** Returns every message that is locked in a session. */
  returnAll(session: Session, reason: ReturnReason): void {
    for (const message of [...session.locked]) this.return(message, reason);
  }

  bury(message: QueuedMessage, changes: PropertyChanges): void {
    this.remove(message);
    this.#listener.died(message, changes);
  }

  remove(message: QueuedMessage): void {
    this.#unlock(message);
    message.alarm?.cancel();
    this.index.remove(message.sequenceNumber);
    this.#setState(message, 'removed');
    if (this.#spec.requiresSession) this.sessions.refresh(this.sessions.open(message.sessionId ?? ''));
  }

  /** A scheduled message that comes due enters the queue as if it were sent then: new number, new enqueued time. */
  #schedule(message: QueuedMessage, atMs: number): void {
    this.#setState(message, 'scheduled');
    message.alarm = this.#alarms.set(atMs, () => {
      this.index.remove(message.sequenceNumber);
      message.sequenceNumber = ++this.#lastSequenceNumber;
      message.enqueuedAtMs = this.#alarms.now();
      message.alarm = undefined;
      this.index.add(message);
      this.#makeReady(message);
    });
  }

  #makeReady(message: QueuedMessage): void {
    if (expiresAtMs(message) <= this.#alarms.now()) return this.#expire(message);
    // Locked and deferred messages do not expire; when such a message returns, the line above catches up with it.
    message.alarm ??= this.#alarms.set(expiresAtMs(message), () => {
      if (message.state === 'active') this.#expire(message);
    });
    this.#setState(message, 'active');
    if (this.#spec.requiresSession) this.sessions.join(message);
    else this.#line.push(message);
    this.#listener.ready();
  }

  #expire(message: QueuedMessage): void {
    if (this.#spec.deadLetteringOnMessageExpiration !== true) return this.remove(message);
    const description = 'The message expired before it was received.';
    this.bury(message, { DeadLetterReason: TTL_EXPIRED, DeadLetterErrorDescription: description });
  }

  #unlock(message: QueuedMessage): void {
    const lock = message.lock;
    if (lock === undefined) return;
    lock.alarm?.cancel();
    this.#locked.delete(lock.token);
    if (this.#spec.requiresSession) this.sessions.open(message.sessionId ?? '').locked.delete(message);
    message.lock = undefined;
  }

  #lockEndMs(): number {
    return this.#alarms.now() + this.#spec.lockDurationSeconds * 1000;
  }

  #lockAlarm(message: QueuedMessage, untilMs: number) {
    return this.#alarms.set(untilMs, () => this.return(message, 'failed'));
  }

  #setState(message: QueuedMessage, state: MessageState): void {
    this.metrics.moved(message.state, state);
    message.state = state;
  }
}
