import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusMessage } from '@azure/service-bus';
import { expect, onTestFinished } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import type { LocalClock } from '../../../local/clock.ts';
import { startBroker } from '../../../local/service-bus/broker.ts';
import type { Broker } from '../../../local/service-bus/broker.ts';
import type { QueueCounts } from '../../../local/service-bus/model/metrics.ts';
import { startFixture } from './support.ts';
import type { StartedFixture } from './support.ts';

export const LOCK_MS = 60_000;
const queue = {
  lockDurationSeconds: LOCK_MS / 1000,
  maxDeliveryCount: 3,
  duplicateDetectionSeconds: 0,
  defaultTimeToLiveSeconds: 86_400,
  requiresSession: false,
};
export const QUEUES = [
  { ...queue, name: 'work' },
  { ...queue, name: 'unsettled' },
  { ...queue, name: 'sessions', requiresSession: true },
];

export interface Delivery {
  readonly message: unknown;
  readonly metadata: Record<string, unknown>;
}

export interface Bench extends StartedFixture {
  readonly clock: ManualClock;
  broker: Broker;
  send(queueName: string, ...messages: ServiceBusMessage[]): Promise<void>;
  /** What a function was given so far, in order. */
  deliveries(functionName: string): Delivery[];
  /** Waits until a function was given as many messages. */
  delivered(functionName: string, times: number): Promise<Delivery[]>;
  counts(queueName: string, expected: Partial<QueueCounts>): Promise<void>;
  /** Lets as much time pass as `times` renewals of one lock need, each after the one before has been answered. */
  renewals(times: number): Promise<void>;
}

/** The host's view of the manual clock. The next renewal is scheduled only when the broker has answered the last. */
class WatchedClock implements LocalClock {
  scheduled = 0;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, task: () => void): () => void {
    this.scheduled++;
    return this.#clock.after(delayMs, task);
  }
}

/** A client that is closed at the end of the block that declares it. */
function connect(broker: Broker): ServiceBusClient & AsyncDisposable {
  const client = new ServiceBusClient(broker.connectionString);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** A broker and the host with the `queues` fixture, both on one manual clock. */
export async function startQueueBench(): Promise<Bench> {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const broker = await startBroker({ clock, port: 0, queues: QUEUES });
  const settings = { TEST_BUS: broker.connectionString, WORK_QUEUE: 'work' };
  const hostClock = new WatchedClock(clock);
  const fixture = await startFixture('queues', { clock: hostClock, settings });
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
    async renewals(times) {
      for (let renewal = 0; renewal < times; renewal++) {
        const before = hostClock.scheduled;
        clock.advance(LOCK_MS / 2);
        await expect.poll(() => hostClock.scheduled, { timeout: 15_000 }).toBe(before + 1);
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
