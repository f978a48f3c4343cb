import { expect, test } from 'vitest';
import Long from 'long';
import { NO_RENEWAL, takeOne, useBroker } from './broker-fixture.ts';

test('peek shows messages in every state, page by page, and locks none', async () => {
  const { broker, clock, connect } = await useBroker();
  const client = connect();
  const sender = client.createSender('plain');
  await sender.sendMessages([{ body: 'deferred' }, { body: 'active', applicationProperties: { p: 1 } }]);
  await sender.scheduleMessages({ body: 'scheduled' }, new Date(clock.now() + 60_000));
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  await receiver.deferMessage(await takeOne(receiver));
  const first = await receiver.peekMessages(2);
  const second = await receiver.peekMessages(2);
  const shown = [...first, ...second].map(({ body, state }) => [body as unknown, state]);
  expect(shown).toEqual([
    ['deferred', 'deferred'],
    ['active', 'active'],
    ['scheduled', 'scheduled'],
  ]);
  expect(await receiver.peekMessages(2)).toEqual([]);
  expect(first[1]).toMatchObject({ applicationProperties: { p: 1 } });
  expect(broker.metrics()['plain']).toMatchObject({ active: 1, locked: 0, deferred: 1, scheduled: 1 });
});

test('peek starts at a number', async () => {
  const { connect } = await useBroker();
  const client = connect();
  await client.createSender('plain').sendMessages([{ body: 'a' }, { body: 'b', messageId: 'mb' }]);
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  const [peeked] = await receiver.peekMessages(5, { fromSequenceNumber: Long.fromNumber(2) });
  expect(peeked).toMatchObject({ body: 'b', messageId: 'mb' });
});

test('peek shows the dead letters of a queue', async () => {
  const { connect } = await useBroker();
  const client = connect();
  await client.createSender('plain').sendMessages({ body: 'a' });
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  await receiver.deadLetterMessage(await takeOne(receiver), { deadLetterReason: 'R', deadLetterErrorDescription: 'D' });
  const deadLetters = client.createReceiver('plain', { ...NO_RENEWAL, subQueueType: 'deadLetter' });
  expect(await deadLetters.peekMessages(5)).toMatchObject([{ body: 'a', deadLetterReason: 'R' }]);
});

test('a deferred message that does not exist is refused as MessageNotFound', async () => {
  const { connect } = await useBroker();
  const receiver = connect().createReceiver('plain', NO_RENEWAL);
  await expect(receiver.receiveDeferredMessages(Long.fromNumber(77))).rejects.toMatchObject({
    code: 'MessageNotFound',
  });
});
