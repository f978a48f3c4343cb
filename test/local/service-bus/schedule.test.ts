import { expect, test } from 'vitest';
import { NO_RENEWAL, isEmpty, take, takeOne, useBroker } from './broker-fixture.ts';

async function setUp() {
  const { broker, clock, connect } = await useBroker();
  const client = connect();
  const inSeconds = (seconds: number) => new Date(clock.now() + seconds * 1000);
  return {
    broker,
    clock,
    client,
    inSeconds,
    sender: client.createSender('plain'),
    receiver: client.createReceiver('plain', NO_RENEWAL),
  };
}

test('messages scheduled through the management node appear at their time', async () => {
  const { broker, clock, inSeconds, sender, receiver } = await setUp();
  const at = inSeconds(30);
  const numbers = await sender.scheduleMessages(
    [{ body: 1 }, { body: 2, messageId: 'two', applicationProperties: { p: 1 } }],
    at,
  );
  expect(numbers.map(String)).toEqual(['1', '2']);
  expect(broker.metrics()['plain']).toMatchObject({ scheduled: 2, active: 0 });
  clock.advance(29_999);
  expect(await isEmpty(receiver)).toBe(true);
  clock.advance(1);
  const [, two] = await take(receiver, 2);
  expect(two).toMatchObject({
    body: 2,
    messageId: 'two',
    applicationProperties: { p: 1 },
    scheduledEnqueueTimeUtc: at,
    enqueuedTimeUtc: at,
  });
});

test('messages sent with a time appear at their time, alone and in a batch', async () => {
  const { clock, inSeconds, sender, receiver } = await setUp();
  await sender.sendMessages({ body: 'alone', scheduledEnqueueTimeUtc: inSeconds(10) });
  await sender.sendMessages([{ body: 'later', scheduledEnqueueTimeUtc: inSeconds(20) }, { body: 'now' }]);
  expect((await takeOne(receiver)).body).toBe('now');
  expect(await isEmpty(receiver)).toBe(true);
  clock.advance(10_000);
  expect((await takeOne(receiver)).body).toBe('alone');
  clock.advance(10_000);
  expect((await takeOne(receiver)).body).toBe('later');
});

test('a receiver that waits gets a scheduled message the moment it appears', async () => {
  const { clock, inSeconds, sender, receiver } = await setUp();
  await sender.scheduleMessages({ body: 'due' }, inSeconds(5));
  const waiting = takeOne(receiver);
  clock.advance(5_000);
  expect((await waiting).body).toBe('due');
});

test('a cancelled message does not appear', async () => {
  const { broker, clock, inSeconds, sender, receiver } = await setUp();
  const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], inSeconds(5));
  await sender.cancelScheduledMessages(numbers[0]!);
  clock.advance(5_000);
  expect((await takeOne(receiver)).body).toBe(2);
  expect(broker.metrics()['plain']).toMatchObject({ scheduled: 0, active: 0 });
});

test('cancelling what is not scheduled any more is refused as MessageNotFound', async () => {
  const { clock, inSeconds, sender } = await setUp();
  const numbers = await sender.scheduleMessages({ body: 1 }, inSeconds(5));
  clock.advance(5_000);
  await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject({ code: 'MessageNotFound' });
});

test('duplicates are accepted and dropped: sent alone, in a batch, and scheduled', async () => {
  const { broker, clock, client, inSeconds } = await setUp();
  const sender = client.createSender('deduplicated');
  const [number] = await sender.scheduleMessages({ body: 1, messageId: 'm' }, inSeconds(60));
  await sender.sendMessages({ body: 2, messageId: 'm' });
  await sender.sendMessages([
    { body: 3, messageId: 'm' },
    { body: 4, messageId: 'other' },
  ]);
  expect(await sender.scheduleMessages({ body: 5, messageId: 'm' }, inSeconds(90))).toEqual([number]);
  expect(broker.metrics()['deduplicated']).toMatchObject({ scheduled: 1, active: 1, sends: 2 });
  clock.advance(600_000);
  await sender.sendMessages({ body: 6, messageId: 'm' });
  const received = await take(client.createReceiver('deduplicated', NO_RENEWAL), 3);
  expect(received.map((message) => message.body as unknown)).toEqual([4, 1, 6]);
});
