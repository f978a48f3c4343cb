import { describe, expect, it } from 'vitest';
import { reconcileBindings } from '../../../src/app/bindings/reconcile-bindings.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { rawConfiguration } from '../../core/clusters.ts';
import { dieEverywhere } from '../dying.ts';
import { MINUTE } from '../support.ts';
import { bench } from './support.ts';

describe('what was decided and not begun', () => {
  /** Two corrections are decided on, and the tick dies before it begins them. */
  async function decided() {
    const world = bench(4);
    await world.rollOut();
    await world.put();
    world.edit('c0', 'c1');
    await world.sweep();
    const store = new Proxy(world.deps.store, {
      get: (real, key) => {
        if (key === 'request') return () => Promise.reject(new Transient('Down', 'down'));
        const value: unknown = Reflect.get(real, key);
        return typeof value === 'function' ? (value.bind(real) as unknown) : value;
      },
    });
    await reconcileBindings({ ...world.deps, store });
    expect((await world.binding()).measures).toMatchObject([{ state: 'Planned' }]);
    return world;
  }

  it('is begun with the next tick', async () => {
    const world = await decided();
    expect((await world.tick()).measures).toMatchObject([{ state: 'Running', clusters: 2 }]);
  });

  it('is dropped when something newer was rolled out meanwhile', async () => {
    const world = await decided();
    await world.rollOut({ target: { selector: { names: ['c1'] } } });
    const { measures } = await world.tick();
    expect(measures).toMatchObject([{ state: 'Dropped', detail: expect.stringContaining('c1') as string }]);
    expect(await world.corrections()).toEqual([]);
  });

  it('is dropped when a rollout has begun to work there', async () => {
    const world = await decided();
    const other = rawConfiguration({ name: 'other', namespace: 'other' });
    await world.submitAndPlan({ change: { configurations: [other] } });
    expect((await world.tick()).measures).toMatchObject([{ state: 'Dropped' }]);
    expect(await world.corrections()).toEqual([]);
  });

  it('is dropped when the brake went on', async () => {
    const world = await decided();
    await world.put({ limits: { maxDriftShare: '1%' } });
    // The correction that was decided on counts as at work, so that two more have to drift.
    world.edit('c2', 'c3');
    world.clock.advance(15 * MINUTE);
    const record = await world.sweepAndTick();
    expect(record.brake).toBeDefined();
    expect(record.measures).toMatchObject([{ state: 'Dropped', detail: expect.stringContaining('brake') as string }]);
    expect(await world.corrections()).toEqual([]);
  });

  it('is dropped when the binding only reports by now', async () => {
    const world = await decided();
    await world.put({ mode: 'report' });
    expect((await world.tick()).measures).toMatchObject([{ state: 'Dropped' }]);
    expect(await world.corrections()).toEqual([]);
  });
});

// An undisturbed tick makes 16 calls of these stores; each may fail before or after it took effect.
describe('a tick that dies half-way', () => {
  it('at any call begins every correction once', async () => {
    const open = async () => {
      const world = bench(3);
      await world.rollOut();
      await world.put();
      world.edit('c0', 'c1');
      await world.sweep();
      return world;
    };
    const tick = (_world: unknown, deps: Deps) => reconcileBindings(deps);
    const calls = await dieEverywhere(open, tick, async (world) => {
      // A submission that died before its header counts as never made after a minute.
      world.clock.advance(5 * MINUTE);
      const { measures } = await world.tick();
      const { rollouts } = await world.deps.index.active();
      expect(measures).toMatchObject([{ state: 'Running', clusters: 2, rolloutId: rollouts[0]!.rolloutId }]);
      expect(rollouts).toHaveLength(1);
    });
    expect(calls).toBeGreaterThan(17);
  });
});
