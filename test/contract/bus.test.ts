import { ServiceBusClient } from '@azure/service-bus';
import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { startBroker } from '../../local/service-bus/broker.ts';
import { createBus } from '../../src/adapters/servicebus/bus.ts';
import { QUEUES } from '../../src/contracts/queues.ts';
import { busSuite, type Arrived, type BusWorld } from './bus.ts';

/** The real adapter, over real sockets, against the local broker. */
async function open(): Promise<BusWorld> {
  const clock = new ManualClock();
  const broker = await startBroker({ clock, queues: QUEUES, port: 0 });
  const { connectionString } = broker;
  const bus = createBus({ connectionString, clock });
  const receiving = new ServiceBusClient(connectionString);

  async function takeAll(queue: string): Promise<Arrived[]> {
    const receiver = receiving.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
    const all: Arrived[] = [];
    const active = (): number => broker.metrics()[queue]?.active ?? 0;
    while (active() > 0) {
      // As many as there are: the SDK waits for the last of them.
      const messages = await receiver.receiveMessages(active());
      all.push(...messages.map(({ messageId, body }) => ({ id: String(messageId), body: body as unknown })));
    }
    await receiver.close();
    return all;
  }

  return {
    bus,
    takeAll,
    now: () => clock.now(),
    letTimePass: (ms) => clock.advance(ms),
    close: async () => {
      await Promise.all([bus.close(), receiving.close()]);
      await broker.close();
    },
  };
}

describe('Service Bus adapter against the local broker', () => {
  busSuite(open);
});
