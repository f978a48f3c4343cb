import { describe, expect, it, vi } from 'vitest';
import { readsOf, reserve } from '../../../src/app/budgets.ts';
import { desiredConfiguration } from '../../../src/core/flux/desired.ts';
import type { ArmJson } from '../../../src/ports/arm.ts';
import { configuration } from '../../core/clusters.ts';
import { assignShop, TWIN } from '../assign.ts';
import { Bench, idOf, MINUTE } from '../support.ts';
import { HOUR, rolledOut, snapshots, sweep } from './support.ts';

const C0 = idOf('c0');
const properties = desiredConfiguration(configuration(), {})['properties'] as ArmJson;

/** Reads of configurations from now on. */
function watchReads(bench: Bench) {
  return vi.spyOn(bench.real, 'getConfiguration');
}

describe('what is read by GET', () => {
  it('is what nobody rolled out once, and again only when it has changed', async () => {
    const bench = await rolledOut(1);
    bench.azure.configurations.put(C0, 'byhand', { ...properties, namespace: 'byhand' });
    bench.clock.advance(10 * MINUTE);
    const reads = watchReads(bench);
    await sweep(bench);
    expect(reads).toHaveBeenCalledTimes(1);
    bench.clock.advance(10 * MINUTE);
    await sweep(bench);
    expect(reads).toHaveBeenCalledTimes(1);
    bench.azure.configurations.put(C0, 'byhand', { ...properties, namespace: 'byhand', suspend: true });
    bench.clock.advance(10 * MINUTE);
    await sweep(bench);
    expect(reads).toHaveBeenCalledTimes(2);
    expect((await snapshots(bench))['c0 byhand']).toMatchObject({
      state: 'Suspended',
      drifts: [{ kind: 'Unmanaged' }],
    });
  });

  it('is drift, whose author the activity log named, no second time', async () => {
    const bench = await rolledOut(1);
    await sweep(bench);
    bench.azure.configurations.remove(C0, 'shop', true);
    const entry = { resourceId: `${C0}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/shop` };
    const deed = { caller: 'mallory', operation: 'fluxConfigurations/delete', status: 'Succeeded' };
    bench.activityLog.entries.push({ ...entry, ...deed, at: bench.clock.now() });
    bench.clock.advance(10 * MINUTE);
    const reads = watchReads(bench);
    await sweep(bench);
    bench.clock.advance(HOUR);
    expect(await sweep(bench)).toMatchObject({ changed: 0, byDrift: { Missing: 1 } });
    expect(reads).toHaveBeenCalledTimes(1);
    expect((await snapshots(bench))['c0 shop']).toMatchObject({ drifts: [{ changedBy: 'mallory' }] });
  });
});

describe('what cannot be read now', () => {
  it('stays as it was known, and nobody is named for what may be over', async () => {
    const bench = await rolledOut(1);
    await sweep(bench);
    bench.azure.configurations.remove(C0, 'shop', true);
    bench.activityLog.fault = { kind: 'refused', code: 'Forbidden', detail: 'no' };
    bench.clock.advance(10 * MINUTE);
    await sweep(bench);
    const before = (await snapshots(bench))['c0 shop'];
    expect(before).toMatchObject({ state: 'Absent', drifts: [{ changedByUnknown: 'LogUnreadable' }] });
    bench.azure.configurations.put(C0, 'shop', properties);
    bench.activityLog.fault = undefined;
    bench.arm.getConfiguration = async () => ({ ok: false, fault: { kind: 'timedOut', detail: 'away' } });
    bench.clock.advance(10 * MINUTE);
    expect(await sweep(bench)).toMatchObject({ changed: 0, byState: { Absent: 1, Compliant: 1 } });
    expect((await snapshots(bench))['c0 shop']).toEqual(before);
  });

  it('is shown as Resource Graph shows it, when it was never seen; what is not there is not shown', async () => {
    const bench = await rolledOut(2);
    bench.azure.configurations.remove(C0, 'shop', true);
    bench.azure.configurations.report(idOf('c1'), 'shop', false);
    bench.clock.advance(10 * MINUTE);
    bench.arm.getConfiguration = async () => ({ ok: false, fault: { kind: 'timedOut', detail: 'away' } });
    await sweep(bench);
    expect(Object.keys(await snapshots(bench)).sort()).toEqual(['c0 @extension', 'c1 @extension', 'c1 shop']);
    expect((await snapshots(bench))['c1 shop']).toMatchObject({ state: 'NotCompliant' });
  });

  it('is not asked for again before ARM allows it: a 429 counts for everybody', async () => {
    const bench = await rolledOut(40);
    for (let n = 0; n < 40; n++) bench.azure.configurations.report(idOf(`c${n}`), 'shop', false);
    bench.clock.advance(10 * MINUTE);
    let reads = 0;
    bench.arm.getConfiguration = async () => {
      reads += 1;
      return { ok: false, fault: { kind: 'throttled', retryAfterMs: 7 * MINUTE } };
    };
    await sweep(bench);
    expect(reads).toBeLessThanOrEqual(16);
    expect(await reserve(bench.deps, readsOf(C0), 1, 6 * MINUTE)).toEqual([]);
    expect(await reserve(bench.deps, readsOf(C0), 1, 20 * MINUTE)).toHaveLength(1);
  });
});

it('an assignment that another configuration of the cluster satisfies misses nothing, whatever page that one is on', async () => {
  const bench = new Bench([{}, {}]);
  assignShop(bench.policy);
  bench.azure.configurations.put(C0, 'twin', TWIN);
  bench.clock.advance(10 * MINUTE);
  bench.azure.configurations.put(C0, 'apart', { ...properties, namespace: 'apart' });
  bench.clock.advance(10 * MINUTE);
  const { graph } = bench.deps;
  const whole = graph.allConfigurations.bind(graph);
  vi.spyOn(graph, 'allConfigurations').mockImplementation(async function* (subscriptions) {
    for await (const page of whole(subscriptions)) for (const row of page) yield [row];
  });
  const { byDrift } = await sweep(bench);
  expect(byDrift).toEqual({ Unmanaged: 2, PolicyNonCompliant: 1 });
  expect((await snapshots(bench))['c1 shop']).toMatchObject({ state: 'Absent' });
  expect(await snapshots(bench)).not.toHaveProperty(['c0 shop']);
});
