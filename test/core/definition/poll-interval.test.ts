import { describe, expect, it, test } from 'vitest';
import type { DefinitionRecord, Polled } from '../../../src/contracts/definition.ts';
import {
  failedPoll,
  isPollDue,
  nextPollAt,
  unpolled,
  whyNotPolled,
} from '../../../src/core/definition/poll-interval.ts';
import { definition, MINUTE, record, T0 } from './support.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function polledEvery(every: string, changes: Partial<DefinitionRecord> = {}): DefinitionRecord {
  return record({ definition: definition({ follows: { branch: 'main', poll: { every } } }), ...changes });
}

function polled(changes: Partial<Polled> = {}): Polled {
  return { at: T0, nextAt: T0, changedAt: T0, failures: 0, heads: [], ...changes };
}

/** Minutes until the next poll of a definition, after one at `T0 + day × days`. */
function minutes(of: DefinitionRecord, changes: Partial<Polled> = {}): number {
  const { at, ...rest } = polled(changes);
  return (nextPollAt(of, { at, ...rest }) - at) / MINUTE;
}

describe('the next poll', () => {
  it('comes after what the definition asks for, three minutes by default', () => {
    expect(minutes(record())).toBe(3);
    expect(minutes(polledEvery('5m'))).toBe(5);
  });

  it('comes after four times as long when nothing has moved for a day', () => {
    expect(minutes(polledEvery('5m'), { at: T0 + DAY - 1 })).toBe(5);
    expect(minutes(polledEvery('5m'), { at: T0 + DAY })).toBe(20);
    expect(minutes(polledEvery('30m'), { at: T0 + DAY })).toBe(60);
    expect(minutes(polledEvery('2h'), { at: T0 + DAY })).toBe(120);
  });

  it('comes after an hour while webhooks tell of everything', () => {
    const told = polledEvery('5m', { webhookSeenAt: T0 + HOUR });
    expect(minutes(told, { at: T0 + 2 * HOUR })).toBe(60);
    expect(minutes(told, { at: T0 + 9 * DAY })).toBe(60);
  });

  it('comes as without webhooks once a poll has found what none had told', () => {
    const told = polledEvery('5m', { webhookSeenAt: T0 + HOUR });
    expect(minutes(told, { at: T0 + 2 * HOUR, changedAt: T0 + 2 * HOUR })).toBe(5);
  });
});

describe('after failures', () => {
  const after = (failures: number, every = '5m', retryAfterMs?: number): number => {
    const before = polledEvery(every, { polled: polled({ failures }) });
    const failed = failedPoll(before, { detail: 'No.', ...(retryAfterMs !== undefined && { retryAfterMs }) }, T0);
    expect(failed).toMatchObject({ failures: failures + 1, failure: 'No.', at: T0 });
    return (failed.nextAt - T0) / MINUTE;
  };

  it('it comes after twice as long each time, an hour at the most', () => {
    expect([0, 1, 2, 3, 4, 400].map((failures) => after(failures))).toEqual([10, 20, 40, 60, 60, 60]);
    expect(after(3, '2h')).toBe(120);
  });

  it('it comes no sooner than the host asks for', () => {
    expect(after(0, '5m', 30 * MINUTE)).toBe(30);
    expect(after(0, '5m', MINUTE)).toBe(10);
  });

  it('what was known stays known', () => {
    const heads = [{ name: 'main', commit: 'a'.repeat(40) }];
    const before = polledEvery('5m', { polled: polled({ heads, follows: 'x', changedAt: T0 - DAY }) });
    expect(failedPoll(before, { detail: 'No.' }, T0)).toMatchObject({ heads, follows: 'x', changedAt: T0 - DAY });
  });

  it('of the first one, the next is still the first', () => {
    expect(failedPoll(record(), { detail: 'No.' }, T0).follows).toBeUndefined();
  });
});

test.each<[string, Partial<DefinitionRecord>, boolean]>([
  ['never polled', {}, true],
  ['before its time', { polled: polled({ nextAt: T0 + 1 }) }, false],
  ['at its time', { polled: polled({ nextAt: T0 }) }, true],
  ['before its time, and changed since', { changedAt: T0, polled: polled({ at: T0 - 1, nextAt: T0 + 1 }) }, true],
  ['only told by webhooks', { definition: definition({ follows: { branch: 'main', poll: false } }) }, false],
])('a poll is due: %s', (_name, changes, expected) => {
  expect(isPollDue(record({ changedAt: T0 - DAY, ...changes }), T0)).toBe(expected);
});

test.each([
  ['https://git.example/shop', undefined],
  ['http://127.0.0.1:3000/shop/fleet.git', undefined],
  ['ssh://git@git.example/shop', /https/],
  ['git@git.example:shop/fleet.git', /https/],
  ['oci://registry.example/shop', /webhook of the registry/],
])('%s is polled, or says why not', (repository, expected) => {
  const note = whyNotPolled(record({ definition: definition({ follows: { tag: 'v1', repository } }) }));
  if (expected === undefined) expect(note).toBeUndefined();
  else expect(note).toMatch(expected);
});

test('what is not polled is looked at once an hour', () => {
  expect(unpolled('Not here.', T0)).toEqual({ ...polled({ nextAt: T0 + HOUR }), note: 'Not here.' });
});
