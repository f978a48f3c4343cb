import rhea from 'rhea';
import type { EventContext, Receiver } from 'rhea';
import { Refusal } from '../model/errors.ts';
import type { NewMessage } from '../model/message.ts';
import type { MessageQueue } from '../model/queue.ts';
import { BATCH_FORMAT, decodeBatch, decodeMessage } from './decode-message.ts';
import { amqpErrorOf, refusing } from './errors.ts';

/** Answers a sender's attach to a queue: what it transfers goes into the queue, and the answer says whether it did. */
export function openIncoming(receiver: Receiver, queue: MessageQueue): void {
  if (queue.deadLetters === undefined) {
    throw new Refusal('NotAllowed', `'${queue.spec.name}' takes no messages from senders. Send to the queue itself.`);
  }
  receiver.on('message', ({ message, delivery }: EventContext) => {
    if (delivery === undefined) return;
    refusing(
      () => {
        queue.send(decodeTransfer(message, delivery.format));
        delivery.accept();
      },
      (refusal) => delivery.reject(amqpErrorOf(refusal)),
    );
  });
}

/** rhea decodes plain messages itself and hands every other format on as bytes. */
function decodeTransfer(transfer: unknown, format: number): readonly NewMessage[] {
  if (!Buffer.isBuffer(transfer)) return [decodeMessage(rhea.message.encode(transfer))];
  if (format === BATCH_FORMAT) return decodeBatch(transfer);
  throw new Refusal(
    'NotImplemented',
    `The message format 0x${format.toString(16)} is unknown. Send plain messages or batches.`,
  );
}
