import type { Socket } from 'node:net';
import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusReceiver } from '@azure/service-bus';
import { onTestFinished } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import type { LocalClock } from '../../../local/clock.ts';
import { startBroker } from '../../../local/service-bus/broker.ts';
import type { Broker } from '../../../local/service-bus/broker.ts';
import type { BrokerQueueSpec } from '../../../local/service-bus/model/spec.ts';

const BASE: BrokerQueueSpec = {
  name: 'plain',
  lockDurationSeconds: 60,
  maxDeliveryCount: 3,
  duplicateDetectionSeconds: 0,
  defaultTimeToLiveSeconds: 3600,
  requiresSession: false,
};

/** One queue for each property that tests need. */
export const QUEUES: readonly BrokerQueueSpec[] = [
  BASE,
  { ...BASE, name: 'sessions', requiresSession: true },
  { ...BASE, name: 'deduplicated', duplicateDetectionSeconds: 600 },
  { ...BASE, name: 'expiring', defaultTimeToLiveSeconds: 10, deadLetteringOnMessageExpiration: true },
];

export interface TestBroker<Clock extends LocalClock> {
  readonly broker: Broker;
  readonly clock: Clock;
  /** A connection of its own for each call. */
  readonly connect: () => ServiceBusClient;
}

/** A broker whose time stands still until the test moves it, with real clients. All end with the test. */
export async function useBroker(): Promise<TestBroker<ManualClock>> {
  return useBrokerWith(new ManualClock());
}

export async function useBrokerWith<Clock extends LocalClock>(clock: Clock): Promise<TestBroker<Clock>> {
  const broker = await startBroker({ clock, queues: QUEUES, port: 0 });
  const clients: ServiceBusClient[] = [];
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await broker.close();
  });
  const connect = () => {
    const client = new ServiceBusClient(broker.connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    });
    clients.push(client);
    return client;
  };
  return { broker, clock, connect };
}

/** The client's own lock renewal compares with the clock of the machine, which is not the broker's. */
export const NO_RENEWAL = { maxAutoLockRenewalDurationInMs: 0 } as const;

/** Exactly `count` messages, which must be there already. */
export async function take(receiver: Pick<ServiceBusReceiver, 'receiveMessages'>, count: number) {
  const messages = await receiver.receiveMessages(count, { maxWaitTimeInMs: 5_000 });
  if (messages.length !== count) throw new Error(`Expected ${count} messages and received ${messages.length}.`);
  return messages;
}

/** One message, which must be there already. */
export async function takeOne(receiver: Pick<ServiceBusReceiver, 'receiveMessages'>) {
  return (await take(receiver, 1))[0]!;
}

/** True when the queue offers nothing: the broker answers the drain that ends this wait only after it offered all it has. */
export async function isEmpty(receiver: Pick<ServiceBusReceiver, 'receiveMessages'>): Promise<boolean> {
  return (await receiver.receiveMessages(1, { maxWaitTimeInMs: 1 })).length === 0;
}

/** Resolves once the client has noticed that its connection is gone. `cut` ends it from the client's side, as a crash would. */
export async function connectionLost(client: ServiceBusClient, cut = false): Promise<void> {
  const { _connectionContext: context } = client as unknown as {
    _connectionContext: { connection: { _connection: { socket: Socket } } };
  };
  const { socket } = context.connection._connection;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  if (cut) socket.destroy(new Error('The test cut the connection.'));
  await closed;
}
