import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOTIFICATIONS_QUEUE, OPERATIONS_QUEUE, ROLLOUTS_QUEUE, SWEEPS_QUEUE } from '../../src/contracts/queues.ts';
import type { Bus } from '../../src/ports/bus.ts';

/** A message as a receiver sees it. */
export interface Arrived {
  readonly id: string;
  readonly body: unknown;
}

/**
 * What `busSuite` needs of an implementation: its queues have duplicate detection, as in `src/contracts/queues.ts`. It is
 * run on the real adapter against the local broker (`bus.test.ts`) and on the one in memory (`memory-bus.test.ts`).
 */
export interface BusWorld {
  readonly bus: Bus;
  readonly now: () => number;
  /** Moves the world's clock. */
  readonly letTimePass: (ms: number) => void;
  /** Takes everything out of a queue that can be received now, in order of arrival. */
  readonly takeAll: (queue: string) => Promise<Arrived[]>;
  readonly close: () => Promise<void>;
}

const wake = (rolloutId: string) => ({ schema: 1, rolloutId }) as const;
const shard = (number: number) => ({ schema: 1, sweepId: 's', shard: number }) as const;
const told = {
  schema: 1,
  tries: 0,
  notification: {
    id: 'r.Failed.1',
    type: 'flotilla.rollout.ended',
    at: 1,
    subject: 'rollouts/r',
    code: 'Failed',
    detail: '',
  },
} as const;
const operation = (ordinal: number) => ({ schema: 1, rolloutId: 'r', ordinal, attempt: 1, step: 1 }) as const;

/** The `Bus` port: what its docstrings promise, on any implementation. */
export function busSuite(open: () => Promise<BusWorld>): void {
  describe('Bus', () => {
    let world: BusWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('puts a message off in the queue that it came from', async () => {
      const { bus, now, letTimePass, takeAll } = world;
      const message = { schema: 1, kind: 'putOff', id: 'w', times: 1, body: { schema: 2, of: ['anything'] } } as const;
      await bus.putOff(SWEEPS_QUEUE, { id: 'w.later-1', at: now() + 60_000, message });
      expect(await takeAll(SWEEPS_QUEUE)).toEqual([]);
      letTimePass(61_000);
      expect(await takeAll(SWEEPS_QUEUE)).toEqual([{ id: 'w.later-1', body: message }]);
    });

    it('sends each kind to its own queue, body and id unchanged', async () => {
      const { bus, now, takeAll } = world;
      await bus.sendWakeups([{ id: 'w1', at: now(), message: wake('ä"\n') }]);
      await bus.sendOperations([{ id: 'o1', at: now(), message: operation(7) }]);
      await bus.sendSweeps([{ id: 's1', at: now(), message: shard(3) }]);
      await bus.sendNotifications([{ id: 'n1', at: now(), message: told }]);
      expect(await takeAll(ROLLOUTS_QUEUE)).toEqual([{ id: 'w1', body: wake('ä"\n') }]);
      expect(await takeAll(OPERATIONS_QUEUE)).toEqual([{ id: 'o1', body: operation(7) }]);
      expect(await takeAll(SWEEPS_QUEUE)).toEqual([{ id: 's1', body: shard(3) }]);
      expect(await takeAll(NOTIFICATIONS_QUEUE)).toEqual([{ id: 'n1', body: told }]);
    });

    it('sends nothing when there is nothing', async () => {
      await world.bus.sendOperations([]);
      expect(await world.takeAll(OPERATIONS_QUEUE)).toEqual([]);
    });

    it('does not let a message arrive before its time, each in its own', async () => {
      const { bus, now, letTimePass, takeAll } = world;
      const start = now();
      const at = [start + 30_000, start - 30_000, start + 10_000, start];
      await bus.sendOperations(
        at.map((time, ordinal) => ({ id: `o${ordinal}`, at: time, message: operation(ordinal) })),
      );
      const ids = async (): Promise<string[]> => (await takeAll(OPERATIONS_QUEUE)).map(({ id }) => id).sort();
      expect(await ids()).toEqual(['o1', 'o3']);
      letTimePass(9_000);
      expect(await ids()).toEqual([]);
      letTimePass(1_000);
      expect(await ids()).toEqual(['o2']);
      letTimePass(20_000);
      expect(await ids()).toEqual(['o0']);
    });

    it('drops a message whose id was sent before, also a scheduled one', async () => {
      const { bus, now, letTimePass, takeAll } = world;
      const later = { id: 'w1', at: now() + 10_000, message: wake('r') };
      await bus.sendWakeups([later]);
      await bus.sendWakeups([{ ...later, at: now() }]);
      expect(await takeAll(ROLLOUTS_QUEUE)).toEqual([]);
      letTimePass(10_000);
      expect(await takeAll(ROLLOUTS_QUEUE)).toEqual([{ id: 'w1', body: wake('r') }]);
    });

    it('sends thousands at once', async () => {
      const { bus, now, takeAll } = world;
      const messages = Array.from({ length: 3000 }, (_, ordinal) => ({
        id: `o${ordinal}`,
        at: now(),
        message: operation(ordinal),
      }));
      await bus.sendOperations(messages);
      const arrived = await takeAll(OPERATIONS_QUEUE);
      expect(arrived.map(({ body }) => (body as { ordinal: number }).ordinal)).toEqual(
        messages.map((_, ordinal) => ordinal),
      );
    });
  });
}
