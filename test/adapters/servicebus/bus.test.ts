import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { startBroker, type Broker } from '../../../local/service-bus/broker.ts';
import { createBus, type ServiceBus } from '../../../src/adapters/servicebus/bus.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { OPERATIONS_QUEUE, QUEUES, type QueueSpec } from '../../../src/contracts/queues.ts';

const clock = new ManualClock();
const brokers: Broker[] = [];
const buses: ServiceBus[] = [];

afterEach(async () => {
  await Promise.all(buses.splice(0).map((bus) => bus.close()));
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

async function start(queues: readonly QueueSpec[] = QUEUES, port = 0): Promise<Broker> {
  const broker = await startBroker({ clock, queues, port });
  brokers.push(broker);
  return broker;
}

function connect({ connectionString }: Broker): ServiceBus {
  const bus = createBus({ connectionString, clock });
  buses.push(bus);
  return bus;
}

const wakeup = (id: string) => ({ id, at: 0, message: { schema: 1, rolloutId: 'r' } as const });
const failure = (sending: Promise<void>): Promise<unknown> =>
  sending.then(
    () => undefined,
    (error: unknown) => error,
  );

test('more than one batch holds is sent in several, none twice', async () => {
  const broker = await start();
  const bus = connect(broker);
  const rolloutId = 'r'.repeat(60);
  const messages = Array.from({ length: 6000 }, (_, ordinal) => ({
    id: `${rolloutId}/${ordinal}`,
    at: clock.now() + (ordinal % 3) * 1000,
    message: { schema: 1, rolloutId, ordinal, attempt: 1, step: 1 } as const,
  }));
  await bus.sendOperations(messages);
  expect(broker.metrics()[OPERATIONS_QUEUE]).toMatchObject({ active: 2000, scheduled: 4000, sends: 6000 });
});

describe('trouble', () => {
  test('nobody listens: it passes', async () => {
    const broker = await start();
    await broker.close();
    const error = await failure(connect(broker).sendWakeups([wakeup('a')]));
    expect(error).toBeInstanceOf(Transient);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') as string });
  });

  test('a queue that is not there does not pass', async () => {
    const error = await failure(connect(await start([])).sendWakeups([wakeup('a')]));
    expect(error).not.toBeInstanceOf(Transient);
    expect(error).toMatchObject({ code: 'MessagingEntityNotFound' });
  });

  test('a message larger than a batch does not pass', async () => {
    const bus = connect(await start());
    const huge = { id: 'h', at: 0, message: { schema: 1, rolloutId: 'r'.repeat(5_000_000) } as const };
    const error = await failure(bus.sendWakeups([wakeup('a'), huge]));
    expect(error).not.toBeInstanceOf(Transient);
    expect(String(error)).toContain('h is too large');
  });

  test('sending works again when the broker is back', async () => {
    const first = await start();
    const bus = connect(first);
    await bus.sendWakeups([wakeup('a')]);
    // Opened after the bus's connection, so its end is seen after that of the bus.
    const witness = createConnection(first.port, '127.0.0.1');
    await once(witness, 'connect');
    const ended = once(witness, 'close');
    await first.close();
    await ended;
    const second = await start(QUEUES, first.port);
    let error: unknown = await failure(bus.sendWakeups([wakeup('b')]));
    for (let tries = 0; error instanceof Transient && tries < 5; tries++) {
      error = await failure(bus.sendWakeups([wakeup('b')]));
    }
    expect(error).toBeUndefined();
    expect(second.metrics()['rollouts']).toMatchObject({ active: 1 });
  });
});
