import { expect, it } from 'vitest';
import { ManualClock } from '../../../../local/clock.ts';
import { unit } from '../../../../local/azure/fleet/random.ts';
import { Timeline } from '../../../../local/azure/fleet/timeline.ts';

it('runs events in the order of time, then of insertion, each at its own moment', () => {
  const clock = new ManualClock(0);
  const timeline = new Timeline(clock);
  const ran: [number, number][] = [];
  const delays = Array.from({ length: 500 }, (_, index) => Math.floor(unit(1, String(index)) * 100));
  for (const [index, delay] of delays.entries()) timeline.after(delay, () => ran.push([clock.now(), index]));
  timeline.after(10, () => timeline.after(5, () => ran.push([clock.now(), 500])));
  clock.advance(100);
  const expected = [...delays.entries()].map(([index, delay]) => [delay, index]);
  expected.push([15, 500]);
  expected.sort(([left = 0, first = 0], [right = 0, second = 0]) => left - right || first - second);
  expect(ran).toEqual(expected);
  expect(timeline.size).toBe(0);
});

it('drops what waits when it is closed', () => {
  const clock = new ManualClock();
  const timeline = new Timeline(clock);
  let ran = 0;
  timeline.after(1, () => ran++);
  timeline.close();
  timeline.after(1, () => ran++);
  clock.advance(10);
  expect(ran).toBe(0);
});
