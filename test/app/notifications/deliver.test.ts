import { describe, expect, it } from 'vitest';
import { deliverNotification, showDeadNotification } from '../../../src/app/notifications/deliver-notification.ts';
import { NotificationMessage } from '../../../src/contracts/messages.ts';
import type { Notification } from '../../../src/contracts/notification.ts';
import { NOTIFICATIONS_QUEUE } from '../../../src/contracts/queues.ts';
import { NOTIFY_RETRY_SECONDS } from '../../../src/contracts/timing.ts';
import { Bench, SECOND } from '../support.ts';

const NOTIFICATION: Notification = {
  id: 'b1.brake.1',
  type: 'flotilla.brake.on',
  at: 1,
  subject: 'policies/keep',
  code: 'MassDrift',
  detail: '8 of 9 clusters drift.',
};
const FIRST = { schema: 1, tries: 0, notification: NOTIFICATION } as const;
const fault = { ok: false, code: 'Http503', detail: 'The receiver answered 503: no success.' } as const;

function receive({ bus, clock }: Bench): NotificationMessage | undefined {
  const queue = bus.queues.get(NOTIFICATIONS_QUEUE)!;
  const delivery = queue.receive(clock.now());
  if (delivery === undefined) return undefined;
  queue.complete(delivery, clock.now());
  return NotificationMessage.parse(JSON.parse(delivery.body));
}

describe('a notification', () => {
  it('that is taken is told once, and nothing is left', async () => {
    const bench = new Bench([]);
    await deliverNotification(bench.deps, FIRST);
    expect(bench.notifier.told).toEqual([NOTIFICATION]);
    expect(bench.bus.queues.get(NOTIFICATIONS_QUEUE)?.size).toBe(0);
  });

  it('that is not taken is tried again, later each time, under the same id, and dies in the end', async () => {
    const bench = new Bench([]);
    bench.notifier.fault = fault;
    let message: NotificationMessage = FIRST;
    for (const pauseSeconds of NOTIFY_RETRY_SECONDS) {
      await deliverNotification(bench.deps, message);
      bench.clock.advance(pauseSeconds * SECOND - 1);
      expect(receive(bench)).toBeUndefined();
      bench.clock.advance(1);
      const next = receive(bench);
      expect(next).toEqual({ ...message, tries: message.tries + 1 });
      message = next!;
    }
    await expect(deliverNotification(bench.deps, message)).rejects.toThrow(
      'Notification b1.brake.1 was not taken in 7 tries: The receiver answered 503: no success.',
    );
    expect(receive(bench)).toBeUndefined();
  });

  it('is told by a later try', async () => {
    const bench = new Bench([]);
    bench.notifier.fault = fault;
    await deliverNotification(bench.deps, FIRST);
    bench.notifier.fault = undefined;
    bench.clock.advance(5 * SECOND);
    await deliverNotification(bench.deps, receive(bench)!);
    expect(bench.notifier.told).toEqual([NOTIFICATION]);
  });

  it('is dropped once nobody is to hear of anything any more', async () => {
    const bench = new Bench([]);
    await deliverNotification({ ...bench.deps, notifier: undefined }, FIRST);
    expect(bench.notifier.told).toEqual([]);
    expect(bench.bus.queues.get(NOTIFICATIONS_QUEUE)?.size).toBe(0);
  });

  it('that died stands in the log with all that it said', async () => {
    const bench = new Bench([]);
    const logged: unknown[] = [];
    const log = { ...bench.deps.log, error: (message: string, facts?: object) => void logged.push([message, facts]) };
    const death = { reason: 'MaxDeliveryCountExceeded', description: 'ten times' };
    await showDeadNotification({ ...bench.deps, log }, FIRST, death);
    await showDeadNotification({ ...bench.deps, log }, 'nonsense', death);
    const { at: _, ...facts } = NOTIFICATION;
    expect(logged).toEqual([
      ['notification died', { ...facts, ...death }],
      ['notification died', { ...death }],
    ]);
  });
});
