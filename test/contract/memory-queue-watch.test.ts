import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { MemoryBus } from '../../src/adapters/memory/bus.ts';
import { MemoryQueueWatch } from '../../src/adapters/memory/queue-watch.ts';
import { queueWatchSuite, type QueueWatchWorld } from './queue-watch.ts';

async function open(): Promise<QueueWatchWorld> {
  const clock = new ManualClock();
  const now = () => clock.now();
  const bus = new MemoryBus(now);
  return {
    bus,
    watch: new MemoryQueueWatch(bus, now),
    now,
    letTimePass: (ms) => clock.advance(ms),
    receive: async (name, count, then) => {
      const queue = bus.queues.get(name)!;
      for (let taken = 0; taken < count; taken++) {
        let delivery = queue.receive(now())!;
        if (then === 'complete') queue.complete(delivery, now());
        if (then !== 'bury') continue;
        while (delivery.deliveryCount < queue.spec.maxDeliveryCount) {
          queue.abandon(delivery, now());
          delivery = queue.receive(now())!;
        }
        queue.abandon(delivery, now());
      }
    },
    close: async () => undefined,
  };
}

describe('watch of queues in memory', () => {
  queueWatchSuite(open);
});
