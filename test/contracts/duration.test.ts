import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Duration,
  DurationOrZero,
  FluxDuration,
  formatDuration,
  parseDurationSeconds,
} from '../../src/contracts/duration.ts';
import { DURATION_SECONDS_MAX, FLUX_SECONDS_MAX } from '../../src/contracts/limits.ts';

describe('a duration', () => {
  it.each([
    ['10m', 600],
    ['1h2m5s', 3725],
    ['90s', 90],
    ['1.5h', 5400],
    ['0.5m', 30],
    ['1h30m', 5400],
    ['PT10M', 600],
    ['PT1H30M', 5400],
    ['P1D', 86_400],
    ['P1DT1H', 90_000],
    ['600', 600],
    [600, 600],
    ['0s', 0],
    [0, 0],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDurationSeconds(text)).toBe(seconds);
  });

  // What `az` reads by mistake, and what Go or ISO 8601 know but a whole number of seconds cannot hold.
  it.each([
    '500ms',
    '30m1h',
    '10mfoo',
    '10m0.5s',
    '1h 5m',
    '1d',
    '-5m',
    '5M',
    ' 10m',
    '10m ',
    '',
    'P',
    'PT',
    'P1W',
    'P1Y',
    'P1M',
    '1.5',
    -5,
    1.5,
    '1e3',
    '٣s',
    'PT0.5S',
    '10m\n',
    Number.NaN,
    Infinity,
  ])('%j is none', (text) => {
    expect(parseDurationSeconds(text)).toBeUndefined();
  });

  it('is shown as a Go duration that reads back', () => {
    expect([5400, 0, 86_400, 61].map(formatDuration)).toEqual(['1h30m', '0s', '24h', '1m1s']);
    fc.assert(
      fc.property(fc.nat(DURATION_SECONDS_MAX), (seconds) => {
        expect(parseDurationSeconds(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });

  it.each([
    ['Duration', Duration, 1, DURATION_SECONDS_MAX],
    ['DurationOrZero', DurationOrZero, 0, DURATION_SECONDS_MAX],
    ['FluxDuration', FluxDuration, 1, FLUX_SECONDS_MAX],
  ] as const)('%s has its bounds, and says both forms and bounds when it is refused', (_name, schema, min, max) => {
    expect([schema.parse(min), schema.parse(max)]).toEqual([min, max]);
    for (const wrong of [min - 1, max + 1, 'soon', '9'.repeat(40)]) {
      expect(schema.safeParse(wrong).error?.issues[0]?.message).toContain('10m, PT10M or 600');
    }
    expect(schema.safeParse('1'.repeat(41)).success).toBe(false);
  });
});
