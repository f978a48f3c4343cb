import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { startBroker } from '../../../local/service-bus/broker.ts';
import { NO_RENEWAL, QUEUES, connectionLost, takeOne, useBroker } from './broker-fixture.ts';

describe('a queue that does not exist', () => {
  test('is MessagingEntityNotFound to senders, receivers, schedulers and sessions', async () => {
    const { connect } = await useBroker();
    const client = connect();
    const notFound = { code: 'MessagingEntityNotFound' };
    await expect(client.createSender('nope').sendMessages({ body: 1 })).rejects.toMatchObject(notFound);
    await expect(client.createSender('nope').scheduleMessages({ body: 1 }, new Date())).rejects.toMatchObject(notFound);
    await expect(client.createReceiver('nope').receiveMessages(1)).rejects.toMatchObject(notFound);
    await expect(client.createReceiver('nope').peekMessages(1)).rejects.toMatchObject(notFound);
    await expect(client.acceptSession('nope', 's')).rejects.toMatchObject(notFound);
  });

  test('is named in the error together with those that exist', async () => {
    const { connect } = await useBroker();
    const sending = connect().createSender('nope').sendMessages({ body: 1 });
    await expect(sending).rejects.toThrow(/'nope' could not be found.*plain, sessions/);
  });
});

test('names of queues are compared without case', async () => {
  const { connect } = await useBroker();
  const client = connect();
  await client.createSender('PLAIN').sendMessages({ body: 1 });
  expect((await takeOne(client.createReceiver('Plain', NO_RENEWAL))).body).toBe(1);
});

test.each([
  { what: 'a message', send: { body: 'x'.repeat(256 * 1024) } },
  { what: 'a batch of one', send: [{ body: 'x'.repeat(256 * 1024) }] },
])('$what over 256 KB is MessageSizeExceeded, and the sender stays usable', async ({ send }) => {
  const { broker, connect } = await useBroker();
  const sender = connect().createSender('plain');
  await expect(sender.sendMessages(send)).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
  await sender.sendMessages({ body: 'x'.repeat(255 * 1024) });
  expect(broker.metrics()['plain']?.active).toBe(1);
});

test('a scheduled message over 256 KB is MessageSizeExceeded', async () => {
  const { connect } = await useBroker();
  const scheduling = connect()
    .createSender('plain')
    .scheduleMessages({ body: 'x'.repeat(256 * 1024) }, new Date());
  await expect(scheduling).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
});

test('a message without session is refused by a queue with sessions, and a plain receiver too', async () => {
  const { connect } = await useBroker();
  const client = connect();
  await expect(client.createSender('sessions').sendMessages({ body: 1 })).rejects.toThrow(/requires sessions/);
  await expect(client.createReceiver('sessions', NO_RENEWAL).receiveMessages(1)).rejects.toThrow(/requires sessions/);
});

test('a session receiver is refused by a queue without sessions', async () => {
  const { connect } = await useBroker();
  await expect(connect().acceptNextSession('plain')).rejects.toThrow();
});

test('nobody sends to a dead-letter queue', async () => {
  const { connect } = await useBroker();
  const sender = connect().createSender('plain/$deadletterqueue');
  await expect(sender.createMessageBatch()).rejects.toThrow();
});

test('a broker that closes drops its clients, who then fail instead of waiting', async () => {
  const { broker, connect } = await useBroker();
  const client = connect();
  await client.createSender('plain').sendMessages({ body: 1 });
  await Promise.all([connectionLost(client), broker.close()]);
  await expect(client.createSender('plain').sendMessages({ body: 2 })).rejects.toThrow(/ECONNREFUSED/);
});

test('a port that is taken and a name that is given twice are errors at the start', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as AddressInfo;
  const clock = new ManualClock();
  await expect(startBroker({ clock, queues: QUEUES, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  blocker.close();
  const twice = [QUEUES[0]!, { ...QUEUES[0]!, name: 'Plain' }];
  await expect(startBroker({ clock, queues: twice, port: 0 })).rejects.toThrow(/two queues named 'Plain'/);
});
