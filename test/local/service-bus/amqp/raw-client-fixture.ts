import { once } from 'node:events';
import rhea from 'rhea';
import type { Connection, Delivery, EventContext, Message, Receiver, Sender } from 'rhea';
import { onTestFinished } from 'vitest';
import { QUEUES } from '../broker-fixture.ts';
import { ManualClock } from '../../../../local/clock.ts';
import { startBroker } from '../../../../local/service-bus/broker.ts';
import type { Broker } from '../../../../local/service-bus/broker.ts';

/** A broker and a bare AMQP connection, for what the Service Bus client never does or does only by accident of timing. */
export async function useRawClient(): Promise<{ broker: Broker; clock: ManualClock; connection: Connection }> {
  const clock = new ManualClock();
  const broker = await startBroker({ clock, queues: QUEUES, port: 0 });
  const container = rhea.create_container();
  const connection = container.connect({ host: '127.0.0.1', port: broker.port, reconnect: false, username: 'test' });
  connection.on('disconnected', () => undefined);
  onTestFinished(async () => {
    connection.close();
    await broker.close();
  });
  await once(connection, 'connection_open');
  return { broker, clock, connection };
}

export async function openSender(connection: Connection, address: string): Promise<Sender> {
  const sender = connection.open_sender({ target: { address } });
  await once(sender, 'sendable');
  return sender;
}

/** A receiver in peek-lock without credit. */
export async function openReceiver(connection: Connection, address: string): Promise<Receiver> {
  const receiver = connection.open_receiver({
    source: { address },
    credit_window: 0,
    autoaccept: false,
    rcv_settle_mode: 1,
  });
  await once(receiver, 'receiver_open');
  return receiver;
}

/** Sends and waits for the outcome: `accepted` or `rejected`. */
export async function send(
  sender: Sender,
  message: Message | Buffer,
  format?: number,
): Promise<{ outcome: string; error?: { condition: string } }> {
  const settled = once(sender, 'settled') as Promise<[{ delivery: Delivery }]>;
  sender.send(message, undefined, format);
  const [{ delivery }] = await settled;
  const state = delivery.remote_state as { error?: { condition: string }; constructor: { composite_type: string } };
  return { outcome: state.constructor.composite_type, ...(state.error === undefined ? {} : { error: state.error }) };
}

export function message(changes: Record<string, unknown> = {}): Message {
  return { body: rhea.message.data_section(Buffer.from('"body"')) as unknown, ...changes };
}

/** The next message of a receiver that has credit. */
export async function nextMessage(receiver: Receiver): Promise<{ message: Message; delivery: Delivery }> {
  const [context] = (await once(receiver, 'message')) as [EventContext];
  return { message: context.message!, delivery: context.delivery! };
}

/** One request to a `$management` node and its answer. */
export async function request(
  connection: Connection,
  address: string,
  operation: string,
  body: unknown,
): Promise<Message> {
  const replyTo = `reply-${operation}`;
  const receiver = connection.open_receiver({ source: { address }, target: { address: replyTo } });
  await once(receiver, 'receiver_open');
  const sender = await openSender(connection, address);
  const answer = once(receiver, 'message') as Promise<[EventContext]>;
  sender.send({
    message_id: 'id-1',
    reply_to: replyTo,
    application_properties: { operation },
    body,
  });
  const [context] = await answer;
  receiver.close();
  sender.close();
  return context.message!;
}
