import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../src/contracts/notification.ts';
import type { Notifier } from '../../src/ports/notifier.ts';

/**
 * What the suite needs of an implementation of `Notifier`. It is run on the real adapter against a receiver over HTTP
 * (`notifier.test.ts`) and on the one in memory (`memory-notifier.test.ts`).
 */
export interface NotifierWorld {
  readonly notifier: Notifier;
  /** What the receiver got, oldest first; of those that it took and those that it did not. */
  readonly received: () => readonly Notification[];
  /** From now on the receiver takes nothing, or everything again. */
  readonly break: (isBroken: boolean) => void;
  readonly close: () => Promise<void>;
}

const NOTIFICATION: Notification = {
  id: '01J00000000000000000000000.Halted.1700000000000',
  type: 'flotilla.rollout.halted',
  at: 1_700_000_000_123,
  subject: 'rollouts/01J00000000000000000000000',
  code: 'BudgetBreached',
  detail: 'Zu viele "Fehler" – 3 of 10\nclusters failed.',
};

/** The `Notifier` port: what its docstrings promise, on any implementation. */
export function notifierSuite(open: () => Promise<NotifierWorld>): void {
  describe('Notifier', () => {
    let world: NotifierWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('tells the receiver everything, once for each call', async () => {
      expect(await world.notifier.notify(NOTIFICATION)).toEqual({ ok: true });
      expect(world.received()).toEqual([NOTIFICATION]);
      await world.notifier.notify({ ...NOTIFICATION, id: 'another', detail: '' });
      expect(world.received()).toEqual([NOTIFICATION, { ...NOTIFICATION, id: 'another', detail: '' }]);
    });

    it('says when it was not taken, and does not try again by itself', async () => {
      world.break(true);
      expect(await world.notifier.notify(NOTIFICATION)).toMatchObject({
        ok: false,
        code: expect.stringMatching(/^\w+$/) as string,
        detail: expect.stringMatching(/^The receiver .*\.$/) as string,
      });
      expect(world.received().length).toBeLessThanOrEqual(1);
      world.break(false);
      expect(await world.notifier.notify(NOTIFICATION)).toEqual({ ok: true });
      expect(world.received().at(-1)).toEqual(NOTIFICATION);
    });
  });
}
