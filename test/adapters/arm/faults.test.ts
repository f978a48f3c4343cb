import { describe, expect, test } from 'vitest';
import { DETAIL_LENGTH_MAX, RETRY_AFTER_SECONDS_MAX } from '../../../src/contracts/limits.ts';
import type { ArmFault } from '../../../src/ports/arm.ts';
import type { Answer } from '../http-fixture.ts';
import { armError, BODY, clock, CLUSTER, faultOf, setUp } from './set-up.ts';

async function faultFor(answer: Answer): Promise<ArmFault> {
  const { arm } = await setUp(() => answer);
  return faultOf(await arm.putConfiguration(CLUSTER, 'cfg', BODY));
}

describe('faults', () => {
  test.each([
    ['seconds', { 'retry-after': '17' }, 17_000],
    ['an HTTP date', { 'retry-after': new Date(clock.now() + 90_000).toUTCString() }, 90_000],
    ['a date gone by', { 'retry-after': new Date(clock.now() - 90_000).toUTCString() }, 0],
    ['milliseconds', { 'x-ms-retry-after-ms': '250', 'retry-after': '17' }, 250],
    ['nothing', {}, 10_000],
    ['nonsense', { 'retry-after': 'soon' }, 10_000],
    ['a negative number', { 'retry-after': '-1' }, 10_000],
    ['a year', { 'retry-after': '31536000' }, RETRY_AFTER_SECONDS_MAX * 1000],
  ])('429 with %s', async (_name, headers, retryAfterMs) => {
    const answer = armError(429, 'SubscriptionRequestsThrottled', 'too many', headers);
    expect(await faultFor(answer)).toEqual({ kind: 'throttled', retryAfterMs });
  });

  test('429 that speaks of another operation is a conflict, not a limit', async () => {
    const answer = armError(429, 'RetryableErrorDueToAnotherOperation', 'busy', { 'retry-after': '5' });
    const conflict = {
      kind: 'conflict',
      code: 'RetryableErrorDueToAnotherOperation',
      detail: 'busy',
      retryAfterMs: 5000,
    };
    expect(await faultFor(answer)).toEqual(conflict);
  });

  test.each([
    [409, 'conflict'],
    [412, 'conflict'],
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [408, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('%i is %s', async (status, kind) => {
    expect(await faultFor(armError(status, 'Code', 'why'))).toEqual({ kind, code: 'Code', detail: 'why' });
  });

  test.each(['MissingSubscriptionRegistration', 'ScopeLocked'])('409 %s does not pass by itself', async (code) => {
    expect(await faultFor(armError(409, code, 'why'))).toEqual({ kind: 'refused', code, detail: 'why' });
  });

  test('503 passes on how long to wait', async () => {
    const answer = armError(503, 'ServerBusy', 'later', { 'retry-after': '3' });
    expect(await faultFor(answer)).toEqual({
      kind: 'unavailable',
      code: 'ServerBusy',
      detail: 'later',
      retryAfterMs: 3000,
    });
  });

  test('nested errors tell their innermost code and message', async () => {
    const innermost = { code: 'ExtensionOperationFailed', message: 'no release train' };
    const failure = { code: 'ResourceDeploymentFailure', message: 'failed', details: [{}, innermost] };
    const error = { code: 'DeploymentFailed', message: 'see details', details: [failure] };
    const expected = { kind: 'refused', code: 'ExtensionOperationFailed', detail: 'no release train' };
    expect(await faultFor({ status: 400, body: { error } })).toEqual(expected);
    expect(await faultFor({ status: 400, body: error })).toEqual(expected);
  });

  test('an inner error without a message keeps the outer message', async () => {
    const error = { code: 'Outer', message: 'what happened', details: [{ code: 'Inner', message: null }] };
    expect(await faultFor({ status: 400, body: { error } })).toEqual({
      kind: 'refused',
      code: 'Inner',
      detail: 'what happened',
    });
  });

  test('messages are cut between characters', async () => {
    const message = `${'a'.repeat(DETAIL_LENGTH_MAX - 2)}😀 and more`;
    const fault = await faultFor(armError(400, 'Long', message));
    expect(fault).toMatchObject({ detail: `${'a'.repeat(DETAIL_LENGTH_MAX - 2)}…` });
  });

  test('an HTML error page is told by status and type, not quoted', async () => {
    const html = { headers: { 'content-type': 'text/html' }, body: '<html><body>Bad gateway</body></html>' };
    const detail = (status: number) => `ARM answered ${status} without a JSON error (text/html).`;
    expect(await faultFor({ status: 502, ...html })).toEqual({
      kind: 'unavailable',
      code: 'Http502',
      detail: detail(502),
    });
    expect(await faultFor({ status: 403, ...html })).toEqual({ kind: 'refused', code: 'Http403', detail: detail(403) });
  });

  test.each([
    ['text', 'ok'],
    ['half a body', '{"name":'],
    ['a list', '[]'],
  ])('a success with %s as body is no success', async (_name, body) => {
    expect(await faultFor({ status: 200, body })).toMatchObject({ kind: 'unavailable', code: 'UnreadableAnswer' });
  });

  test('a read without a body is no success', async () => {
    const { arm } = await setUp(() => ({ status: 200 }));
    expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({ kind: 'unavailable' });
  });
});
