import { expect, test } from 'vitest';
import { NO_RENEWAL, isEmpty, take, takeOne, useBroker } from './broker-fixture.ts';

test('a message arrives with everything its sender said and what the broker knows of it', async () => {
  const { clock, connect } = await useBroker();
  const client = connect();
  const sent = {
    body: { cluster: 'c1', tags: ['a', 'b'] },
    messageId: 'm1',
    correlationId: 'corr',
    contentType: 'application/json',
    subject: 'subject',
    to: 'to',
    replyTo: 'reply',
    replyToSessionId: 'reply-session',
    partitionKey: 'key',
    timeToLive: 5_000,
    applicationProperties: { text: 'x', whole: 7, fraction: 1.5, yes: true, nothing: null },
  };
  await client.createSender('plain').sendMessages(sent);
  const received = await takeOne(client.createReceiver('plain', NO_RENEWAL));
  expect(received).toMatchObject(sent);
  expect(received).toMatchObject({ state: 'active', deliveryCount: 0, enqueuedTimeUtc: new Date(clock.now()) });
  expect(received.lockedUntilUtc).toEqual(new Date(clock.now() + 60_000));
  expect(received.expiresAtUtc).toEqual(new Date(clock.now() + 5_000));
  expect(received.sequenceNumber?.toString()).toBe('1');
  expect(received.lockToken).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test.each([
  { kind: 'a string', body: 'text' },
  { kind: 'null', body: null },
  { kind: 'bytes', body: Buffer.from([0, 255, 1]) },
])('a body of $kind survives', async ({ body }) => {
  const { connect } = await useBroker();
  const client = connect();
  await client.createSender('plain').sendMessages({ body });
  expect((await takeOne(client.createReceiver('plain', NO_RENEWAL))).body).toEqual(body);
});

test('AMQP bodies that are values or sequences keep their kind', async () => {
  const { connect } = await useBroker();
  const client = connect();
  const sender = client.createSender('plain');
  await sender.sendMessages({ body: ['a', 1], bodyType: 'sequence' });
  await sender.sendMessages([{ body: 'value', bodyType: 'value' }]);
  const messages = await take(client.createReceiver('plain', NO_RENEWAL), 2);
  expect(messages.map((message) => message._rawAmqpMessage.bodyType)).toEqual(['sequence', 'value']);
  expect(messages.map((message) => message.body as unknown)).toEqual([['a', 1], 'value']);
});

test('a batch arrives message by message, in order', async () => {
  const { broker, connect } = await useBroker();
  const client = connect();
  const sender = client.createSender('plain');
  const batch = await sender.createMessageBatch();
  expect(batch.maxSizeInBytes).toBe(256 * 1024);
  for (let index = 0; index < 300; index += 1) {
    expect(batch.tryAddMessage({ body: index, messageId: `m${index}`, applicationProperties: { index } })).toBe(true);
  }
  await sender.sendMessages(batch);
  expect(broker.metrics()['plain']).toMatchObject({ active: 300, sends: 300 });
  const messages = await take(client.createReceiver('plain', NO_RENEWAL), 300);
  expect(messages.map((message) => message.body as unknown)).toEqual(Array.from({ length: 300 }, (_, index) => index));
  expect(messages[299]).toMatchObject({ messageId: 'm299', applicationProperties: { index: 299 } });
});

test('messages without an id get one each', async () => {
  const { connect } = await useBroker();
  const client = connect();
  await client.createSender('plain').sendMessages({ body: 1, subject: 'kept' });
  await client.createSender('plain').sendMessages([{ body: 2 }, { body: 3 }]);
  const messages = await take(client.createReceiver('plain', NO_RENEWAL), 3);
  const messageIds = messages.map((message) => message.messageId);
  expect(new Set(messageIds).size).toBe(3);
  for (const id of messageIds) expect(id).toMatch(/\S/);
  expect(messages[0]?.subject).toBe('kept');
});

test('receive-and-delete takes messages out at once, also more than a link holds unsettled', async () => {
  const { broker, connect } = await useBroker();
  const client = connect();
  const sender = client.createSender('plain');
  for (let batch = 0; batch < 5; batch += 1)
    await sender.sendMessages(Array.from({ length: 500 }, (_, index) => ({ body: index })));
  const receiver = client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
  for (let round = 0; round < 5; round += 1) await take(receiver, 500);
  expect(await isEmpty(receiver)).toBe(true);
  expect(broker.metrics()['plain']).toMatchObject({ active: 0, locked: 0, receives: 2_500, completes: 2_500 });
});

test('one link in peek-lock goes on past the 2,048 deliveries that the AMQP library keeps', async () => {
  const { broker, connect } = await useBroker();
  const client = connect();
  const sender = client.createSender('plain');
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  for (let round = 0; round < 6; round += 1) {
    await sender.sendMessages(Array.from({ length: 500 }, (_, index) => ({ body: index })));
    await Promise.all((await take(receiver, 500)).map((message) => receiver.completeMessage(message)));
  }
  expect(broker.metrics()['plain']).toMatchObject({ active: 0, locked: 0, completes: 3_000 });
});

test('a receiver that waits gets a message when it is sent', async () => {
  const { connect } = await useBroker();
  const client = connect();
  const waiting = client.createReceiver('plain', NO_RENEWAL).receiveMessages(1, { maxWaitTimeInMs: 8_000 });
  await client.createSender('plain').sendMessages({ body: 'late' });
  expect((await waiting).map((message) => message.body as unknown)).toEqual(['late']);
});

test('a receiver that gives up does not take messages that come after', async () => {
  const { broker, connect } = await useBroker();
  const client = connect();
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  expect(await isEmpty(receiver)).toBe(true);
  await client.createSender('plain').sendMessages({ body: 'after' });
  expect(broker.metrics()['plain']).toMatchObject({ active: 1, locked: 0 });
  expect((await takeOne(receiver)).body).toBe('after');
});

test('several receivers share a queue and none gets a message of another', async () => {
  const { connect } = await useBroker();
  const client = connect();
  const receivers = Array.from({ length: 4 }, () => client.createReceiver('plain', NO_RENEWAL));
  const taking = receivers.map((receiver) => take(receiver, 25));
  await client.createSender('plain').sendMessages(Array.from({ length: 100 }, (_, index) => ({ body: index })));
  const bodies = (await Promise.all(taking)).flat().map((message) => message.body as number);
  expect(bodies.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

test('a subscription handles and completes messages until it is closed', async () => {
  const { broker, connect } = await useBroker();
  const client = connect();
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  const handled: unknown[] = [];
  const errors: unknown[] = [];
  const done = new Promise<void>((resolve) => {
    receiver.subscribe(
      {
        processMessage: async (message) => {
          handled.push(message.body);
          if (handled.length === 50) resolve();
        },
        processError: async ({ error }) => void errors.push(error),
      },
      { maxConcurrentCalls: 8 },
    );
  });
  await client.createSender('plain').sendMessages(Array.from({ length: 50 }, (_, index) => ({ body: index })));
  await done;
  await receiver.close();
  expect(handled).toHaveLength(50);
  expect(errors).toEqual([]);
  expect(broker.metrics()['plain']).toMatchObject({ active: 0, completes: 50 });
});
