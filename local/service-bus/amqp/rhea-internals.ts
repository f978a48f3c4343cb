/**
 * The one place that reaches behind rhea's typings. rhea (3.x) has no public way to do these things; each function says
 * why the broker needs it, and fails loudly when a later rhea looks different.
 */
import type { Delivery, Receiver, Sender, Typed } from 'rhea';
import rhea from 'rhea';

/** Reads AMQP-encoded values one after the other. */
export interface AmqpReader {
  read(): Typed;
}

/** Writes AMQP-encoded values one after the other. */
export interface AmqpWriter {
  write(value: Typed): void;
  toBuffer(): Buffer;
}

export function newReader(buffer: Buffer): AmqpReader {
  return new ReaderClass(buffer);
}

export function newWriter(): AmqpWriter {
  return new WriterClass();
}

/** Transfers that the receiver of a link still wants, by rhea's books: they count a message when it is written, not when it is sent. */
export function creditOf(sender: Sender): number {
  return numberField(sender, 'credit');
}

/** Id of the first delivery of the link's AMQP session that rhea has not written yet; it writes at the end of the tick. */
export function firstUnwrittenDelivery(sender: Sender): number {
  return numberField(objectField(sender.session, 'outgoing'), 'next_pending_delivery');
}

/**
 * Answers a drain. rhea answers only while credit is left, but the last message can use it up in the same tick, and the
 * client would wait for an answer that never comes. So the link is lent one credit, which the answer takes back.
 */
export function answerDrain(sender: Sender): void {
  Object.assign(sender, {
    credit: numberField(sender, 'credit') + 1,
    delivery_count: numberField(sender, 'delivery_count') - 1,
  });
  sender.set_drained(true);
}

/** What the broker's half of an attach says beyond the addresses. */
export interface AttachFields {
  readonly snd_settle_mode: 0 | 1 | 2;
  readonly rcv_settle_mode: 0 | 1;
  readonly properties?: Readonly<Record<string, Typed>>;
}

/** Settlement modes and link properties are part of rhea's link options, which exist only for links one opens oneself. */
export function describeAttach(link: Sender, fields: AttachFields): void {
  Object.assign(objectField(objectField(link, 'local'), 'attach'), fields);
}

/**
 * Keeps rhea from answering an attach at the end of the tick, as it does by itself: a client that asks for any session
 * waits for the answer until there is one. `link.open()` answers later.
 */
export function holdAttach(link: Sender | Receiver): void {
  Object.assign(objectField(link, 'state'), { local_open: false, open_requests: 0 });
}

/**
 * Answers a receiver's disposition and lets rhea forget the delivery. In receiver-settles-second mode rhea waits for a
 * second disposition, which this client never sends, and a link with 2,048 such deliveries stands still.
 */
export function settleDelivery(delivery: Delivery, outcome: Typed): void {
  delivery.update(true, outcome);
  Object.assign(delivery, { remote_settled: true });
}

type ReaderConstructor = new (buffer: Buffer) => AmqpReader;
type WriterConstructor = new () => AmqpWriter;

const ReaderClass = classField<ReaderConstructor>(rhea.types, 'Reader', isReader);
const WriterClass = classField<WriterConstructor>(rhea.types, 'Writer', isWriter);

function isReader(value: unknown): value is ReaderConstructor {
  return hasMethods(value, ['read']);
}

function isWriter(value: unknown): value is WriterConstructor {
  return hasMethods(value, ['write', 'toBuffer']);
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return typeof prototype === 'object' && prototype !== null && methods.every((method) => method in prototype);
}

function classField<T>(owner: object, name: string, isExpected: (value: unknown) => value is T): T {
  const value: unknown = Reflect.get(owner, name);
  if (isExpected(value)) return value;
  throw unexpected(name);
}

function objectField(owner: object, name: string): object {
  const value: unknown = Reflect.get(owner, name);
  if (typeof value === 'object' && value !== null) return value;
  throw unexpected(name);
}

function numberField(owner: object, name: string): number {
  const value: unknown = Reflect.get(owner, name);
  if (typeof value === 'number') return value;
  throw unexpected(name);
}

function unexpected(name: string): Error {
  return new Error(
    `This version of rhea has no '${name}' where the broker expects it. Use the version in package-lock.json.`,
  );
}
