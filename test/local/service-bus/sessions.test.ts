import { describe, expect, test } from 'vitest';
import { NO_RENEWAL, connectionLost, isEmpty, take, takeOne, useBroker } from './broker-fixture.ts';

async function setUp() {
  const { broker, clock, connect } = await useBroker();
  const client = connect();
  const sender = client.createSender('sessions');
  const accept = (sessionId: string) => client.acceptSession('sessions', sessionId, NO_RENEWAL);
  const acceptNext = () => client.acceptNextSession('sessions', NO_RENEWAL);
  return { broker, clock, connect, client, sender, accept, acceptNext };
}

test('a session is received in order and apart from others', async () => {
  const { clock, sender, accept } = await setUp();
  await sender.sendMessages([
    { body: 's1', sessionId: 's' },
    { body: 't1', sessionId: 't' },
    { body: 's2', sessionId: 's' },
  ]);
  const session = await accept('s');
  expect(session.sessionId).toBe('s');
  expect(session.sessionLockedUntilUtc).toEqual(new Date(clock.now() + 60_000));
  const messages = await take(session, 2);
  expect(messages).toMatchObject([
    { body: 's1', sessionId: 's' },
    { body: 's2', sessionId: 's' },
  ]);
  for (const message of messages) await session.completeMessage(message);
  expect(await isEmpty(session)).toBe(true);
});

test('an abandoned message of a session comes first again', async () => {
  const { sender, accept } = await setUp();
  await sender.sendMessages([
    { body: 1, sessionId: 's' },
    { body: 2, sessionId: 's' },
  ]);
  const session = await accept('s');
  await session.abandonMessage(await takeOne(session));
  expect((await take(session, 2)).map((message) => message.body as unknown)).toEqual([1, 2]);
});

test('a session has one holder; others are refused as SessionCannotBeLocked until it is let go', async () => {
  const { connect, sender, accept } = await setUp();
  await sender.sendMessages({ body: 1, sessionId: 's' });
  const session = await accept('s');
  await takeOne(session);
  const other = connect();
  await expect(other.acceptSession('sessions', 's', NO_RENEWAL)).rejects.toMatchObject({
    code: 'SessionCannotBeLocked',
  });
  await session.close();
  const reopened = await other.acceptSession('sessions', 's', NO_RENEWAL);
  expect(await takeOne(reopened)).toMatchObject({ body: 1, deliveryCount: 0 });
});

describe('next session', () => {
  test('is one with messages and without holder', async () => {
    const { sender, accept, acceptNext } = await setUp();
    await sender.sendMessages([
      { body: 1, sessionId: 's' },
      { body: 2, sessionId: 't' },
    ]);
    await accept('s');
    const next = await acceptNext();
    expect(next.sessionId).toBe('t');
    expect((await takeOne(next)).body).toBe(2);
  });

  test('is waited for, and granted when a message arrives', async () => {
    const { sender, accept, acceptNext } = await setUp();
    // The client attaches its links in order: once 'other' is open, the request before it has reached the broker.
    const waiting = acceptNext();
    await accept('other');
    await sender.sendMessages({ body: 1, sessionId: 's' });
    const session = await waiting;
    expect(session.sessionId).toBe('s');
    expect((await takeOne(session)).body).toBe(1);
  });

  test('is refused as ServiceTimeout when none comes in the time the client waits', async () => {
    const { clock, accept, acceptNext } = await setUp();
    const outcome = acceptNext().catch((error: unknown) => error);
    await accept('other');
    clock.advance(10_000);
    expect(await outcome).toMatchObject({ code: 'ServiceTimeout' });
  });

  test('is not granted to a client that went away', async () => {
    const { connect, sender, accept, acceptNext } = await setUp();
    const leaving = connect();
    leaving.acceptNextSession('sessions', NO_RENEWAL).catch(() => undefined);
    await leaving.acceptSession('sessions', 'other', NO_RENEWAL);
    await leaving.close();
    await accept('another');
    await sender.sendMessages({ body: 1, sessionId: 's' });
    expect((await acceptNext()).sessionId).toBe('s');
  });
});

describe('the session lock', () => {
  test('can be renewed', async () => {
    const { clock, sender, accept } = await setUp();
    await sender.sendMessages({ body: 1, sessionId: 's' });
    const session = await accept('s');
    const message = await takeOne(session);
    clock.advance(50_000);
    expect(await session.renewSessionLock()).toEqual(new Date(clock.now() + 60_000));
    clock.advance(59_000);
    await session.completeMessage(message);
  });

  test('is lost when it expires: every operation says SessionLockLost, and others may have the session', async () => {
    const { clock, connect, sender, accept } = await setUp();
    await sender.sendMessages({ body: 1, sessionId: 's' });
    const session = await accept('s');
    const message = await takeOne(session);
    clock.advance(60_000);
    await expect(session.renewSessionLock()).rejects.toMatchObject({ code: 'SessionLockLost' });
    // The answer to the renewal came after the detach, so the client knows by now that its link is gone.
    await expect(session.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    await expect(session.setSessionState('x')).rejects.toMatchObject({ code: 'SessionLockLost' });
    const other = await connect().acceptSession('sessions', 's', NO_RENEWAL);
    expect(await takeOne(other)).toMatchObject({ body: 1, deliveryCount: 1 });
    await expect(session.getSessionState()).rejects.toMatchObject({ code: 'SessionLockLost' });
  });
});

test('a connection that dies keeps its session until the lock expires', async () => {
  const { clock, connect, sender, accept } = await setUp();
  await sender.sendMessages({ body: 1, sessionId: 's' });
  const dying = connect();
  await takeOne(await dying.acceptSession('sessions', 's', NO_RENEWAL));
  await connectionLost(dying, true);
  await expect(accept('s')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
  clock.advance(60_000);
  expect(await takeOne(await accept('s'))).toMatchObject({ body: 1, deliveryCount: 1 });
});

test('the state of a session is kept for its next holder', async () => {
  const { accept } = await setUp();
  const session = await accept('s');
  expect(await session.getSessionState()).toBeNull();
  await session.setSessionState({ step: 2 });
  expect(await session.getSessionState()).toEqual({ step: 2 });
  await session.close();
  const next = await accept('s');
  expect(await next.getSessionState()).toEqual({ step: 2 });
  await next.setSessionState(null);
  expect(await next.getSessionState()).toBeNull();
});

test('a session can peek, defer, fetch and dead-letter its messages, and sees no others', async () => {
  const { broker, client, sender, accept } = await setUp();
  await sender.sendMessages([
    { body: 1, sessionId: 's' },
    { body: 2, sessionId: 't' },
    { body: 3, sessionId: 's' },
  ]);
  const session = await accept('s');
  expect((await session.peekMessages(5)).map((message) => message.body as unknown)).toEqual([1, 3]);
  const message = await takeOne(session);
  await session.deferMessage(message);
  const [deferred] = await session.receiveDeferredMessages(message.sequenceNumber!);
  expect(deferred).toMatchObject({ body: 1, state: 'deferred' });
  await session.completeMessage(deferred!);
  await session.deadLetterMessage(await takeOne(session), { deadLetterReason: 'R', deadLetterErrorDescription: 'D' });
  const deadLetters = client.createReceiver('sessions', { ...NO_RENEWAL, subQueueType: 'deadLetter' });
  expect(await takeOne(deadLetters)).toMatchObject({ body: 3, sessionId: 's', deadLetterReason: 'R' });
  expect(broker.metrics()['sessions']).toMatchObject({ active: 1, completes: 1, deadLettered: 1 });
});

test('scheduled messages of a session join it when they appear', async () => {
  const { clock, sender, accept } = await setUp();
  await sender.scheduleMessages({ body: 'later', sessionId: 's' }, new Date(clock.now() + 5_000));
  const session = await accept('s');
  const waiting = takeOne(session);
  clock.advance(5_000);
  expect((await waiting).body).toBe('later');
});
