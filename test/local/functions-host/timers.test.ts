import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { parseSchedule } from '../../../local/functions-host/timers/schedule.ts';
import { startFixture, temporaryFolder } from './support.ts';
import type { StartedFixture } from './support.ts';

const START = Date.UTC(2026, 0, 1, 12, 0, 0);
const HOURLY = { HOURLY: '0 0 * * * *' };

async function start(clock: ManualClock, stateFolder?: string): Promise<StartedFixture> {
  const fixture = await startFixture('timers', {
    clock,
    settings: HOURLY,
    ...(stateFolder === undefined ? {} : { stateFolder }),
  });
  onTestFinished(async () => {
    process.emit('fixture-release-slow' as never);
    await fixture.host.close();
  });
  return fixture;
}

/** What a timer function was given, run by run. */
function runs(fixture: StartedFixture, name: string): unknown[] {
  return fixture.logs
    .filter((entry) => entry.kind === 'log' && entry.function === name)
    .map((entry) => JSON.parse(entry.message) as unknown);
}

async function ended(fixture: StartedFixture, name: string, times: number): Promise<void> {
  await expect.poll(() => fixture.host.invocations.get(name)?.succeeded ?? 0, { timeout: 15_000 }).toBe(times);
}

describe('firing', () => {
  test('a timer fires at each occurrence in local-cloud time and not before', async () => {
    const clock = new ManualClock(START + 1);
    const fixture = await start(clock);
    clock.advance(9_998);
    expect(runs(fixture, 'often')).toEqual([]);
    for (let run = 1; run <= 3; run++) {
      clock.advance(run === 1 ? 1 : 10_000);
      await ended(fixture, 'often', run);
    }
    expect(
      fixture.logs
        .filter((entry) => entry.kind === 'invocation' && entry.function === 'often')
        .map((entry) => entry.time),
    ).toEqual(['2026-01-01T12:00:10.000Z', '2026-01-01T12:00:20.000Z', '2026-01-01T12:00:30.000Z']);
  });

  test('the handler gets the timer object of the library; the schedule came from a setting', async () => {
    const clock = new ManualClock(START);
    const fixture = await start(clock);
    clock.advance(3_600_000);
    await ended(fixture, 'hourly', 1);
    clock.advance(3_600_000);
    await ended(fixture, 'hourly', 2);
    expect(runs(fixture, 'hourly')).toEqual([
      {
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: '0001-01-01T00:00:00+00:00',
          next: '2026-01-01T13:00:00.000Z',
          lastUpdated: '2026-01-01T12:00:00.000Z',
        },
        isPastDue: false,
      },
      {
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: '2026-01-01T13:00:00.000Z',
          next: '2026-01-01T14:00:00.000Z',
          lastUpdated: '2026-01-01T13:00:00.000Z',
        },
        isPastDue: false,
      },
    ]);
  });

  test('runOnStartup fires at once', async () => {
    const fixture = await start(new ManualClock(START));
    await ended(fixture, 'atStart', 1);
    expect(runs(fixture, 'atStart')).toMatchObject([{ isPastDue: false }]);
  });

  test('a timer never overlaps itself: what falls due during a run is skipped', async () => {
    const clock = new ManualClock(START);
    const fixture = await start(clock);
    clock.advance(60_000);
    await expect.poll(() => runs(fixture, 'slow'), { timeout: 15_000 }).toHaveLength(1);
    clock.advance(5 * 60_000);
    expect(fixture.host.invocations.get('slow')).toMatchObject({ started: 1 });
    process.emit('fixture-release-slow' as never);
    await ended(fixture, 'slow', 1);
    clock.advance(60_000);
    await expect.poll(() => fixture.host.invocations.get('slow')?.started, { timeout: 15_000 }).toBe(2);
  });

  test('after close no timer fires', async () => {
    const clock = new ManualClock(START);
    const fixture = await start(clock);
    await fixture.host.close();
    clock.advance(60_000);
    expect(fixture.host.invocations.get('often')).toBeUndefined();
  });
});

describe('past due', () => {
  async function restartAfter(downMs: number): Promise<StartedFixture> {
    const stateFolder = await temporaryFolder();
    const clock = new ManualClock(START);
    const first = await start(clock, stateFolder);
    await first.host.close();
    clock.advance(downMs);
    return start(clock, stateFolder);
  }

  test('an occurrence missed while the host was down fires once at start, as past due', async () => {
    const second = await restartAfter(3 * 3_600_000 + 1);
    await ended(second, 'hourly', 1);
    expect(runs(second, 'hourly')).toMatchObject([
      { isPastDue: true, scheduleStatus: { next: '2026-01-01T13:00:00.000Z' } },
    ]);
  });

  test('nothing missed: nothing fires at start; frequent timers are never past due', async () => {
    const second = await restartAfter(10 * 60_000);
    await ended(second, 'atStart', 1);
    expect(second.host.invocations.get('hourly')).toBeUndefined();
    expect(second.host.invocations.get('often')).toBeUndefined();
  });
});

describe('schedules', () => {
  function next(expression: string, after: string): string {
    return new Date(parseSchedule(expression, 'f').next(Date.parse(after)) ?? NaN).toISOString();
  }

  test.each([
    ['*/15 * * * * *', '2026-01-01T00:00:01Z', '2026-01-01T00:00:15.000Z'],
    ['0 30 9 * * Mon-Fri', '2026-01-02T10:00:00Z', '2026-01-05T09:30:00.000Z'],
    ['30 9 * * *', '2026-01-01T09:30:00Z', '2026-01-02T09:30:00.000Z'],
    ['0 0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-02-13T00:00:00.000Z'],
  ])('%s after %s is %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test.each(['', '@daily', '* * * *', '61 * * * * *', '0 0 0 0 0 0 0', '00:05:00'])('"%s" is refused', (expression) => {
    expect(() => parseSchedule(expression, 'cleaner')).toThrow(/BAD_SCHEDULE: Function "cleaner"/);
  });
});
