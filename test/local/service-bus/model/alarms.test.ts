import { expect, test } from 'vitest';
import { ManualClock } from '../../../../local/clock.ts';
import { Alarms } from '../../../../local/service-bus/model/alarms.ts';

function newAlarms() {
  const clock = new ManualClock(0);
  const alarms = new Alarms(clock);
  const rung: string[] = [];
  const set = (atMs: number, name: string) => alarms.set(atMs, () => rung.push(`${name}@${clock.now()}`));
  return { clock, alarms, rung, set };
}

test('alarms ring by themselves, in order of time and then of setting, each at its moment', () => {
  const { clock, rung, set } = newAlarms();
  set(30, 'c');
  set(10, 'a');
  set(10, 'b');
  clock.advance(29);
  expect(rung).toEqual(['a@10', 'b@10']);
  clock.advance(1);
  expect(rung).toEqual(['a@10', 'b@10', 'c@30']);
});

test('a cancelled alarm stays silent and does not keep others from ringing', () => {
  const { clock, rung, set } = newAlarms();
  const first = set(10, 'a');
  set(20, 'b');
  first.cancel();
  clock.advance(20);
  expect(rung).toEqual(['b@20']);
});

test('an alarm set while another rings is heard', () => {
  const { clock, alarms, rung, set } = newAlarms();
  alarms.set(10, () => set(15, 'nested'));
  clock.advance(15);
  expect(rung).toEqual(['nested@15']);
});

test('an infinite alarm never rings', () => {
  const { clock, rung, set } = newAlarms();
  set(Infinity, 'never');
  clock.advance(1e12);
  expect(rung).toEqual([]);
});

test('closed alarms do not ring by themselves', () => {
  const { clock, alarms, rung, set } = newAlarms();
  set(10, 'a');
  alarms.close();
  clock.advance(10);
  expect(rung).toEqual([]);
});
