import { once } from 'node:events';
import rhea from 'rhea';
import { expect, test } from 'vitest';
import { message, nextMessage, openReceiver, openSender, send, useRawClient } from './raw-client-fixture.ts';

test.each([
  { what: 'garbage', bytes: Buffer.from('not AMQP') },
  {
    what: 'a cut message',
    bytes: rhea.message.encode({ body: rhea.message.data_section(Buffer.alloc(100)) as unknown }).subarray(0, 50),
  },
])('a batch of $what is rejected and the link lives on', async ({ bytes }) => {
  const { broker, connection } = await useRawClient();
  const sender = await openSender(connection, 'plain');
  expect(await send(sender, bytes, 0x80013700)).toMatchObject({
    outcome: 'rejected',
    error: { condition: 'com.microsoft:argument-error' },
  });
  expect(await send(sender, message())).toMatchObject({ outcome: 'accepted' });
  expect(broker.metrics()['plain']?.active).toBe(1);
});

test('an unknown message format is rejected', async () => {
  const { connection } = await useRawClient();
  const sender = await openSender(connection, 'plain');
  const outcome = await send(sender, Buffer.from('x'), 0x12345);
  expect(outcome).toMatchObject({ outcome: 'rejected', error: { condition: 'amqp:not-implemented' } });
});

test('a released message comes back', async () => {
  const { connection } = await useRawClient();
  await send(await openSender(connection, 'plain'), message({ message_id: 'm' }));
  const receiver = await openReceiver(connection, 'plain');
  receiver.add_credit(2);
  (await nextMessage(receiver)).delivery.release();
  expect((await nextMessage(receiver)).message).toMatchObject({ message_id: 'm', delivery_count: 1 });
});

test('a message rejected without the dead-letter condition dies with the error as its reason', async () => {
  const { broker, connection } = await useRawClient();
  await send(await openSender(connection, 'plain'), message());
  const receiver = await openReceiver(connection, 'plain');
  receiver.add_credit(1);
  const { delivery } = await nextMessage(receiver);
  const settled = once(receiver, 'settled');
  delivery.reject({ condition: 'app:broken', description: 'It is broken.' });
  await settled;
  expect(broker.metrics()['plain']?.deadLettered).toBe(1);
  const deadLetters = await openReceiver(connection, 'plain/$deadletterqueue');
  deadLetters.add_credit(1);
  const properties = (await nextMessage(deadLetters)).message['application_properties'] as unknown;
  expect(properties).toEqual({ DeadLetterReason: 'app:broken', DeadLetterErrorDescription: 'It is broken.' });
});

test('a link to an unknown queue is detached with the reason, whoever opens it', async () => {
  const { connection } = await useRawClient();
  const sender = connection.open_sender({ target: { address: 'nope' } });
  await once(sender, 'sender_error');
  expect(sender.error).toMatchObject({ condition: 'amqp:not-found' });
  const receiver = connection.open_receiver({ source: { address: 'nope' } });
  await once(receiver, 'receiver_error');
  expect(receiver.error).toMatchObject({ condition: 'amqp:not-found' });
});

test('an AMQP session that ends takes its links with it', async () => {
  const { broker, connection } = await useRawClient();
  const session = connection.create_session();
  session.open();
  const receiver = session.attach_receiver({ source: { address: 'plain' }, credit_window: 10 });
  await once(receiver, 'receiver_open');
  const ended = once(session, 'session_close');
  session.close();
  await ended;
  await send(await openSender(connection, 'plain'), message());
  expect(broker.metrics()['plain']).toMatchObject({ active: 1, locked: 0 });
});

test('a receiver that leaves while it waits for a session gets none', async () => {
  const { broker, connection } = await useRawClient();
  const anySession = () => ({ address: 'sessions', filter: { 'com.microsoft:session-filter': null } });
  const waiting = connection.open_receiver({ source: anySession(), credit_window: 0 });
  // The connection keeps order: when a later link is open, the broker has seen what came before it.
  await openSender(connection, 'plain');
  waiting.close();
  const sender = await openSender(connection, 'sessions');
  await send(sender, message({ group_id: 's' }));
  const receiver = connection.open_receiver({
    source: anySession(),
    credit_window: 1,
    autoaccept: false,
    rcv_settle_mode: 1,
  });
  await once(receiver, 'message');
  expect(receiver.source.filter).toEqual({ 'com.microsoft:session-filter': 's' });
  expect(broker.metrics()['sessions']).toMatchObject({ active: 0, locked: 1 });
});
