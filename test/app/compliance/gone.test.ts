import { describe, expect, it } from 'vitest';
import { HISTORY_SECONDS } from '../../../src/contracts/timing.ts';
import { idOf } from '../support.ts';
import { baselines, DAY, HOUR, rolledOut, rollOut, snapshots, sweep } from './support.ts';

const HISTORY_MS = HISTORY_SECONDS * 1000;
const GONE = 'The cluster is not in Azure any more.';

describe('a cluster that is gone', () => {
  it('is history from then on, and its rows go once no history is kept of that time', async () => {
    const bench = await rolledOut(2);
    await sweep(bench);
    bench.azure.remove(idOf('c0'));
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect(await snapshots(bench)).toMatchObject({
      'c0 shop': { state: 'Absent', detail: GONE, drifts: [] },
      'c0 @extension': { state: 'Absent', detail: GONE, drifts: [] },
    });
    bench.clock.advance(HISTORY_MS - DAY);
    expect(await sweep(bench)).toMatchObject({ clusters: 1 });
    expect(Object.keys(await snapshots(bench))).toHaveLength(4);
    expect(Object.keys(await baselines(bench))).toEqual(['c0 shop', 'c1 shop']);
    bench.clock.advance(2 * DAY);
    expect(await sweep(bench)).toMatchObject({ clusters: 1, changed: 0 });
    expect(Object.keys(await snapshots(bench)).sort()).toEqual(['c1 @extension', 'c1 shop']);
    expect(Object.keys(await baselines(bench))).toEqual(['c1 shop']);
  });

  it('misses nothing any more, whatever was missing on it before', async () => {
    const bench = await rolledOut(1);
    await sweep(bench);
    bench.azure.configurations.remove(idOf('c0'), 'shop', true);
    bench.clock.advance(HOUR);
    expect((await sweep(bench)).byDrift).toEqual({ Missing: 1 });
    bench.azure.remove(idOf('c0'));
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await snapshots(bench))['c0 shop']).toMatchObject({ state: 'Absent', detail: GONE, drifts: [] });
  });

  it('keeps its baselines that long, however old they are', async () => {
    const bench = await rolledOut(1);
    bench.clock.advance(HISTORY_MS);
    await sweep(bench);
    bench.azure.remove(idOf('c0'));
    for (let times = 0; times < 3; times++) {
      bench.clock.advance(DAY);
      await sweep(bench);
      expect(Object.keys(await baselines(bench))).toEqual(['c0 shop']);
    }
  });

  it('that no sweep ever saw leaves no baseline behind either', async () => {
    const bench = await rolledOut(1);
    bench.azure.remove(idOf('c0'));
    bench.clock.advance(DAY);
    await sweep(bench);
    expect(Object.keys(await baselines(bench))).toEqual(['c0 shop']);
    bench.clock.advance(HISTORY_MS);
    await sweep(bench);
    expect(await baselines(bench)).toEqual({});
  });

  it('and comes back finds its baselines', async () => {
    const bench = await rolledOut(1);
    await sweep(bench);
    bench.azure.remove(idOf('c0'));
    bench.clock.advance(HISTORY_MS - DAY);
    await sweep(bench);
    bench.azure.add({ id: idOf('c0') });
    bench.clock.advance(HOUR);
    expect((await sweep(bench)).byDrift).toEqual({ Missing: 1 });
  });
});

it('what was removed from a cluster that is still there leaves its row after that time, and its baseline stays', async () => {
  const bench = await rolledOut(1);
  await sweep(bench);
  await rollOut(bench, { configurations: [{ action: 'remove', name: 'shop' }] });
  bench.clock.advance(HOUR);
  await sweep(bench);
  expect((await snapshots(bench))['c0 shop']).toMatchObject({ state: 'Absent', drifts: [] });
  bench.clock.advance(HISTORY_MS + DAY);
  for (let times = 0; times < 2; times++) expect(await sweep(bench)).toMatchObject({ drifting: 0 });
  expect(Object.keys(await snapshots(bench))).toEqual(['c0 @extension']);
  expect(Object.keys(await baselines(bench))).toEqual(['c0 shop']);
});
