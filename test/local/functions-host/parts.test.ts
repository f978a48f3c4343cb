import { expect, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { readHostJson } from '../../../local/functions-host/host-json.ts';
import { routePatterns } from '../../../local/functions-host/http/route-template.ts';
import { keepLocked } from '../../../local/functions-host/service-bus/lock-renewal.ts';
import { Semaphore } from '../../../local/functions-host/service-bus/semaphore.ts';
import { parseTimeSpan } from '../../../local/functions-host/time-span.ts';
import { temporaryFile } from './support.ts';

test.each([
  ['00:05:00', 300_000],
  ['1.02:03:04.5', 93_784_500],
  ['00:00:00.800', 800],
  ['10:00', 36_000_000],
  ['5 minutes', undefined],
  ['00:61:00', undefined],
])('time span %s is %s ms', (text, ms) => {
  expect(parseTimeSpan(text)).toBe(ms);
});

test("the app's own host.json is read with the settings chosen in docs/host-json.md", async () => {
  const { extensions, functionTimeout } = await readHostJson('host.json');
  expect(functionTimeout).toBe(5 * 60_000);
  expect(extensions.http.routePrefix).toBe('api');
  expect(extensions.serviceBus).toMatchObject({
    maxConcurrentCalls: 32,
    prefetchCount: 0,
    maxAutoLockRenewalDuration: 300_000,
  });
  expect(extensions.serviceBus.clientRetryOptions).toEqual({
    mode: 'exponential',
    tryTimeout: 30_000,
    delay: 800,
    maxDelay: 20_000,
    maxRetries: 5,
  });
});

test('a wrong host.json names the field', async () => {
  const file = await temporaryFile(
    'host.json',
    '{"version":"2.0","extensions":{"serviceBus":{"maxConcurrentCalls":0}}}',
  );
  await expect(readHostJson(file)).rejects.toThrow(/BAD_HOST_JSON: .*\n?.*maxConcurrentCalls/s);
});

test.each([
  ['rollouts/{id}/{action?}', ['/api/rollouts/:id', '/api/rollouts/:id/:action']],
  ['a/{b?}/{c?}', ['/api/a', '/api/a/:b', '/api/a/:b/:c']],
  ['{*all}', ['/api', '/api/*']],
  ['time/12:30', ['/api/time/12::30']],
  ['x/{n:int}', ['/api/x/:n(^-?\\d+$)']],
])('route %s', (template, paths) => {
  expect(routePatterns('api', template).paths).toEqual(paths);
});

test.each(['a/{b?}/c', 'x/{n:regex}', 'x/{a}.{b}', '{*all}/more'])('route %s is refused', (template) => {
  expect(() => routePatterns('api', template)).toThrow(/BAD_ROUTE/);
});

test('a lock is renewed at half of what remains, until the renewal duration is over', async () => {
  const clock = new ManualClock(0);
  const renewedAt: number[] = [];
  const stop = keepLocked({
    clock,
    lockedUntil: new Date(60_000),
    durationMs: 100_000,
    renew: () => {
      renewedAt.push(clock.now());
      return Promise.resolve(new Date(clock.now() + 60_000));
    },
    onError: (error) => expect.fail(String(error)),
  });
  for (let step = 0; step < 30; step++) {
    clock.advance(10_000);
    await Promise.resolve();
  }
  expect(renewedAt).toEqual([30_000, 60_000, 90_000]);
  stop();
});

test('a stopped or failed renewal is not repeated; a duration of 0 renews never', async () => {
  const clock = new ManualClock(0);
  const calls: string[] = [];
  const base = { clock, lockedUntil: new Date(60_000), durationMs: 300_000 };
  const stop = keepLocked({
    ...base,
    renew: () => Promise.reject(new Error('stopped one renewed')),
    onError: () => calls.push('stopped'),
  });
  stop();
  keepLocked({
    ...base,
    renew: () => Promise.reject(new Error('lock lost')),
    onError: (error) => calls.push(String(error)),
  });
  keepLocked({ ...base, durationMs: 0, renew: () => Promise.resolve(new Date(0)), onError: () => calls.push('zero') });
  for (let step = 0; step < 30; step++) {
    clock.advance(10_000);
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(calls).toEqual(['Error: lock lost']);
});

test('a semaphore runs as many as it has permits, the others in order', async () => {
  const semaphore = new Semaphore(2);
  const events: string[] = [];
  const gates = [0, 1, 2].map(() => Promise.withResolvers<undefined>());
  const runs = gates.map((gate, index) =>
    semaphore.run(async () => {
      events.push(`start ${index}`);
      await gate.promise;
    }),
  );
  await Promise.resolve();
  expect(events).toEqual(['start 0', 'start 1']);
  gates[1]!.resolve(undefined);
  await runs[1];
  await Promise.resolve();
  expect(events).toEqual(['start 0', 'start 1', 'start 2']);
  for (const gate of gates) gate.resolve(undefined);
  await Promise.all(runs);
});
