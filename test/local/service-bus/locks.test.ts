import { expect, test } from 'vitest';
import { NO_RENEWAL, connectionLost, isEmpty, takeOne, useBroker } from './broker-fixture.ts';

async function withLockedMessage() {
  const { broker, clock, connect } = await useBroker();
  const client = connect();
  await client.createSender('plain').sendMessages({ body: 'b', messageId: 'm1' });
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  return { broker, clock, connect, client, receiver, message: await takeOne(receiver) };
}

test('a lock that expires gives the message to the next receiver and counts as a delivery', async () => {
  const { clock, connect } = await withLockedMessage();
  const other = connect().createReceiver('plain', NO_RENEWAL);
  clock.advance(59_999);
  expect(await isEmpty(other)).toBe(true);
  clock.advance(1);
  expect(await takeOne(other)).toMatchObject({ messageId: 'm1', deliveryCount: 1 });
});

test.each(['completeMessage', 'abandonMessage', 'deferMessage', 'deadLetterMessage', 'renewMessageLock'] as const)(
  '%s after the lock expired is refused as MessageLockLost',
  async (operation) => {
    const { clock, receiver, message } = await withLockedMessage();
    clock.advance(60_000);
    await expect(receiver[operation](message)).rejects.toMatchObject({ code: 'MessageLockLost' });
  },
);

test('settling through the management node after the lock expired is refused as MessageLockLost', async () => {
  const { clock, client, receiver, message } = await withLockedMessage();
  await receiver.close();
  clock.advance(60_000);
  const settling = client.createReceiver('plain', NO_RENEWAL).completeMessage(message);
  await expect(settling).rejects.toMatchObject({ code: 'MessageLockLost' });
});

test('a renewed lock holds for the lock duration from the renewal', async () => {
  const { clock, client, receiver, message } = await withLockedMessage();
  clock.advance(50_000);
  expect(await receiver.renewMessageLock(message)).toEqual(new Date(clock.now() + 60_000));
  clock.advance(59_999);
  expect(await isEmpty(client.createReceiver('plain', NO_RENEWAL))).toBe(true);
  await receiver.completeMessage(message);
});

test('a receiver that closes keeps its messages locked until the lock expires', async () => {
  const { clock, connect, receiver } = await withLockedMessage();
  await receiver.close();
  const other = connect().createReceiver('plain', NO_RENEWAL);
  expect(await isEmpty(other)).toBe(true);
  clock.advance(60_000);
  expect(await takeOne(other)).toMatchObject({ messageId: 'm1', deliveryCount: 1 });
});

test('a connection that dies keeps its messages locked until the lock expires', async () => {
  const { broker, clock, connect } = await useBroker();
  const dying = connect();
  await dying.createSender('plain').sendMessages({ body: 'b', messageId: 'm1' });
  await takeOne(dying.createReceiver('plain', NO_RENEWAL));
  await connectionLost(dying, true);
  const other = connect().createReceiver('plain', NO_RENEWAL);
  expect(await isEmpty(other)).toBe(true);
  expect(broker.metrics()['plain']).toMatchObject({ locked: 1, active: 0 });
  clock.advance(60_000);
  expect(await takeOne(other)).toMatchObject({ messageId: 'm1', deliveryCount: 1 });
});
