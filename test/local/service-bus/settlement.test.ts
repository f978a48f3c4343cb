import { expect, test } from 'vitest';
import { NO_RENEWAL, isEmpty, take, takeOne, useBroker } from './broker-fixture.ts';

async function withOneMessage() {
  const { broker, clock, connect } = await useBroker();
  const client = connect();
  await client
    .createSender('plain')
    .sendMessages({ body: 'b', messageId: 'm1', applicationProperties: { kept: 1.5, changed: 'old' } });
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  const deadLetters = client.createReceiver('plain', { ...NO_RENEWAL, subQueueType: 'deadLetter' });
  return { broker, clock, connect, client, receiver, deadLetters };
}

test('a completed message is gone', async () => {
  const { broker, clock, receiver } = await withOneMessage();
  await receiver.completeMessage(await takeOne(receiver));
  clock.advance(61_000);
  expect(await isEmpty(receiver)).toBe(true);
  expect(broker.metrics()['plain']).toMatchObject({ active: 0, locked: 0, completes: 1 });
});

test('an abandoned message comes back at once, with the properties that were changed', async () => {
  const { receiver } = await withOneMessage();
  await receiver.abandonMessage(await takeOne(receiver), { changed: 'new', added: 2 });
  const again = await takeOne(receiver);
  expect(again).toMatchObject({
    messageId: 'm1',
    deliveryCount: 1,
    applicationProperties: { kept: 1.5, changed: 'new', added: 2 },
  });
});

test('a deferred message is fetched by its number, and settled there', async () => {
  const { broker, receiver } = await withOneMessage();
  const message = await takeOne(receiver);
  await receiver.deferMessage(message, { added: 1 });
  expect(await isEmpty(receiver)).toBe(true);
  const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber!);
  expect(deferred).toMatchObject({ body: 'b', state: 'deferred', applicationProperties: { kept: 1.5, added: 1 } });
  await receiver.completeMessage(deferred!);
  expect(broker.metrics()['plain']).toMatchObject({ deferred: 0, locked: 0, completes: 1 });
});

test.each(['abandonMessage', 'deferMessage'] as const)('%s keeps a deferred message deferred', async (operation) => {
  const { broker, receiver } = await withOneMessage();
  const message = await takeOne(receiver);
  await receiver.deferMessage(message);
  await receiver[operation]((await receiver.receiveDeferredMessages(message.sequenceNumber!))[0]!, { again: true });
  expect(broker.metrics()['plain']).toMatchObject({ deferred: 1, locked: 0 });
  const [again] = await receiver.receiveDeferredMessages(message.sequenceNumber!);
  expect(again?.applicationProperties).toMatchObject({ again: true });
});

test('a deferred message can be dead-lettered, renewed, and deleted on receipt', async () => {
  const { broker, clock, client, receiver, deadLetters } = await withOneMessage();
  await client.createSender('plain').sendMessages({ body: 'second' });
  const [first, second] = await take(receiver, 2);
  await receiver.deferMessage(first!);
  await receiver.deferMessage(second!);
  const [locked] = await receiver.receiveDeferredMessages(first!.sequenceNumber!);
  clock.advance(50_000);
  expect(await receiver.renewMessageLock(locked!)).toEqual(new Date(clock.now() + 60_000));
  await receiver.deadLetterMessage(locked!, { deadLetterReason: 'Because', deadLetterErrorDescription: 'of this' });
  expect(await takeOne(deadLetters)).toMatchObject({
    deadLetterReason: 'Because',
    deadLetterErrorDescription: 'of this',
  });
  const deleting = client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
  expect(await deleting.receiveDeferredMessages(second!.sequenceNumber!)).toMatchObject([{ body: 'second' }]);
  expect(broker.metrics()['plain']).toMatchObject({ deferred: 0, active: 0, locked: 0 });
});

test('a dead-lettered message says why, keeps what it was, and can be completed in the dead-letter queue', async () => {
  const { broker, receiver, deadLetters } = await withOneMessage();
  const options = { deadLetterReason: 'Poison', deadLetterErrorDescription: 'cannot be read', extra: 'e' };
  await receiver.deadLetterMessage(await takeOne(receiver), options);
  expect(broker.metrics()['plain']).toMatchObject({ active: 0, deadLettered: 1 });
  const dead = await takeOne(deadLetters);
  expect(dead).toMatchObject({
    body: 'b',
    messageId: 'm1',
    deadLetterReason: 'Poison',
    deadLetterErrorDescription: 'cannot be read',
  });
  expect(dead.applicationProperties).toMatchObject({ kept: 1.5, changed: 'old', extra: 'e' });
  await deadLetters.completeMessage(dead);
  expect(broker.metrics()['plain']).toMatchObject({ deadLettered: 0 });
});

test('a message without reason given is dead-lettered without reason', async () => {
  const { receiver, deadLetters } = await withOneMessage();
  await receiver.deadLetterMessage(await takeOne(receiver));
  const dead = await takeOne(deadLetters);
  expect(dead.deadLetterReason).toBeUndefined();
  expect(dead.applicationProperties).toEqual({ kept: 1.5, changed: 'old' });
});

test('a message that fails too often goes to the dead-letter queue by itself', async () => {
  const { receiver, deadLetters } = await withOneMessage();
  for (let delivery = 0; delivery < 3; delivery += 1) {
    const message = await takeOne(receiver);
    expect(message.deliveryCount).toBe(delivery);
    await receiver.abandonMessage(message);
  }
  expect(await isEmpty(receiver)).toBe(true);
  expect(await takeOne(deadLetters)).toMatchObject({ messageId: 'm1', deadLetterReason: 'MaxDeliveryCountExceeded' });
});

test('an expired message goes to the dead-letter queue where the queue says so', async () => {
  const { clock, connect } = await useBroker();
  const client = connect();
  await client.createSender('expiring').sendMessages({ body: 'short-lived' });
  clock.advance(10_000);
  expect(await isEmpty(client.createReceiver('expiring', NO_RENEWAL))).toBe(true);
  const deadLetters = client.createReceiver('expiring', { ...NO_RENEWAL, subQueueType: 'deadLetter' });
  expect(await takeOne(deadLetters)).toMatchObject({ body: 'short-lived', deadLetterReason: 'TTLExpiredException' });
});

test('a link that is gone can still settle its messages, through the management node', async () => {
  const { broker, client, receiver } = await withOneMessage();
  const message = await takeOne(receiver);
  await receiver.close();
  await client.createReceiver('plain', NO_RENEWAL).completeMessage(message);
  expect(broker.metrics()['plain']).toMatchObject({ locked: 0, completes: 1 });
});
