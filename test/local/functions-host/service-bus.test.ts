import { describe, expect, test } from 'vitest';
import { startBroker } from '../../../local/service-bus/broker.ts';
import { LOCK_MS, QUEUES, startQueueBench } from './queue-bench.ts';

describe('delivery', () => {
  test('the handler gets the body and the metadata of the extension, and its message is completed', async () => {
    const bench = await startQueueBench();
    await bench.send('work', {
      body: { cluster: 'c1' },
      messageId: 'm-1',
      correlationId: 'corr',
      subject: 'apply',
      contentType: 'application/json',
      applicationProperties: {
        RolloutId: 'r-1',
        'Diagnostic-Id': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
    const [delivery] = await bench.delivered('work', 1);
    const properties = { rolloutId: 'r-1', 'diagnostic-Id': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    expect(delivery).toEqual({
      message: { cluster: 'c1' },
      metadata: {
        messageId: 'm-1',
        correlationId: 'corr',
        subject: 'apply',
        label: 'apply',
        contentType: 'application/json',
        deliveryCount: 1,
        sequenceNumber: 1,
        lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        enqueuedTimeUtc: '2026-01-01T00:00:00.000Z',
        enqueuedTime: '2026-01-01T00:00:00.000Z',
        expiresAtUtc: '2026-01-02T00:00:00.000Z',
        expiresAt: '2026-01-02T00:00:00.000Z',
        applicationProperties: properties,
        userProperties: properties,
      },
    });
    await bench.counts('work', { active: 0, locked: 0, completes: 1, receives: 1 });
  });

  test('texts and bytes arrive as the library decodes them', async () => {
    const bench = await startQueueBench();
    await bench.send(
      'work',
      { body: 'plain text' },
      { body: Buffer.from('raw bytes') },
      { body: Buffer.from('{"json":true}') },
    );
    const deliveries = await bench.delivered('work', 3);
    expect(deliveries.map(({ message }) => message)).toEqual(['plain text', 'raw bytes', { json: true }]);
  });

  test('a failing message is abandoned until the broker buries it; the dead-letter function learns why', async () => {
    const bench = await startQueueBench();
    await bench.send('work', { body: 'fail', messageId: 'bad' });
    const [dead] = await bench.delivered('dead', 1);
    expect(bench.deliveries('work').map(({ metadata }) => metadata['deliveryCount'])).toEqual([1, 2, 3]);
    expect(dead).toMatchObject({
      message: 'fail',
      metadata: { messageId: 'bad', applicationProperties: { deadLetterReason: 'MaxDeliveryCountExceeded' } },
    });
    await bench.counts('work', { active: 0, locked: 0, deadLettered: 0 });
    expect(bench.host.invocations.get('work')).toEqual({ started: 3, succeeded: 0, failed: 3 });
  });

  test('autoCompleteMessages false settles nothing: the message comes again when its lock has ended', async () => {
    const bench = await startQueueBench();
    await bench.send('unsettled', { body: 'mine' });
    await bench.delivered('unsettled', 1);
    await bench.counts('unsettled', { locked: 1, completes: 0 });
    bench.clock.advance(LOCK_MS + 1);
    const deliveries = await bench.delivered('unsettled', 2);
    expect(deliveries[1]).toMatchObject({ metadata: { deliveryCount: 2 } });
  });
});

describe('load', () => {
  test('maxConcurrentCalls handlers run at once, prefetchCount more messages wait, and all get done', async () => {
    const bench = await startQueueBench();
    await bench.send('work', ...Array.from({ length: 8 }, () => ({ body: 'hold' })));
    await bench.delivered('work', 3);
    await bench.counts('work', { locked: 5, active: 3 });
    expect(bench.deliveries('work')).toHaveLength(3);
    for (const started of [6, 8]) {
      process.emit('fixture-release' as never);
      await bench.delivered('work', started);
    }
    process.emit('fixture-release' as never);
    await bench.counts('work', { active: 0, locked: 0, completes: 8, receives: 8 });
  });

  test('a lock is renewed while the handler runs', async () => {
    const bench = await startQueueBench();
    await bench.send('work', { body: 'hold' });
    await bench.delivered('work', 1);
    await bench.renewals(10);
    process.emit('fixture-release' as never);
    await bench.counts('work', { active: 0, locked: 0, completes: 1, receives: 1 });
  });

  test('renewal ends after maxAutoLockRenewalDuration; then the message goes to another call', async () => {
    const bench = await startQueueBench();
    await bench.send('work', { body: 'hold' });
    await bench.delivered('work', 1);
    // The 20th renewal, 10 minutes after the start, is the last and schedules no other.
    await bench.renewals(19);
    bench.clock.advance(LOCK_MS / 2);
    await bench.counts('work', { locked: 1, receives: 1 });
    bench.clock.advance(LOCK_MS + 1);
    const deliveries = await bench.delivered('work', 2);
    expect(deliveries[1]).toMatchObject({ metadata: { deliveryCount: 2 } });
  });
});

describe('sessions', () => {
  test('each session is served in order, and two at once', async () => {
    const bench = await startQueueBench();
    await bench.send(
      'sessions',
      { body: 'hold', sessionId: 'a' },
      { body: 'a2', sessionId: 'a' },
      { body: 'b1', sessionId: 'b' },
    );
    await bench.delivered('sessions', 2);
    const seen = bench.deliveries('sessions').map(({ message, metadata }) => [metadata['sessionId'], message]);
    expect(seen.sort()).toEqual([
      ['a', 'hold'],
      ['b', 'b1'],
    ]);
    process.emit('fixture-release' as never);
    expect((await bench.delivered('sessions', 3))[2]).toMatchObject({ message: 'a2' });
    await bench.counts('sessions', { completes: 3 });
  });

  test('an idle session is given back for a third one', async () => {
    const bench = await startQueueBench();
    await bench.send('sessions', { body: 1, sessionId: 'a' }, { body: 2, sessionId: 'b' }, { body: 3, sessionId: 'c' });
    await bench.delivered('sessions', 2);
    await bench.counts('sessions', { completes: 2 });
    bench.clock.advance(20_000);
    await bench.delivered('sessions', 3);
  });

  test('the lock of a session is renewed while it is served', async () => {
    const bench = await startQueueBench();
    await bench.send('sessions', { body: 'hold', sessionId: 'a' });
    await bench.delivered('sessions', 1);
    await bench.renewals(6);
    process.emit('fixture-release' as never);
    await bench.counts('sessions', { completes: 1, receives: 1 });
  });
});

describe('life', () => {
  test('drain takes no new message, finishes and settles what was delivered, also what only waits here', async () => {
    const bench = await startQueueBench();
    await bench.send('work', ...Array.from({ length: 5 }, () => ({ body: 'hold' })));
    await bench.delivered('work', 3);
    await bench.counts('work', { locked: 5 });
    let isDrained = false;
    const drained = bench.host.drain().then((complete) => {
      isDrained = true;
      return complete;
    });
    await bench.send('work', { body: 'too late' });
    process.emit('fixture-release' as never);
    await bench.delivered('work', 5);
    expect(isDrained).toBe(false);
    process.emit('fixture-release' as never);
    expect(await drained).toBe(true);
    expect(bench.broker.metrics()['work']).toMatchObject({ completes: 5, locked: 0, active: 1 });
    await bench.host.close();
    expect(bench.deliveries('work')).toHaveLength(5);
    expect(bench.broker.metrics()['work']).toMatchObject({ active: 1 });
  });

  test('the listeners come back when the broker was restarted', async () => {
    const bench = await startQueueBench();
    await bench.send('work', { body: 'before' });
    await bench.counts('work', { completes: 1 });
    const { port } = bench.broker;
    await bench.broker.close();
    bench.broker = await startBroker({ clock: bench.clock, port, queues: QUEUES });
    await bench.send('work', { body: 'after' });
    await bench.send('sessions', { body: 'after', sessionId: 's' });
    await bench.delivered('work', 2);
    await expect
      .poll(
        () => {
          bench.clock.advance(1_000);
          return bench.deliveries('sessions').length;
        },
        { timeout: 15_000 },
      )
      .toBe(1);
  });
});
