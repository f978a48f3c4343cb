import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { startBroker } from '../../local/service-bus/broker.ts';
import { createBus } from '../../src/adapters/servicebus/bus.ts';
import { QUEUES, ROLLOUTS_QUEUE } from '../../src/contracts/queues.ts';
import { queueWatchSuite, type QueueWatchWorld } from './queue-watch.ts';

/** The real adapter, over real sockets, against the local broker. */
async function open(): Promise<QueueWatchWorld> {
  const clock = new ManualClock();
  const broker = await startBroker({ clock, queues: QUEUES, port: 0 });
  const { connectionString } = broker;
  const bus = createBus({ connectionString, clock });
  const receiving = new ServiceBusClient(connectionString);
  return {
    bus,
    watch: bus.watch,
    now: () => clock.now(),
    letTimePass: (ms) => clock.advance(ms),
    receive: async (queue, count, then) => {
      const receiver = receiving.createReceiver(queue);
      for (let taken = 0; taken < count;) {
        for (const message of await receiver.receiveMessages(count - taken)) {
          taken += 1;
          if (then === 'complete') await receiver.completeMessage(message);
          if (then === 'bury') await receiver.deadLetterMessage(message);
        }
      }
    },
    close: async () => {
      await Promise.all([bus.close(), receiving.close()]);
      await broker.close();
    },
  };
}

describe('watch of Service Bus queues against the local broker', () => {
  queueWatchSuite(open);

  it.each([
    [1000, 0],
    [1001, 'unknown'],
  ])('behind %i messages that are put off, the oldest is %s', async (many, since) => {
    const { bus, watch, now, close } = await open();
    const start = now();
    const wake = { schema: 1, rolloutId: 'r' } as const;
    await bus.sendWakeups(Array.from({ length: many }, (_, n) => ({ id: `${n}`, at: start + 60_000, message: wake })));
    await bus.sendWakeups([{ id: 'now', at: start, message: wake }]);
    const found = await watch.oldestSince(ROLLOUTS_QUEUE);
    expect(typeof found === 'number' ? found - start : found).toBe(since);
    await close();
  });
});
