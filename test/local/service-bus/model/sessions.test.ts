import { describe, expect, test } from 'vitest';
import { ids, message, newQueue, receiveAll, tokenOf } from './queue-fixture.ts';

function sessionQueue() {
  return newQueue({ requiresSession: true });
}

function inSession(sessionId: string, ...messageIds: string[]) {
  return messageIds.map((id) => message(id, { sessionId }));
}

test('a message without a session is refused, and the batch it came in with it', () => {
  const { queue } = sessionQueue();
  expect(() => queue.send([...inSession('s', 'a'), message('b')])).toThrow(
    expect.objectContaining({ code: 'NotAllowed' }),
  );
  expect(queue.counts()).toMatchObject({ active: 0, sends: 0 });
});

test('a session belongs to one holder, who receives its messages in order and no others', () => {
  const { queue } = sessionQueue();
  queue.send([...inSession('s', 'a'), ...inSession('t', 'x'), ...inSession('s', 'b')]);
  queue.sessions.accept('s', 'one');
  expect(() => queue.sessions.accept('s', 'two')).toThrow(expect.objectContaining({ code: 'SessionCannotBeLocked' }));
  expect(() => queue.receive('peekLock', { sessionId: 's', holder: 'two' })).toThrow(
    expect.objectContaining({ code: 'SessionLockLost' }),
  );
  expect(ids(receiveAll(queue, 's'))).toEqual(['a', 'b']);
});

test('an abandoned message comes first again: order in a session survives failures', () => {
  const { queue } = sessionQueue();
  queue.send(inSession('s', 'a', 'b'));
  queue.sessions.accept('s', 'one');
  queue.abandon(tokenOf(queue.receive('peekLock', { sessionId: 's' })));
  expect(ids(receiveAll(queue, 's'))).toEqual(['a', 'b']);
});

describe('next available session', () => {
  test('is the one that waits longest with messages and without holder', () => {
    const { queue } = sessionQueue();
    queue.send([...inSession('s', 'a'), ...inSession('t', 'x'), ...inSession('u', 'y')]);
    queue.sessions.accept('s', 'one');
    expect(queue.sessions.acceptNext('two')).toMatchObject({ sessionId: 't' });
    expect(queue.sessions.acceptNext('three')).toMatchObject({ sessionId: 'u' });
    expect(queue.sessions.acceptNext('four')).toBeUndefined();
  });

  test('is none when the messages of the session are done, expired or scheduled', () => {
    const { queue, clock } = sessionQueue();
    queue.send([message('a', { sessionId: 's', timeToLiveMs: 1000 })]);
    queue.send([message('b', { sessionId: 't', scheduledForMs: clock.now() + 5000 })]);
    clock.advance(1000);
    expect(queue.sessions.acceptNext('one')).toBeUndefined();
    clock.advance(4000);
    expect(queue.sessions.acceptNext('one')).toMatchObject({ sessionId: 't' });
  });

  test('is announced when a holder lets a session with messages go', () => {
    const { queue } = sessionQueue();
    queue.send(inSession('s', 'a'));
    queue.sessions.accept('s', 'one');
    let announced = 0;
    queue.observe({ messageReady: () => (announced += 1), sessionLockExpired: () => undefined });
    queue.releaseSession('s', 'one');
    expect(announced).toBeGreaterThan(0);
    expect(queue.sessions.acceptNext('two')).toMatchObject({ sessionId: 's' });
  });
});

describe('the session lock', () => {
  test('expires: its messages come back with a failed delivery, and the old holder has lost everything', () => {
    const { queue, clock } = sessionQueue();
    queue.send(inSession('s', 'a', 'b'));
    const lock = queue.sessions.accept('s', 'one');
    const lost: string[] = [];
    queue.observe({ messageReady: () => undefined, sessionLockExpired: ({ holder }) => lost.push(holder) });
    const token = tokenOf(queue.receive('peekLock', { sessionId: 's' }));
    expect(lock.untilMs).toBe(clock.now() + 60_000);
    clock.advance(60_000);
    expect(lost).toEqual(['one']);
    expect(() => queue.complete(token)).toThrow(expect.objectContaining({ code: 'SessionLockLost' }));
    queue.sessions.accept('s', 'two');
    expect(receiveAll(queue, 's').map((received) => received.deliveryCount)).toEqual([1, 0]);
  });

  test('can be renewed by its holder only, and keeps the messages locked', () => {
    const { queue, clock } = sessionQueue();
    queue.send(inSession('s', 'a'));
    queue.sessions.accept('s', 'one');
    const received = queue.receive('peekLock', { sessionId: 's' });
    clock.advance(50_000);
    expect(() => queue.sessions.renew('s', 'two')).toThrow(expect.objectContaining({ code: 'SessionLockLost' }));
    expect(queue.sessions.renew('s', 'one')).toBe(clock.now() + 60_000);
    expect(received?.lock?.untilMs).toBe(clock.now() + 60_000);
    clock.advance(59_999);
    queue.complete(tokenOf(received));
    clock.advance(1);
    expect(() => queue.sessions.renew('s', 'one')).toThrow(expect.objectContaining({ code: 'SessionLockLost' }));
  });

  test('let go by its holder gives the messages back unharmed', () => {
    const { queue } = sessionQueue();
    queue.send(inSession('s', 'a'));
    queue.sessions.accept('s', 'one');
    queue.receive('peekLock', { sessionId: 's' });
    queue.releaseSession('s', 'one');
    queue.sessions.accept('s', 'two');
    expect(queue.receive('peekLock', { sessionId: 's' })).toMatchObject({ messageId: 'a', deliveryCount: 0 });
  });

  test('that expires returns the messages that live on, when the one before them dies', () => {
    const { queue, clock } = newQueue({ requiresSession: true, maxDeliveryCount: 2 });
    queue.send(inSession('s', 'a', 'b'));
    queue.sessions.accept('s', 'one');
    queue.abandon(tokenOf(queue.receive('peekLock', { sessionId: 's' })));
    receiveAll(queue, 's');
    clock.advance(60_000);
    expect(ids(receiveAll(queue.deadLetters!))).toEqual(['a']);
    expect(queue.sessions.acceptNext('two')).toMatchObject({ sessionId: 's' });
    expect(ids(receiveAll(queue, 's'))).toEqual(['b']);
  });

  test('that expires with its message at the last delivery sends the message to the dead letters', () => {
    const { queue, clock } = newQueue({ requiresSession: true, maxDeliveryCount: 1 });
    queue.send(inSession('s', 'a', 'b'));
    queue.sessions.accept('s', 'one');
    receiveAll(queue, 's');
    clock.advance(60_000);
    expect(ids(receiveAll(queue.deadLetters!))).toEqual(['a', 'b']);
    queue.send(inSession('s', 'c'));
    expect(queue.sessions.acceptNext('two')).toMatchObject({ sessionId: 's' });
    expect(ids(receiveAll(queue, 's'))).toEqual(['c']);
  });
});

test('deferred messages of a session are received by whoever holds the session', () => {
  const { queue } = sessionQueue();
  queue.send([...inSession('s', 'a'), ...inSession('t', 'x')]);
  queue.sessions.accept('s', 'one');
  queue.defer(tokenOf(queue.receive('peekLock', { sessionId: 's' })));
  expect(() => queue.receiveDeferred([1], 'peekLock')).toThrow(expect.objectContaining({ code: 'NotAllowed' }));
  queue.sessions.accept('t', 'two');
  expect(() => queue.receiveDeferred([1], 'peekLock', { sessionId: 't' })).toThrow(
    expect.objectContaining({ code: 'MessageNotFound' }),
  );
  expect(ids(queue.receiveDeferred([1], 'peekLock', { sessionId: 's', holder: 'one' }))).toEqual(['a']);
});

test('the state of a session outlives its lock and its messages until it is cleared', () => {
  const { queue, clock } = sessionQueue();
  queue.sessions.accept('s', 'one');
  queue.sessions.setState('s', 'one', Buffer.from('half-way'));
  clock.advance(60_000);
  expect(() => queue.sessions.setState('s', 'one', undefined)).toThrow(
    expect.objectContaining({ code: 'SessionLockLost' }),
  );
  expect(queue.sessions.list(0, 0, 10)).toEqual(['s']);
  queue.sessions.accept('s', 'two');
  expect(queue.sessions.held('s', 'two').session.state?.toString()).toBe('half-way');
  queue.sessions.setState('s', 'two', undefined);
  queue.releaseSession('s', 'two');
  expect(queue.sessions.list(0, 0, 10)).toEqual([]);
});

test('the list of sessions is cut by time of change and by page', () => {
  const { queue, clock } = sessionQueue();
  queue.send(inSession('old', 'a'));
  const betweenMs = clock.now();
  clock.advance(1);
  queue.send([...inSession('s1', 'b'), ...inSession('s2', 'c'), ...inSession('s3', 'd')]);
  expect(queue.sessions.list(betweenMs, 0, 2)).toEqual(['s1', 's2']);
  expect(queue.sessions.list(betweenMs, 2, 2)).toEqual(['s3']);
});
