import { describe, expect, test } from 'vitest';
import { ids, message, newQueue, receiveAll, tokenOf } from './queue-fixture.ts';

describe('deferred messages', () => {
  test('are received by number only, and stay deferred when given back', () => {
    const { queue, clock } = newQueue();
    queue.send([message('a'), message('b')]);
    queue.defer(tokenOf(queue.receive('peekLock')), { step: 2 });
    expect(ids(receiveAll(queue))).toEqual(['b']);
    const [deferred] = queue.receiveDeferred([1], 'peekLock');
    expect(deferred).toMatchObject({ messageId: 'a', deliveryCount: 0, changes: { step: 2 } });
    queue.abandon(tokenOf(deferred));
    expect(queue.counts()).toMatchObject({ deferred: 1, active: 0 });
    queue.receiveDeferred([1], 'peekLock');
    clock.advance(60_000);
    expect(queue.receiveDeferred([1], 'peekLock')).toMatchObject([{ deliveryCount: 2 }]);
  });

  test('die when they were delivered too often', () => {
    const { queue } = newQueue({ maxDeliveryCount: 1 });
    queue.send([message('a')]);
    queue.defer(tokenOf(queue.receive('peekLock')));
    queue.abandon(tokenOf(queue.receiveDeferred([1], 'peekLock')[0]));
    expect(ids(receiveAll(queue.deadLetters!))).toEqual(['a']);
  });

  test.each([
    { what: 'an unknown number', numbers: [99] },
    { what: 'an active message', numbers: [2] },
    { what: 'one wrong number among right ones', numbers: [1, 2] },
  ])('$what is refused and nothing is locked', ({ numbers }) => {
    const { queue } = newQueue();
    queue.send([message('a'), message('b')]);
    queue.defer(tokenOf(queue.receive('peekLock')));
    expect(() => queue.receiveDeferred(numbers, 'peekLock')).toThrow(
      expect.objectContaining({ code: 'MessageNotFound' }),
    );
    expect(queue.counts()).toMatchObject({ deferred: 1, locked: 0 });
  });
});

test('peek sees every message by number, whatever its state, and takes none', () => {
  const { queue, clock } = newQueue();
  queue.send(['active', 'locked', 'deferred'].map((id) => message(id)));
  queue.send([message('scheduled', { scheduledForMs: clock.now() + 1000 })]);
  const [active, , deferred] = receiveAll(queue);
  queue.defer(tokenOf(deferred));
  queue.abandon(tokenOf(active));
  expect(queue.peek(1, 10).map(({ messageId, state }) => [messageId, state])).toEqual([
    ['active', 'active'],
    ['locked', 'locked'],
    ['deferred', 'deferred'],
    ['scheduled', 'scheduled'],
  ]);
  expect(ids(queue.peek(2, 2))).toEqual(['locked', 'deferred']);
  expect(queue.peek(5, 10)).toEqual([]);
});
