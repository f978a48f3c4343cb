import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEAD_LETTERS_COUNTED_MAX } from '../../src/contracts/limits.ts';
import { OPERATIONS_QUEUE, ROLLOUTS_QUEUE } from '../../src/contracts/queues.ts';
import type { Bus } from '../../src/ports/bus.ts';
import type { QueueWatch } from '../../src/ports/queue-watch.ts';

/** What `queueWatchSuite` needs of an implementation; run on the real adapter against the local broker, and on the one in memory. */
export interface QueueWatchWorld {
  readonly bus: Bus;
  readonly watch: QueueWatch;
  readonly now: () => number;
  readonly letTimePass: (ms: number) => void;
  /** Receives this many messages, and dead-letters, completes or keeps them. */
  readonly receive: (queue: string, count: number, then: 'bury' | 'complete' | 'keep') => Promise<void>;
  readonly close: () => Promise<void>;
}

const operation = (ordinal: number) => ({ schema: 1, rolloutId: 'r', ordinal, attempt: 1, step: 1 }) as const;

/** The `QueueWatch` port: what its docstrings promise, on any implementation. */
export function queueWatchSuite(open: () => Promise<QueueWatchWorld>): void {
  describe('QueueWatch', () => {
    let world: QueueWatchWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    const send = (ordinal: number, at: number) =>
      world.bus.sendOperations([{ id: `o${ordinal}`, at, message: operation(ordinal) }]);
    const oldest = () => world.watch.oldestSince(OPERATIONS_QUEUE);

    it('finds nothing in an empty queue', async () => {
      expect(await oldest()).toBe('none');
      expect(await world.watch.deadLetters(OPERATIONS_QUEUE)).toBe(0);
    });

    it('tells since when the oldest message of that queue waits, and takes nothing', async () => {
      const start = world.now();
      await send(1, start);
      world.letTimePass(5000);
      await send(2, world.now());
      for (let times = 0; times < 3; times++) expect(await oldest()).toBe(start);
      expect(await world.watch.oldestSince(ROLLOUTS_QUEUE)).toBe('none');
      await world.receive(OPERATIONS_QUEUE, 1, 'complete');
      expect(await oldest()).toBe(start + 5000);
    });

    it('passes over messages that are put off, until their time has come', async () => {
      const start = world.now();
      await send(1, start + 60_000);
      expect(await oldest()).toBe('none');
      world.letTimePass(10_000);
      await send(2, world.now());
      expect(await oldest()).toBe(start + 10_000);
      await world.receive(OPERATIONS_QUEUE, 1, 'complete');
      world.letTimePass(55_000);
      expect(await oldest()).toBe(start + 60_000);
    });

    it('counts the time that a receiver is at work too', async () => {
      const start = world.now();
      await send(1, start);
      await world.receive(OPERATIONS_QUEUE, 1, 'keep');
      world.letTimePass(20_000);
      expect(await oldest()).toBe(start);
    });

    it('counts dead letters, which are not in line, as far as they are worth counting', async () => {
      const many = DEAD_LETTERS_COUNTED_MAX + 5;
      for (let ordinal = 0; ordinal < many; ordinal++) await send(ordinal, world.now());
      await world.receive(OPERATIONS_QUEUE, 3, 'bury');
      expect(await world.watch.deadLetters(OPERATIONS_QUEUE)).toBe(3);
      await world.receive(OPERATIONS_QUEUE, many - 3, 'bury');
      expect(await world.watch.deadLetters(OPERATIONS_QUEUE)).toBe(DEAD_LETTERS_COUNTED_MAX);
      expect(await oldest()).toBe('none');
    });
  });
}
