import type { EventContext, Sender } from 'rhea';
import { z } from 'zod';
import type { MessageQueue, ReceiveMode, SessionClaim } from '../model/queue.ts';
import type { Refusal } from '../model/errors.ts';
import type { PropertyChanges } from '../model/places.ts';
import { encodeMessage } from './encode-message.ts';
import { acceptedOutcome, amqpErrorOf, refusing, rejectedOutcome } from './errors.ts';
import { tagOfToken, tokenOfTag } from './lock-token.ts';
import { answerDrain, creditOf, firstUnwrittenDelivery, settleDelivery } from './rhea-internals.ts';

/** Format of a plain AMQP message. */
const MESSAGE_FORMAT = 0;

/** A link on which the broker sends a queue's messages to one receiver and takes that receiver's settlements. */
export class OutgoingLink {
  readonly sender: Sender;
  /** The session this receiver holds, in a queue with sessions. */
  readonly claim: SessionClaim | undefined;
  readonly #queue: MessageQueue;
  readonly #mode: ReceiveMode;
  /** Ids of deliveries that are sent and not yet written, in order: they have a claim on the credit that is left. */
  readonly #unwritten: number[] = [];
  #isDraining = false;

  /** `wake` looks for messages that this link can take. */
  constructor(
    sender: Sender,
    queue: MessageQueue,
    claim: SessionClaim | undefined,
    wake: () => void,
    deliverNow: () => void,
  ) {
    this.sender = sender;
    this.claim = claim;
    this.#queue = queue;
    this.#mode = sender.snd_settle_mode === 1 ? 'receiveAndDelete' : 'peekLock';
    sender.on('sender_flow', () => (this.#isDraining = false));
    sender.on('sender_draining', () => this.#drain(deliverNow));
    sender.on('sendable', wake);
    this.#onSettlement('accepted', (token) => queue.complete(token), wake);
    this.#onSettlement('released', (token) => queue.abandon(token), wake);
    this.#onSettlement('modified', (token, state) => this.#modify(token, state), wake);
    this.#onSettlement('rejected', (token, state) => queue.deadLetter(token, deadLetterChanges(state)), wake);
  }

  /** Sends the queue's next message. False: the receiver wants none now, or none waits. */
  deliverNext(): boolean {
    if (this.#isDraining || !this.#hasCredit()) return false;
    const message = this.#queue.receive(this.#mode, this.claim);
    if (message === undefined) return false;
    const tag = message.lock === undefined ? undefined : tagOfToken(message.lock.token);
    this.#unwritten.push(this.sender.send(encodeMessage(message), tag, MESSAGE_FORMAT).id);
    return true;
  }

  /** Ends the link from the broker's side. */
  close(refusal: Refusal): void {
    this.sender.close(amqpErrorOf(refusal));
  }

  /** Without this, rhea would queue messages beyond the credit, where their locks run out. */
  #hasCredit(): boolean {
    const writtenBefore = firstUnwrittenDelivery(this.sender);
    while (this.#unwritten[0] !== undefined && this.#unwritten[0] < writtenBefore) this.#unwritten.shift();
    return this.sender.sendable() && creditOf(this.sender) > this.#unwritten.length;
  }

  #drain(deliverNow: () => void): void {
    deliverNow();
    this.#isDraining = true;
    answerDrain(this.sender);
  }

  #onSettlement(outcome: string, settle: (lockToken: string, state: unknown) => void, wake: () => void): void {
    this.sender.on(outcome, ({ delivery }: EventContext) => {
      // In receive-and-delete the message was settled when it was sent.
      if (delivery === undefined || this.#mode === 'receiveAndDelete') return;
      refusing(
        () => {
          settle(tokenOfTag(delivery.tag), delivery.remote_state);
          settleDelivery(delivery, acceptedOutcome());
        },
        (refusal) => settleDelivery(delivery, rejectedOutcome(refusal)),
      );
      wake();
    });
  }

  #modify(lockToken: string, state: unknown): void {
    const { undeliverable_here: isDeferral, message_annotations: changes } = modifiedSchema.parse(state);
    if (isDeferral === true) this.#queue.defer(lockToken, withoutNulls(changes));
    else this.#queue.abandon(lockToken, withoutNulls(changes));
  }
}

const changesSchema = z.record(z.string(), z.unknown()).nullish();
const modifiedSchema = z.object({ undeliverable_here: z.boolean().nullish(), message_annotations: changesSchema });
const rejectedSchema = z.object({
  error: z
    .object({ condition: z.string().nullish(), description: z.string().nullish(), info: changesSchema })
    .nullish(),
});

/** The client names reason and description in `info`; other clients only set the error itself. */
function deadLetterChanges(state: unknown): PropertyChanges {
  const { error } = rejectedSchema.parse(state);
  const info = withoutNulls(error?.info);
  if (Object.keys(info).length > 0 || error?.condition === DEAD_LETTER_CONDITION) return info;
  return withoutNulls({ DeadLetterReason: error?.condition, DeadLetterErrorDescription: error?.description });
}

const DEAD_LETTER_CONDITION = 'com.microsoft:dead-letter';

/** A client writes null for a property it has nothing to say about. */
export function withoutNulls(changes: Readonly<Record<string, unknown>> | null | undefined): PropertyChanges {
  return Object.fromEntries(Object.entries(changes ?? {}).filter(([, value]) => value !== null && value !== undefined));
}
