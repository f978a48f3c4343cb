import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { MemoryBus } from '../../src/adapters/memory/bus.ts';
import { busSuite, type Arrived, type BusWorld } from './bus.ts';

async function open(): Promise<BusWorld> {
  const clock = new ManualClock();
  const bus = new MemoryBus(() => clock.now());

  async function takeAll(name: string): Promise<Arrived[]> {
    const queue = bus.queues.get(name)!;
    const all: Arrived[] = [];
    for (let next = queue.receive(clock.now()); next !== undefined; next = queue.receive(clock.now())) {
      all.push({ id: next.id, body: JSON.parse(next.body) });
      queue.complete(next, clock.now());
    }
    return all;
  }

  return { bus, takeAll, now: () => clock.now(), letTimePass: (ms) => clock.advance(ms), close: async () => undefined };
}

describe('bus in memory', () => {
  busSuite(open);
});
