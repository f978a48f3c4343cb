import type { Alarm } from './alarms.ts';

/** The parts of a message that the queue keeps and gives back without looking at them. */
export interface MessageContent {
  /** Message annotations of the sender: name → AMQP-typed value. */
  readonly annotations: Readonly<Record<string, unknown>>;
  /** Encoded AMQP sections, each with its descriptor; empty when the sender left the section out. */
  readonly properties: Buffer;
  readonly applicationProperties: Buffer;
  /** Body sections and footer. */
  readonly body: Buffer;
}

/** What a sender hands to a queue. */
export interface NewMessage {
  readonly messageId: string;
  readonly sessionId?: string | undefined;
  /** Shortens the queue's default time to live; it cannot lengthen it. */
  readonly timeToLiveMs?: number | undefined;
  /** Local-cloud time at which the message is to appear; in the past means at once. */
  readonly scheduledForMs?: number | undefined;
  readonly content: MessageContent;
}

/**
 * Where a message is. `active`: in line for a receiver. `locked`: with a receiver, in peek-lock. `deferred`: set aside,
 * found by sequence number only. `removed`: no longer in this queue.
 */
export type MessageState = 'scheduled' | 'active' | 'locked' | 'deferred' | 'removed';

/** A receiver's claim on a message. In a session the claim lasts as long as the lock of the session. */
export interface MessageLock {
  /** 32 hexadecimal digits. */
  readonly token: string;
  untilMs: number;
  alarm: Alarm | undefined;
}

/** One message in one queue. Only the queue changes it. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly content: MessageContent;
  /** Infinity: it never expires. */
  readonly timeToLiveMs: number;
  readonly scheduledForMs: number | undefined;
  /** Number under which the message first entered the queue; `sequenceNumber` changes when a scheduled message becomes active. */
  readonly enqueuedSequenceNumber: number;
  sequenceNumber: number;
  enqueuedAtMs: number;
  state: MessageState;
  /** Set by `defer`; such a message returns to `deferred`, not to the line, when its lock ends. */
  isDeferred: boolean;
  /** Deliveries that ended in abandon or in an expired lock. */
  deliveryCount: number;
  lock: MessageLock | undefined;
  /** Rings when a scheduled message is to appear, later when the message expires. */
  alarm: Alarm | undefined;
  /** Application properties that receivers set through abandon, defer and dead-letter; they win over the sender's. */
  changes: Readonly<Record<string, unknown>>;
}

/** Local-cloud time after which an active message expires. */
export function expiresAtMs(message: QueuedMessage): number {
  return message.enqueuedAtMs + message.timeToLiveMs;
}
