import { describe, expect, test } from 'vitest';
import { ids, message, newQueue, receiveAll, tokenOf } from './queue-fixture.ts';

describe('peek-lock', () => {
  test('hands messages out in order of arrival and each only once while it is locked', () => {
    const { queue } = newQueue();
    queue.send(['a', 'b', 'c'].map((id) => message(id)));
    expect(ids(receiveAll(queue))).toEqual(['a', 'b', 'c']);
    expect(queue.receive('peekLock')).toBeUndefined();
    expect(queue.counts()).toMatchObject({ active: 0, locked: 3, sends: 3, receives: 3 });
  });

  test('complete removes the message for good', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a')]);
    queue.complete(tokenOf(queue.receive('peekLock')));
    clock.advance(3600_000);
    expect(queue.receive('peekLock')).toBeUndefined();
    expect(queue.counts()).toMatchObject({ active: 0, locked: 0, deadLettered: 0, completes: 1 });
  });

  test('abandon offers the message again at once, before later ones, with a higher delivery count', () => {
    const { queue } = newQueue();
    queue.send([message('a'), message('b')]);
    queue.abandon(tokenOf(queue.receive('peekLock')), { note: 'again' });
    const again = queue.receive('peekLock');
    expect(again).toMatchObject({ messageId: 'a', deliveryCount: 1, changes: { note: 'again' } });
  });

  test('a lock that expires offers the message again, exactly when it expires', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a')]);
    const token = tokenOf(queue.receive('peekLock'));
    clock.advance(59_999);
    expect(queue.receive('peekLock')).toBeUndefined();
    clock.advance(1);
    expect(queue.receive('peekLock')).toMatchObject({ messageId: 'a', deliveryCount: 1 });
    expect(() => queue.complete(token)).toThrow(expect.objectContaining({ code: 'MessageLockLost' }));
  });

  test('a renewed lock lasts the lock duration from the renewal', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a')]);
    const token = tokenOf(queue.receive('peekLock'));
    clock.advance(50_000);
    expect(queue.renewLock(token)).toBe(clock.now() + 60_000);
    clock.advance(59_999);
    expect(queue.receive('peekLock')).toBeUndefined();
    clock.advance(1);
    expect(queue.receive('peekLock')).toMatchObject({ messageId: 'a' });
  });

  test.each(['complete', 'abandon', 'defer', 'deadLetter', 'renewLock'] as const)(
    '%s with a token that was used up is refused',
    (operation) => {
      const { queue } = newQueue();
      queue.send([message('a')]);
      const token = tokenOf(queue.receive('peekLock'));
      queue.complete(token);
      expect(() => queue[operation](token)).toThrow(expect.objectContaining({ code: 'MessageLockLost' }));
    },
  );
});

test('receive-and-delete hands a message out once', () => {
  const { queue, clock } = newQueue();
  queue.send([message('a')]);
  expect(queue.receive('receiveAndDelete')).toMatchObject({ messageId: 'a', lock: undefined });
  clock.advance(3600_000);
  expect(queue.receive('receiveAndDelete')).toBeUndefined();
  expect(queue.counts()).toMatchObject({ receives: 1, completes: 1, deadLettered: 0 });
});

describe('dead letters', () => {
  test('a message that was abandoned as often as the queue allows dies with the reason of the platform', () => {
    const { queue } = newQueue({ maxDeliveryCount: 3 });
    queue.send([message('a')]);
    for (let attempt = 1; attempt <= 3; attempt += 1) queue.abandon(tokenOf(queue.receive('peekLock')));
    expect(queue.receive('peekLock')).toBeUndefined();
    const dead = queue.deadLetters?.receive('peekLock');
    expect(dead).toMatchObject({
      messageId: 'a',
      deliveryCount: 3,
      changes: { DeadLetterReason: 'MaxDeliveryCountExceeded' },
    });
    expect(queue.counts()).toMatchObject({ active: 0, locked: 0, deadLettered: 1 });
  });

  test('expired locks count as deliveries too', () => {
    const { queue, clock } = newQueue({ maxDeliveryCount: 2 });
    queue.send([message('a')]);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      queue.receive('peekLock');
      clock.advance(60_000);
    }
    expect(queue.deadLetters?.receive('peekLock')).toMatchObject({ messageId: 'a', deliveryCount: 2 });
  });

  test('a receiver names the reason and keeps what earlier receivers changed', () => {
    const { queue } = newQueue();
    queue.send([message('a')]);
    queue.abandon(tokenOf(queue.receive('peekLock')), { seen: 1 });
    queue.deadLetter(tokenOf(queue.receive('peekLock')), {
      DeadLetterReason: 'Broken',
      DeadLetterErrorDescription: 'no body',
    });
    const changes = { seen: 1, DeadLetterReason: 'Broken', DeadLetterErrorDescription: 'no body' };
    expect(queue.deadLetters?.receive('peekLock')).toMatchObject({ sequenceNumber: 1, changes });
  });

  test('dead messages never expire and die no second time', () => {
    const { queue, clock } = newQueue({ maxDeliveryCount: 1 });
    queue.send([message('a')]);
    queue.abandon(tokenOf(queue.receive('peekLock')));
    const dead = queue.deadLetters;
    for (let attempt = 0; attempt < 5; attempt += 1) dead?.abandon(tokenOf(dead.receive('peekLock')));
    clock.advance(365 * 24 * 3600_000);
    expect(dead?.receive('peekLock')).toMatchObject({ messageId: 'a' });
  });
});

describe('scheduled messages', () => {
  test('appear at their time, as if sent then', () => {
    const { queue, clock } = newQueue();
    const dueMs = clock.now() + 30_000;
    const [scheduled] = queue.send([message('later', { scheduledForMs: dueMs })]);
    queue.send([message('now')]);
    expect(queue.counts()).toMatchObject({ active: 1, scheduled: 1 });
    clock.advance(29_999);
    expect(ids(receiveAll(queue))).toEqual(['now']);
    clock.advance(1);
    const appeared = queue.receive('peekLock');
    expect(appeared).toMatchObject({
      messageId: 'later',
      sequenceNumber: 3,
      enqueuedSequenceNumber: scheduled,
      enqueuedAtMs: dueMs,
    });
  });

  test('live their whole time to live after they appeared', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a', { scheduledForMs: clock.now() + 100_000, timeToLiveMs: 10_000 })]);
    clock.advance(109_999);
    expect(queue.peek(1, 10)).toHaveLength(1);
    clock.advance(1);
    expect(queue.receive('peekLock')).toBeUndefined();
  });

  test('with a time in the past appear at once', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a', { scheduledForMs: clock.now() - 1 })]);
    expect(queue.receive('peekLock')).toMatchObject({ messageId: 'a' });
  });

  test('can be cancelled by number: all or none', () => {
    const { queue, clock } = newQueue();
    const numbers = queue.send(['a', 'b'].map((id) => message(id, { scheduledForMs: clock.now() + 1000 })));
    expect(() => queue.cancelScheduled([...numbers, 99])).toThrow(expect.objectContaining({ code: 'MessageNotFound' }));
    expect(queue.counts().scheduled).toBe(2);
    queue.cancelScheduled(numbers);
    clock.advance(1000);
    expect(queue.receive('peekLock')).toBeUndefined();
    expect(() => queue.cancelScheduled(numbers)).toThrow(expect.objectContaining({ code: 'MessageNotFound' }));
  });

  test('cannot be cancelled once they have appeared', () => {
    const { queue, clock } = newQueue();
    const numbers = queue.send([message('a', { scheduledForMs: clock.now() + 1000 })]);
    clock.advance(1000);
    expect(() => queue.cancelScheduled(numbers)).toThrow(expect.objectContaining({ code: 'MessageNotFound' }));
  });
});

describe('duplicate detection', () => {
  test('drops a repeated id inside the window and accepts it after', () => {
    const { queue, clock } = newQueue({ duplicateDetectionSeconds: 600 });
    const [first] = queue.send([message('a')]);
    clock.advance(599_999);
    expect(queue.send([message('a')])).toEqual([first]);
    clock.advance(1);
    queue.send([message('a')]);
    expect(queue.counts()).toMatchObject({ active: 2, sends: 2 });
  });

  test('remembers an id after its message was completed, and inside one batch', () => {
    const { queue } = newQueue({ duplicateDetectionSeconds: 600 });
    queue.send([message('a'), message('a'), message('b')]);
    expect(queue.counts().active).toBe(2);
    queue.complete(tokenOf(queue.receive('peekLock')));
    queue.send([message('a')]);
    expect(ids(receiveAll(queue))).toEqual(['b']);
  });

  test('covers scheduled messages, also cancelled ones', () => {
    const { queue, clock } = newQueue({ duplicateDetectionSeconds: 600 });
    const numbers = queue.send([message('a', { scheduledForMs: clock.now() + 60_000 })]);
    queue.send([message('a')]);
    expect(queue.counts()).toMatchObject({ active: 0, scheduled: 1 });
    queue.cancelScheduled(numbers);
    queue.send([message('a')]);
    expect(queue.counts()).toMatchObject({ active: 0, scheduled: 0 });
  });

  test('is off where the queue has no window', () => {
    const { queue } = newQueue({ duplicateDetectionSeconds: 0 });
    queue.send([message('a'), message('a')]);
    expect(queue.counts().active).toBe(2);
  });
});

describe('time to live', () => {
  test.each([
    { own: undefined, livesMs: 3600_000 },
    { own: 5_000, livesMs: 5_000 },
    { own: 99_999_999, livesMs: 3600_000 },
  ])('a message with $own ms in a queue of one hour lives $livesMs ms', ({ own, livesMs }) => {
    const { queue, clock } = newQueue();
    queue.send([message('a', { timeToLiveMs: own })]);
    clock.advance(livesMs - 1);
    expect(queue.counts().active).toBe(1);
    clock.advance(1);
    expect(queue.receive('peekLock')).toBeUndefined();
    expect(queue.counts()).toMatchObject({ active: 0, deadLettered: 0 });
  });

  test('an expired message goes to the dead-letter queue where the queue says so', () => {
    const { queue, clock } = newQueue({ deadLetteringOnMessageExpiration: true });
    queue.send([message('a', { timeToLiveMs: 5_000 })]);
    clock.advance(5_000);
    expect(queue.deadLetters?.receive('peekLock')).toMatchObject({
      changes: { DeadLetterReason: 'TTLExpiredException' },
    });
  });

  test('a locked message does not expire, but is gone when it comes back too late', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a', { timeToLiveMs: 5_000 }), message('b', { timeToLiveMs: 5_000 })]);
    const [a, b] = receiveAll(queue);
    clock.advance(6_000);
    queue.complete(tokenOf(a));
    queue.abandon(tokenOf(b));
    expect(queue.receive('peekLock')).toBeUndefined();
    expect(queue.counts()).toMatchObject({ active: 0, completes: 1 });
  });

  test('deferred messages do not expire', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a', { timeToLiveMs: 5_000 })]);
    queue.defer(tokenOf(queue.receive('peekLock')));
    clock.advance(3600_000);
    expect(ids(queue.receiveDeferred([1], 'peekLock'))).toEqual(['a']);
  });
});
