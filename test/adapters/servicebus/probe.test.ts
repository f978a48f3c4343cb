import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { startBroker, type Broker } from '../../../local/service-bus/broker.ts';
import { createBus, type ServiceBus } from '../../../src/adapters/servicebus/bus.ts';
import { QUEUES, REQUESTS_QUEUE, SWEEPS_QUEUE, type QueueSpec } from '../../../src/contracts/queues.ts';

const clock = new ManualClock();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function start(queues: readonly QueueSpec[] = QUEUES): Promise<{ broker: Broker; bus: ServiceBus }> {
  const broker = await startBroker({ clock, queues, port: 0 });
  const bus = createBus({ connectionString: broker.connectionString, clock });
  open.push(broker, bus);
  return { broker, bus };
}

/** A sender whose requests are refused. */
async function refuse({ connectionString }: Broker, requests: number): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  open.push(client);
  await client.createSender(REQUESTS_QUEUE).sendMessages(Array.from({ length: requests }, () => ({ body: 'x' })));
  const receiver = client.createReceiver(REQUESTS_QUEUE);
  for (let dead = 0; dead < requests;) {
    for (const message of await receiver.receiveMessages(requests)) {
      await receiver.deadLetterMessage(message);
      dead += 1;
    }
  }
}

test('all queues take messages, and nobody`s request is dead', async () => {
  const { bus, broker } = await start();
  expect(await bus.probe.check()).toBe(`${QUEUES.length} queues take messages; no dead letters of requests`);
  expect(Object.values(broker.metrics()).every(({ sends }) => sends === 0)).toBe(true);
});

test('dead requests are counted, the same each time, and stay', async () => {
  const { bus, broker } = await start();
  await refuse(broker, 3);
  for (let times = 0; times < 2; times++)
    expect(await bus.probe.check()).toContain('; 3 dead letters of requests wait');
});

test('a queue that is missing is named, and the others are not', async () => {
  const { bus } = await start(QUEUES.filter(({ name }) => name !== SWEEPS_QUEUE));
  await expect(bus.probe.check()).rejects.toThrow(/^sweeps: [^;]*$/);
});

test('nobody listens: every queue says so', async () => {
  const { bus, broker } = await start();
  await broker.close();
  await expect(bus.probe.check()).rejects.toThrow(/rollouts: .*ECONNREFUSED/);
});
