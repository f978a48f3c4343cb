import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { startBroker } from '../../../local/service-bus/broker.ts';
import type { Broker } from '../../../local/service-bus/broker.ts';
import type { QueueCounts } from '../../../local/service-bus/model/metrics.ts';
import { startFixture } from './support.ts';
import type { StartedFixture } from './support.ts';

const LOCK_MS = 60_000;
const queue = {
  lockDurationSeconds: LOCK_MS / 1000,
  maxDeliveryCount: 3,
  duplicateDetectionSeconds: 0,
  defaultTimeToLiveSeconds: 86_400,
  requiresSession: false,
};
const QUEUES = [
  { ...queue, name: 'work' },
  { ...queue, name: 'unsettled' },
  { ...queue, name: 'sessions', requiresSession: true },
];

interface Delivery {
  readonly message: unknown;
  readonly metadata: Record<string, unknown>;
}

interface Bench extends StartedFixture {
  readonly clock: ManualClock;
  broker: Broker;
  send(queueName: string, ...messages: ServiceBusMessage[]): Promise<void>;
  /** What a function was given so far, in order. */
  deliveries(functionName: string): Delivery[];
  /** Waits until a function was given as many messages. */
  delivered(functionName: string, times: number): Promise<Delivery[]>;
  counts(queueName: string, expected: Partial<QueueCounts>): Promise<void>;
  /** Lets time pass in steps, with an answered request to the broker between them, so that renewals get their turn. */
  pass(ms: number): Promise<void>;
}

/** A client that is closed at the end of the block that declares it. */
function connect(broker: Broker): ServiceBusClient & AsyncDisposable {
  const client = new ServiceBusClient(broker.connectionString);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** A broker and the host with the `queues` fixture, both on one manual clock. */
async function start(): Promise<Bench> {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const broker = await startBroker({ clock, port: 0, queues: QUEUES });
  const settings = { TEST_BUS: broker.connectionString, WORK_QUEUE: 'work' };
  const fixture = await startFixture('queues', { clock, settings });
  const bench: Bench = {
    ...fixture,
    clock,
    broker,
    async send(queueName, ...messages) {
      await using client = connect(bench.broker);
      await client.createSender(queueName).sendMessages(messages);
    },
    deliveries: (name) =>
      fixture.logs
        .filter((entry) => entry.kind === 'log' && entry.function === name)
        .map((entry) => JSON.parse(entry.message) as Delivery),
    async delivered(name, times) {
      await expect.poll(() => bench.deliveries(name).length, { timeout: 15_000 }).toBe(times);
      return bench.deliveries(name);
    },
    async counts(queueName, expected) {
      await expect.poll(() => bench.broker.metrics()[queueName], { timeout: 15_000 }).toMatchObject(expected);
    },
    async pass(ms) {
      await using client = connect(bench.broker);
      const peeker = client.createReceiver('unsettled');
      for (let passed = 0; passed < ms; passed += 10_000) {
        clock.advance(10_000);
        await peeker.peekMessages(1);
      }
    },
  };
  onTestFinished(async () => {
    process.emit('fixture-release' as never);
    await fixture.host.close();
    await bench.broker.close();
  });
  return bench;
}

describe('delivery', () => {
  test('the handler gets the body and the metadata of the extension, and its message is completed', async () => {
    const bench = await start();
    await bench.send('work', {
      body: { cluster: 'c1' },
      messageId: 'm-1',
      correlationId: 'corr',
      subject: 'apply',
      contentType: 'application/json',
      applicationProperties: {
        RolloutId: 'r-1',
        'Diagnostic-Id': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
    const [delivery] = await bench.delivered('work', 1);
    const properties = { rolloutId: 'r-1', 'diagnostic-Id': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    expect(delivery).toEqual({
      message: { cluster: 'c1' },
      metadata: {
        messageId: 'm-1',
        correlationId: 'corr',
        subject: 'apply',
        label: 'apply',
        contentType: 'application/json',
        deliveryCount: 1,
        sequenceNumber: 1,
        lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        enqueuedTimeUtc: '2026-01-01T00:00:00.000Z',
        enqueuedTime: '2026-01-01T00:00:00.000Z',
        expiresAtUtc: '2026-01-02T00:00:00.000Z',
        expiresAt: '2026-01-02T00:00:00.000Z',
        applicationProperties: properties,
        userProperties: properties,
      },
    });
    await bench.counts('work', { active: 0, locked: 0, completes: 1, receives: 1 });
  });

  test('texts and bytes arrive as the library decodes them', async () => {
    const bench = await start();
    await bench.send(
      'work',
      { body: 'plain text' },
      { body: Buffer.from('raw bytes') },
      { body: Buffer.from('{"json":true}') },
    );
    const deliveries = await bench.delivered('work', 3);
    expect(deliveries.map(({ message }) => message)).toEqual(['plain text', 'raw bytes', { json: true }]);
  });

  test('a failing message is abandoned until the broker buries it; the dead-letter function learns why', async () => {
    const bench = await start();
    await bench.send('work', { body: 'fail', messageId: 'bad' });
    const [dead] = await bench.delivered('dead', 1);
    expect(bench.deliveries('work').map(({ metadata }) => metadata['deliveryCount'])).toEqual([1, 2, 3]);
    expect(dead).toMatchObject({
      message: 'fail',
      metadata: { messageId: 'bad', applicationProperties: { deadLetterReason: 'MaxDeliveryCountExceeded' } },
    });
    await bench.counts('work', { active: 0, locked: 0, deadLettered: 0 });
    expect(bench.host.invocations.get('work')).toEqual({ started: 3, succeeded: 0, failed: 3 });
  });

  test('autoCompleteMessages false settles nothing: the message comes again when its lock has ended', async () => {
    const bench = await start();
    await bench.send('unsettled', { body: 'mine' });
    await bench.delivered('unsettled', 1);
    await bench.counts('unsettled', { locked: 1, completes: 0 });
    bench.clock.advance(LOCK_MS + 1);
    const deliveries = await bench.delivered('unsettled', 2);
    expect(deliveries[1]).toMatchObject({ metadata: { deliveryCount: 2 } });
  });
});

describe('load', () => {
  test('maxConcurrentCalls handlers run at once, prefetchCount more messages wait, and all get done', async () => {
    const bench = await start();
    await bench.send('work', ...Array.from({ length: 8 }, () => ({ body: 'hold' })));
    await bench.delivered('work', 3);
    await bench.counts('work', { locked: 5, active: 3 });
    expect(bench.deliveries('work')).toHaveLength(3);
    for (const started of [6, 8]) {
      process.emit('fixture-release' as never);
      await bench.delivered('work', started);
    }
    process.emit('fixture-release' as never);
    await bench.counts('work', { active: 0, locked: 0, completes: 8, receives: 8 });
  });

  test('a lock is renewed while the handler runs', async () => {
    const bench = await start();
    await bench.send('work', { body: 'hold' });
    await bench.delivered('work', 1);
    await bench.pass(5 * LOCK_MS);
    process.emit('fixture-release' as never);
    await bench.counts('work', { active: 0, locked: 0, completes: 1, receives: 1 });
  });

  test('renewal ends after maxAutoLockRenewalDuration; then the message goes to another call', async () => {
    const bench = await start();
    await bench.send('work', { body: 'hold' });
    await bench.delivered('work', 1);
    await bench.pass(12 * 60_000);
    const deliveries = await bench.delivered('work', 2);
    expect(deliveries[1]).toMatchObject({ metadata: { deliveryCount: 2 } });
  });
});

describe('sessions', () => {
  test('each session is served in order, and two at once', async () => {
    const bench = await start();
    await bench.send(
      'sessions',
      { body: 'hold', sessionId: 'a' },
      { body: 'a2', sessionId: 'a' },
      { body: 'b1', sessionId: 'b' },
    );
    await bench.delivered('sessions', 2);
    const seen = bench.deliveries('sessions').map(({ message, metadata }) => [metadata['sessionId'], message]);
    expect(seen.sort()).toEqual([
      ['a', 'hold'],
      ['b', 'b1'],
    ]);
    process.emit('fixture-release' as never);
    expect((await bench.delivered('sessions', 3))[2]).toMatchObject({ message: 'a2' });
    await bench.counts('sessions', { completes: 3 });
  });

  test('an idle session is given back for a third one', async () => {
    const bench = await start();
    await bench.send('sessions', { body: 1, sessionId: 'a' }, { body: 2, sessionId: 'b' }, { body: 3, sessionId: 'c' });
    await bench.delivered('sessions', 2);
    await bench.counts('sessions', { completes: 2 });
    bench.clock.advance(20_000);
    await bench.delivered('sessions', 3);
  });

  test('the lock of a session is renewed while it is served', async () => {
    const bench = await start();
    await bench.send('sessions', { body: 'hold', sessionId: 'a' });
    await bench.delivered('sessions', 1);
    await bench.pass(3 * LOCK_MS);
    process.emit('fixture-release' as never);
    await bench.counts('sessions', { completes: 1, receives: 1 });
  });
});

describe('life', () => {
  test('drain takes no new message, finishes and settles what was delivered, also what only waits here', async () => {
    const bench = await start();
    await bench.send('work', ...Array.from({ length: 5 }, () => ({ body: 'hold' })));
    await bench.delivered('work', 3);
    await bench.counts('work', { locked: 5 });
    let isDrained = false;
    const drained = bench.host.drain().then((complete) => {
      isDrained = true;
      return complete;
    });
    await bench.send('work', { body: 'too late' });
    process.emit('fixture-release' as never);
    await bench.delivered('work', 5);
    expect(isDrained).toBe(false);
    process.emit('fixture-release' as never);
    expect(await drained).toBe(true);
    expect(bench.broker.metrics()['work']).toMatchObject({ completes: 5, locked: 0, active: 1 });
    await bench.host.close();
    expect(bench.deliveries('work')).toHaveLength(5);
    expect(bench.broker.metrics()['work']).toMatchObject({ active: 1 });
  });

  test('the listeners come back when the broker was restarted', async () => {
    const bench = await start();
    await bench.send('work', { body: 'before' });
    await bench.counts('work', { completes: 1 });
    const { port } = bench.broker;
    await bench.broker.close();
    bench.broker = await startBroker({ clock: bench.clock, port, queues: QUEUES });
    await bench.send('work', { body: 'after' });
    await bench.send('sessions', { body: 'after', sessionId: 's' });
    await bench.delivered('work', 2);
    await expect
      .poll(
        () => {
          bench.clock.advance(1_000);
          return bench.deliveries('sessions').length;
        },
        { timeout: 15_000 },
      )
      .toBe(1);
  });
});
