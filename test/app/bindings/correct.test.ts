import { describe, expect, it } from 'vitest';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import { rawConfiguration } from '../../core/clusters.ts';
import { idOf, MINUTE } from '../support.ts';
import { bench, BindingBench, heldCodes, HOUR } from './support.ts';

describe('a binding in mode correct', () => {
  it('brings back what was rolled out, canary first, on the clusters that drift and no others', async () => {
    const world = bench(5);
    const baseline = await world.rollOut();
    await world.put({ limits: { maxDriftShare: '100%', maxConcurrency: 2, maxFailures: 1 } });
    world.edit('c1', 'c3');
    world.drop('c2');
    world.writes.length = 0;
    const { lastRun, measures } = await world.sweepAndTick();
    expect(lastRun).toMatchObject({ selected: 5, drifting: 3, acted: 3, heldByCode: {}, held: [] });
    const [correction, ...others] = await world.corrections();
    expect(others).toEqual([]);
    expect(measures).toMatchObject([
      {
        kind: 'correction',
        state: 'Running',
        clusters: 3,
        rolloutId: correction!.id,
        baseline: { rolloutId: baseline },
      },
    ]);
    expect(correction).toMatchObject({ by: 'system drift-keep' });
    expect(correction!.request).toMatchObject({
      name: 'drift-keep',
      target: { selector: { ids: [idOf('c1'), idOf('c2'), idOf('c3')] }, offline: 'skip', blocked: 'skip' },
      strategy: {
        maxConcurrency: 2,
        maxFailures: 1,
        stages: [{ name: 'canary', selector: { ids: [idOf('c1')] } }, { name: 'rest' }],
      },
    });
    await world.settle();
    expect(world.writes.map(({ clusterId }) => clusterId).sort()).toEqual(['c1', 'c2', 'c3'].map(idOf));
    const after = await world.sweepAndTick();
    expect(after.measures).toMatchObject([{ state: 'Ended', detail: expect.stringMatching(/^Succeeded/) as string }]);
    expect(after.lastRun).toMatchObject({ drifting: 0, acted: 0 });
  });

  it('decides on a sweep once, however often the timer comes', async () => {
    const world = bench(3);
    await world.rollOut();
    await world.put();
    world.edit('c0');
    await world.sweepAndTick();
    await world.settle();
    const before = await world.binding();
    await world.tick();
    await world.tick();
    expect((await world.binding()).lastRun).toEqual(before.lastRun);
    expect(await world.corrections()).toHaveLength(1);
  });

  it('is not due before its time, though there is a newer sweep', async () => {
    const world = bench(3);
    await world.rollOut();
    await world.put({ every: '1h' });
    await world.sweepAndTick();
    world.clock.advance(30 * MINUTE);
    world.edit('c0');
    expect((await world.sweepAndTick()).lastRun).toMatchObject({ drifting: 0 });
    world.clock.advance(30 * MINUTE);
    expect((await world.tick()).lastRun).toMatchObject({ drifting: 1, acted: 1 });
  });

  it('does nothing on a sweep that is not complete, or is of yesterday', async () => {
    const world = bench(3);
    await world.rollOut();
    await world.put();
    world.edit('c0');
    await startSweep(world.deps, SYSTEM);
    expect((await world.tick()).lastRun).toBeUndefined();
    await world.sweep();
    world.clock.advance(25 * HOUR);
    expect((await world.tick()).lastRun).toBeUndefined();
  });

  it('leaves clusters alone that a rollout is at work on, and does not count them as drifting', async () => {
    const world = bench(4);
    await world.rollOut();
    await world.put({ limits: { maxDriftShare: '25%' } });
    const other = rawConfiguration({ name: 'other', namespace: 'other' });
    await world.submitAndPlan({
      target: { selector: { names: ['c0', 'c1', 'c2'] } },
      change: { configurations: [other] },
    });
    world.edit('c0', 'c1', 'c3');
    const record = await world.sweepAndTick();
    expect(heldCodes(record)).toEqual({ c0: 'RolloutAtWork', c1: 'RolloutAtWork' });
    expect(record.lastRun).toMatchObject({ drifting: 3, acted: 1 });
    expect(record.brake).toBeUndefined();
  });

  it('waits while a rollout is just being submitted: nobody knows its clusters', async () => {
    const world = bench(2);
    await world.rollOut();
    await world.put();
    world.edit('c0');
    await world.sweep();
    const { version } = await world.deps.index.active();
    const half = { rolloutId: world.deps.ids.next(), subjects: ['other'], createdAt: world.clock.now() };
    await world.deps.index.activate(half, version);
    expect((await world.tick()).lastRun).toBeUndefined();
    world.clock.advance(2 * MINUTE);
    expect((await world.tick()).lastRun).toMatchObject({ acted: 1 });
  });

  it('is not flapping: after three corrections within a day it only reports, and begins anew when they are old', async () => {
    const world = bench(2);
    await world.rollOut();
    await world.put();
    for (let n = 0; n < 3; n++) {
      world.edit('c0');
      expect((await world.sweepAndTick()).lastRun).toMatchObject({ acted: 1 });
      await world.settle();
    }
    world.edit('c0', 'c1');
    const record = await world.sweepAndTick();
    expect(heldCodes(record)).toEqual({ c0: 'AntiFlap' });
    expect(record.lastRun).toMatchObject({ drifting: 2, acted: 1 });
    await world.settle();
    world.clock.advance(24 * HOUR);
    const later = await world.sweepAndTick();
    expect(later.lastRun).toMatchObject({ drifting: 1, acted: 1 });
    expect(later.measures).toHaveLength(1);
  });

  it('brakes on mass drift: nothing is written until a person resumes', async () => {
    const world = bench(10);
    await world.rollOut();
    await world.put({ limits: { maxDriftShare: '20%' } });
    world.edit('c0', 'c1', 'c2');
    const braked = await world.sweepAndTick();
    expect(braked.brake?.detail).toContain('3 of 10 clusters drift');
    expect(braked.changes.map(({ what }) => what)).toEqual(['Created', 'Braked']);
    expect(heldCodes(braked)).toEqual({ c0: 'MassDrift', c1: 'MassDrift', c2: 'MassDrift' });
    await world.rollOut({ target: { selector: { names: ['c0', 'c1'] } } });
    world.clock.advance(15 * MINUTE);
    // Only one drifts by now, and still nothing is written.
    expect(heldCodes(await world.sweepAndTick())).toEqual({ c2: 'MassDrift' });
    expect(await world.corrections()).toEqual([]);
  });

  it('does not undo a rollout that ended after the sweep looked', async () => {
    const world = bench(2);
    await world.rollOut();
    await world.put();
    world.edit('c0', 'c1');
    await world.sweep();
    await world.rollOut({ target: { selector: { names: ['c0'] } } });
    const record = await world.tick();
    expect(heldCodes(record)).toEqual({ c0: 'SeenBeforeRollout' });
    expect((await world.corrections())[0]!.request.target.selector).toEqual({ ids: [idOf('c1')] });
  });

  it('rolls out again the part of the change that drifted, and no more', async () => {
    const world = bench(2);
    const both = [rawConfiguration(), rawConfiguration({ name: 'second', namespace: 'second' })];
    await world.rollOut({ change: { configurations: both } });
    await world.put();
    world.edit('c0');
    await world.sweepAndTick();
    const [correction] = await world.corrections();
    expect(correction!.request.change).toMatchObject({ configurations: [{ name: 'shop' }] });
    expect(correction!.request.change.configurations).toHaveLength(1);
  });

  it('brings the extension back by a configuration that needs it', async () => {
    const world = bench(3);
    await world.rollOut();
    await world.put({ limits: { kinds: ['ExtensionMissing'] } });
    world.azure.extensions.remove(idOf('c1'), 'flux', true);
    world.clock.advance(5 * MINUTE);
    expect((await world.sweepAndTick()).lastRun).toMatchObject({ drifting: 1, acted: 1 });
    await world.settle();
    expect(world.azure.cluster(idOf('c1'))?.extension).toBeDefined();
  });

  it('says what it cannot bring back', async () => {
    const world = bench(4);
    await world.rollOut({ target: { selector: { names: ['c0', 'c1', 'c2'] } } });
    await world.rollOut({
      target: { selector: { names: ['c1'] } },
      change: { configurations: [{ action: 'suspend', name: 'shop' }] },
    });
    await world.put({ limits: { kinds: ['Missing', 'Modified', 'Unmanaged'], maxDriftShare: '100%' } });
    world.drop('c1', 'c2');
    world.edit('c3');
    world.azure.connect(idOf('c2'), false);
    world.clock.advance(5 * MINUTE);
    expect(heldCodes(await world.sweepAndTick())).toEqual({ c1: 'EditedSince', c2: 'Offline', c3: 'NothingRolledOut' });
    expect(await world.corrections()).toEqual([]);
  });

  it('shows why a correction could not be begun, and does not count it', async () => {
    const world = new BindingBench([{ tags: { team: 'a' } }, { tags: { team: 'b' } }]);
    await world.rollOut({ change: { configurations: [rawConfiguration({ namespace: '${cluster.tags.team}' })] } });
    await world.put({ limits: { correctionsPerCluster: 1, maxDriftShare: '100%' } });
    // The cluster was built anew, and nobody has tagged it yet.
    world.azure.add({ id: idOf('c0') });
    world.clock.advance(10 * MINUTE);
    const refused = await world.sweepAndTick();
    expect(refused.measures).toMatchObject([{ state: 'Refused', detail: expect.stringContaining('c0') as string }]);
    world.azure.add({ id: idOf('c0'), tags: { team: 'a' } });
    world.clock.advance(15 * MINUTE);
    expect((await world.sweepAndTick()).measures.map(({ state }) => state)).toEqual(['Refused', 'Running']);
  });
});
