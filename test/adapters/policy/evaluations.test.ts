import { describe, expect, it, test } from 'vitest';
import { setUp, SUB } from './set-up.ts';

const TRIGGER = `/subscriptions/${SUB}/providers/Microsoft.PolicyInsights/policyStates/latest/triggerEvaluation?api-version=2019-10-01`;
const RESULT = `/subscriptions/${SUB}/providers/Microsoft.PolicyInsights/asyncOperationResults/r1?api-version=2019-10-01`;

describe('an evaluation', () => {
  it('is begun once, and tells where to ask how it stands', async () => {
    const { policy, asked } = await setUp(({ headers }) => ({
      status: 202,
      headers: { location: `https://${headers.host ?? ''}${RESULT}`, 'retry-after': '30' },
    }));
    expect(await policy.evaluate(SUB)).toEqual({
      ok: true,
      value: { state: 'Running', operationUrl: expect.stringContaining(RESULT) as string },
    });
    expect(asked()).toEqual([`POST ${TRIGGER}`]);
  });

  test.each([
    ['is over at once', { status: 200 }, { state: 'Succeeded' }],
    ['has no place of its own', { status: 202 }, { state: 'Running' }],
    ['leads elsewhere', { status: 202, headers: { location: 'https://evil.example/x' } }, { state: 'Running' }],
  ])('that %s', async (_case, answer, value) => {
    const { policy } = await setUp(() => answer);
    expect(await policy.evaluate(SUB)).toEqual({ ok: true, value });
  });

  it('that may not be begun is refused', async () => {
    const body = { error: { code: 'AuthorizationFailed', message: 'no right' } };
    const { policy } = await setUp(() => ({ status: 403, body }));
    expect(await policy.evaluate(SUB)).toMatchObject({
      ok: false,
      fault: { kind: 'refused', code: 'AuthorizationFailed' },
    });
  });

  test.each([
    ['runs, without a body', { status: 202 }, { ok: true, value: 'Running' }],
    ['runs', { status: 202, body: { status: 'Running' } }, { ok: true, value: 'Running' }],
    ['has ended', { status: 200, body: { status: 'Succeeded' } }, { ok: true, value: 'Succeeded' }],
    ['has failed', { status: 200, body: { status: 'Failed' } }, { ok: true, value: 'Failed' }],
    ['has ended, without a word', { status: 200, body: {} }, { ok: true, value: 'Succeeded' }],
    ['is forgotten', { status: 404, body: { error: { code: 'ResourceNotFound', message: 'no' } } }, { ok: true }],
    ['cannot be read', { status: 200, body: { status: 7 } }, { ok: false, fault: { code: 'UnreadableAnswer' } }],
    ['is throttled', { status: 429, headers: { 'retry-after': '7' } }, { ok: false, fault: { retryAfterMs: 7000 } }],
  ])('that %s', async (_case, answer, expected) => {
    const { policy, fixture, asked } = await setUp(() => answer);
    const found = await policy.evaluation(`https://${new URL(fixture.endpoint).host}${RESULT}`);
    expect(found).toMatchObject(expected);
    expect(asked()).toEqual([`GET ${RESULT}`]);
  });

  it('is asked for nowhere but at Azure', async () => {
    const { policy, asked } = await setUp(() => ({ status: 200, body: {} }));
    expect(await policy.evaluation('https://evil.example/x')).toEqual({ ok: true, value: undefined });
    expect(asked()).toEqual([]);
  });
});
