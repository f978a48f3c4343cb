import { once } from 'node:events';
import { expect, test } from 'vitest';
import { message, nextMessage, openReceiver, openSender, send, useRawClient } from './raw-client-fixture.ts';

test('a drain is answered also when the last message used the last credit', async () => {
  const { broker, connection } = await useRawClient();
  await send(await openSender(connection, 'plain'), message());
  const receiver = await openReceiver(connection, 'plain');
  const received = nextMessage(receiver);
  const drained = once(receiver, 'receiver_drained');
  receiver.add_credit(1);
  receiver.drain_credit();
  await Promise.all([received, drained]);
  expect(broker.metrics()['plain']).toMatchObject({ active: 0, locked: 1 });
});

test('after a drain both sides agree on the credit: none is left, and new credit counts exactly', async () => {
  const { broker, connection } = await useRawClient();
  const sender = await openSender(connection, 'plain');
  for (let index = 0; index < 2; index += 1) await send(sender, message());
  const receiver = await openReceiver(connection, 'plain');
  let received = 0;
  receiver.on('message', () => (received += 1));
  const drained = once(receiver, 'receiver_drained');
  receiver.add_credit(5);
  receiver.drain_credit();
  await drained;
  expect(received).toBe(2);
  receiver.drain = false;
  for (let index = 0; index < 4; index += 1) await send(sender, message());
  expect(broker.metrics()['plain']).toMatchObject({ active: 4, locked: 2 });
  const drainedAgain = once(receiver, 'receiver_drained');
  receiver.add_credit(3);
  receiver.drain_credit();
  await drainedAgain;
  expect(received).toBe(5);
  expect(broker.metrics()['plain']).toMatchObject({ active: 1, locked: 5 });
});

test('two receivers that drain at the same moment get no more than their credit', async () => {
  const { broker, connection } = await useRawClient();
  const sender = await openSender(connection, 'plain');
  for (let index = 0; index < 10; index += 1) await send(sender, message());
  const receivers = [await openReceiver(connection, 'plain'), await openReceiver(connection, 'plain')];
  const drained = receivers.map((receiver) => once(receiver, 'receiver_drained'));
  for (const receiver of receivers) {
    receiver.add_credit(1);
    receiver.drain_credit();
  }
  await Promise.all(drained);
  expect(broker.metrics()['plain']).toMatchObject({ active: 8, locked: 2 });
});

test('no message is locked for a receiver beyond its credit', async () => {
  const { broker, connection } = await useRawClient();
  const sender = await openSender(connection, 'plain');
  for (let index = 0; index < 10; index += 1) await send(sender, message());
  const receiver = await openReceiver(connection, 'plain');
  const third = new Promise<void>((resolve) => {
    let received = 0;
    receiver.on('message', () => (received += 1) === 3 && resolve());
  });
  receiver.add_credit(3);
  await third;
  expect(broker.metrics()['plain']).toMatchObject({ active: 7, locked: 3 });
});

test('receivers with credit are served in turn', async () => {
  const { connection } = await useRawClient();
  const receivers = [
    await openReceiver(connection, 'plain'),
    await openReceiver(connection, 'plain'),
    await openReceiver(connection, 'plain'),
  ];
  const served: number[] = [];
  receivers.forEach((receiver, index) => receiver.on('message', () => served.push(index)));
  for (const receiver of receivers) receiver.add_credit(10);
  const sender = await openSender(connection, 'plain');
  for (let index = 0; index < 6; index += 1) await send(sender, message());
  expect(served.slice(0, 3).sort()).toEqual([0, 1, 2]);
  expect(served.slice(3, 6).sort()).toEqual([0, 1, 2]);
});
