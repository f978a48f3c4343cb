import { describe, expect, test, vi } from 'vitest';
import { ManualClock, ScaledClock } from '../../../local/clock.ts';
import { createClock } from '../../../src/adapters/system/clock.ts';
import { createDigest } from '../../../src/adapters/system/digest.ts';
import { createIds } from '../../../src/adapters/system/ids.ts';
import { createLog } from '../../../src/adapters/system/log.ts';

describe('clock', () => {
  test('agrees with the clock of the local cloud, and with real time without a scale', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const [clock, local, real] = [
      createClock({ speed: 20, originMs: 999_000 }),
      new ScaledClock(20, 999_000),
      createClock(),
    ];
    expect([clock.now(), local.now(), real.now()]).toEqual([1_019_000, 1_019_000, 1_000_000]);
    vi.setSystemTime(1_000_050);
    expect([clock.now(), local.now(), real.now()]).toEqual([1_020_000, 1_020_000, 1_000_050]);
    vi.useRealTimers();
  });

  test('keeps to whole milliseconds', () => {
    vi.useFakeTimers({ now: 1_000_003 });
    expect(createClock({ speed: 1.5, originMs: 1_000_000 }).now()).toBe(1_000_004);
    vi.useRealTimers();
  });
});

describe('ids', () => {
  test('sort by creation, within a millisecond and when the clock steps back', () => {
    let now = Date.UTC(2026, 0, 1);
    const ids = createIds({ now: () => now });
    const made = Array.from({ length: 100 }, () => ids.next());
    now -= 5000;
    made.push(ids.next());
    now += 10_000;
    made.push(ids.next());
    expect(made).toEqual([...new Set(made)].sort());
    expect(made.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
  });
});

describe('digest', () => {
  const digest = createDigest('Jefe');

  test('is SHA-256 of UTF-8', () => {
    expect(digest.sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digest.sha256('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });

  test('keyed, is HMAC-SHA-256 (RFC 4231, test case 2)', () => {
    const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(digest.keyed('what do ya want for nothing?')).toBe(expected);
    expect(createDigest('Jeff').keyed('what do ya want for nothing?')).not.toBe(expected);
  });
});

describe('log', () => {
  function logged(facts: Record<string, unknown>): unknown {
    const lines: string[] = [];
    createLog(new ManualClock(), (line) => lines.push(line)).info('something happened', facts);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/\p{Cc}/u);
    return JSON.parse(lines[0]!);
  }

  test('is one JSON object per line with time, level, message and facts', () => {
    const lines: [string, string][] = [];
    const log = createLog(new ManualClock(), (line, level) => lines.push([level, line]));
    log.info('plain');
    log.warn('odd', { count: 1 });
    log.error('bad', { level: 'info', message: 'fake' });
    expect(lines.map(([level, line]) => [level, JSON.parse(line) as unknown])).toEqual([
      ['info', { time: '2026-01-01T00:00:00.000Z', level: 'info', message: 'plain' }],
      ['warn', { time: '2026-01-01T00:00:00.000Z', level: 'warn', message: 'odd', facts: { count: 1 } }],
      [
        'error',
        { time: '2026-01-01T00:00:00.000Z', level: 'error', message: 'bad', facts: { level: 'info', message: 'fake' } },
      ],
    ]);
  });

  test('cannot be made to begin a line', () => {
    expect(logged({ name: 'a\n{"level":"error"}\u001b[31m' })).toMatchObject({
      facts: { name: 'a\n{"level":"error"}\u001b[31m' },
    });
  });

  test('shows errors with code and cause, and numbers that JSON does not know', () => {
    const error = Object.assign(new Error('broken', { cause: new Error('wire') }), { code: 'E1', request: 'token' });
    const shown = logged({ error, big: 2n ** 64n });
    expect(shown).toMatchObject({
      facts: { big: '18446744073709551616', error: { name: 'Error', message: 'broken', code: 'E1' } },
    });
    expect(shown).toMatchObject({ facts: { error: { cause: { message: 'wire' } } } });
    expect(JSON.stringify(shown)).not.toContain('token');
  });

  test('drops nothing: facts that cannot be written leave their message', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(logged(circle)).toMatchObject({
      message: 'something happened',
      facts: { unwritable: expect.any(String) as string },
    });
  });

  test('goes to stdout when nothing else is given', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    createLog(new ManualClock()).info('hello');
    expect(write).toHaveBeenCalledWith('{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"hello"}\n');
    write.mockRestore();
  });
});
