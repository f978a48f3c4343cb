import { expect, test } from 'vitest';
import { ScaledClock } from '../../../local/clock.ts';
import { NO_RENEWAL, takeOne, useBrokerWith } from './broker-fixture.ts';

/** One minute of local time is 200 ms. */
const SPEED = 300;

test('with fast time locks and schedules run fast, and clients see local time', async () => {
  // The origin lies a day ahead, so that real time cannot be mistaken for local time.
  const { clock, connect } = await useBrokerWith(new ScaledClock(SPEED, Date.now() + 86_400_000));
  const client = connect();
  const sender = client.createSender('plain');
  const beforeMs = clock.now();
  await sender.sendMessages({ body: 'b', messageId: 'm' });
  const receiver = client.createReceiver('plain', NO_RENEWAL);
  const first = await takeOne(receiver);
  expect(first.enqueuedTimeUtc!.getTime()).toBeGreaterThanOrEqual(beforeMs);
  expect(first.enqueuedTimeUtc!.getTime()).toBeLessThanOrEqual(clock.now());
  expect(first.lockedUntilUtc!.getTime() - first.enqueuedTimeUtc!.getTime()).toBeGreaterThanOrEqual(60_000);
  // The lock of one local minute ends while this receiver waits at most five real seconds.
  const again = await takeOne(receiver);
  expect(again).toMatchObject({ messageId: 'm', deliveryCount: 1 });
  expect(clock.now()).toBeGreaterThanOrEqual(first.lockedUntilUtc!.getTime());
  await receiver.completeMessage(again);

  const dueAt = new Date(clock.now() + 120_000);
  await sender.scheduleMessages({ body: 'due' }, dueAt);
  const due = await takeOne(receiver);
  expect(due).toMatchObject({ body: 'due', scheduledEnqueueTimeUtc: dueAt });
  expect(due.enqueuedTimeUtc!.getTime()).toBeGreaterThanOrEqual(dueAt.getTime());
});
