import { describe, expect, it } from 'vitest';
import { runSweepShard } from '../../src/app/compliance/run-sweep-shard.ts';
import { startSweep } from '../../src/app/compliance/start-sweep.ts';
import { SYSTEM } from '../../src/contracts/actor.ts';
import type { Snapshot } from '../../src/contracts/compliance.ts';
import { desiredConfiguration } from '../../src/core/flux/desired.ts';
import type { ArmJson } from '../../src/ports/arm.ts';
import { configuration, rawConfiguration, SUBSCRIPTION_A } from '../core/clusters.ts';
import { dieEverywhere } from './dying.ts';
import { Bench, idOf, MINUTE } from './support.ts';

const C0 = idOf('c0');
const properties = desiredConfiguration(configuration(), {})['properties'] as ArmJson;
const HOUR = 60 * MINUTE;

/** Starts a sweep and runs its shards, as their messages would. */
async function sweep(bench: Bench, deps = bench.deps) {
  const { id, shards } = await startSweep(deps, SYSTEM);
  for (let shard = 0; shard < shards; shard++) await runSweepShard(deps, { schema: 1, sweepId: id, shard });
  const found = await deps.compliance.sweep(id);
  return { id, counts: found!.shards[0]!.counts! };
}

async function snapshots(bench: Bench): Promise<Record<string, Snapshot>> {
  const found: Record<string, Snapshot> = {};
  for await (const page of bench.deps.compliance.snapshots(SUBSCRIPTION_A)) {
    for (const one of page) found[`${one.clusterId.slice(-2)} ${one.subject}`] = one;
  }
  return found;
}

/** Two clusters with the configuration rolled out; every agent reports every five minutes. */
async function rolledOut(change: Record<string, unknown> = { configurations: [rawConfiguration()] }) {
  const bench = new Bench([{}, {}]);
  const { id } = await bench.submit({ change, strategy: { maxConcurrency: 2, stages: [{ name: 'all' }] } });
  await bench.run(id);
  bench.clock.advance(MINUTE);
  return { bench, rolloutId: id };
}

describe('a sweep', () => {
  it('sees what is there, and writes nothing while nothing changes', async () => {
    const { bench, rolloutId } = await rolledOut();
    const first = await sweep(bench);
    expect(first.counts).toMatchObject({
      clusters: 2,
      subjects: 4,
      byState: { Compliant: 4 },
      drifting: 0,
      changed: 4,
    });
    expect((await snapshots(bench))['c0 shop']).toMatchObject({ state: 'Compliant', rolloutId, drifts: [] });
    const seen = await snapshots(bench);
    bench.clock.advance(5 * MINUTE);
    const second = await sweep(bench);
    expect(second.counts).toMatchObject({ clusters: 2, changed: 0, byState: { Compliant: 4 } });
    expect(await snapshots(bench)).toEqual(seen);
  });

  it('killed at any call of anything, before or after it took effect, and delivered again, gives the same', async () => {
    const undisturbed = await drifted();
    const { changed: _theirs, ...expected } = (await sweep(undisturbed)).counts;
    let id = '';
    const open = async () => {
      const bench = await drifted();
      ({ id } = await startSweep(bench.deps, SYSTEM));
      return bench;
    };
    const message = () => ({ schema: 1, sweepId: id, shard: 0 }) as const;
    const calls = await dieEverywhere(
      open,
      (_bench, deps) => runSweepShard(deps, message()),
      async (bench) => {
        await runSweepShard(bench.deps, message());
        await runSweepShard(bench.deps, message());
        expect(withoutIds(await snapshots(bench))).toEqual(withoutIds(await snapshots(undisturbed)));
        const { changed: _mine, ...seen } = (await bench.deps.compliance.sweep(id))!.shards[0]!.counts!;
        expect(seen).toEqual(expected);
      },
    );
    // Each call is two places to die at: more than fifty of them.
    expect(calls).toBeGreaterThan(25);
  });
});

/** Ids of rollouts differ from bench to bench. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, 'ID')) as unknown;
}

/** A fleet with something of everything: as rolled out, edited, deleted, unmanaged, without extension, failing. */
async function drifted(): Promise<Bench> {
  const bench = new Bench(Array.from({ length: 6 }, () => ({})));
  const stages = { strategy: { maxConcurrency: 6, stages: [{ name: 'all' }] } };
  await bench.run((await bench.submit({ change: { configurations: [rawConfiguration()] }, ...stages })).id);
  await sweep(bench);
  bench.azure.configurations.put(idOf('c1'), 'shop', { ...properties, suspend: true });
  bench.azure.configurations.remove(idOf('c2'), 'shop', true);
  bench.azure.configurations.put(idOf('c3'), 'byhand', { ...properties, namespace: 'byhand' });
  bench.azure.extensions.remove(idOf('c4'), 'flux', true);
  bench.azure.configurations.report(idOf('c5'), 'shop', false);
  bench.clock.advance(5 * MINUTE);
  return bench;
}

describe('drift against what was last rolled out', () => {
  it('an edit behind our back is Modified, with field, both values, and who', async () => {
    const { bench, rolloutId } = await rolledOut();
    await sweep(bench);
    const kustomizations = { infra: { path: './infra', prune: true }, apps: { path: './other', dependsOn: ['infra'] } };
    bench.azure.configurations.patch(C0, 'shop', { sourceKind: 'GitRepository', gitRepository: {}, kustomizations });
    bench.clock.advance(HOUR);
    const at = bench.clock.now();
    const { counts } = await sweep(bench);
    expect(counts.byDrift).toMatchObject({ Modified: 1 });
    const [drift] = (await snapshots(bench))['c0 shop']!.drifts;
    expect(drift).toMatchObject({
      kind: 'Modified',
      layer: 'plan',
      path: 'kustomizations.apps.path',
      desired: 'apps',
      actual: 'other',
      firstSeenAt: at,
      owner: `rollout ${rolloutId}`,
    });
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await snapshots(bench))['c0 shop']!.drifts[0]?.firstSeenAt).toBe(at);
  });

  it('a deleted configuration is Missing until it is back', async () => {
    const { bench } = await rolledOut();
    await sweep(bench);
    bench.azure.configurations.remove(C0, 'shop', true);
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await snapshots(bench))['c0 shop']).toMatchObject({ state: 'Absent', drifts: [{ kind: 'Missing' }] });
    bench.azure.configurations.put(C0, 'shop', properties);
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await snapshots(bench))['c0 shop']).toMatchObject({ state: 'Compliant', drifts: [] });
  });

  it('a configuration that nobody rolled out is Unmanaged', async () => {
    const { bench } = await rolledOut();
    bench.azure.configurations.put(C0, 'byhand', { ...properties, namespace: 'byhand' });
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await snapshots(bench))['c0 byhand']?.drifts).toMatchObject([{ kind: 'Unmanaged' }]);
  });

  it('what was removed by a rollout and is back, is drift; what stays away is not', async () => {
    const { bench } = await rolledOut();
    const { id } = await bench.submit({ change: { configurations: [{ action: 'remove', name: 'shop' }] } });
    await bench.run(id);
    bench.clock.advance(HOUR);
    expect((await sweep(bench)).counts.drifting).toBe(0);
    bench.azure.configurations.put(C0, 'shop', properties);
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await snapshots(bench))['c0 shop']?.drifts).toMatchObject([{ owner: `rollout ${id}` }]);
  });

  it('an edit that was rolled out counts as desired, and so does a suspension', async () => {
    const { bench } = await rolledOut();
    const edit = { action: 'edit', name: 'shop', kustomizations: { apps: { path: './apps/prod' } } };
    await bench.run((await bench.submit({ change: { configurations: [edit] } })).id);
    await bench.run((await bench.submit({ change: { configurations: [{ action: 'suspend', name: 'shop' }] } })).id);
    bench.clock.advance(5 * MINUTE);
    const { counts } = await sweep(bench);
    expect(counts).toMatchObject({ drifting: 0, byState: { Suspended: 2 } });
  });

  it('an extension that is gone is missed while configurations need it', async () => {
    const { bench } = await rolledOut();
    await sweep(bench);
    bench.azure.extensions.remove(C0, 'flux', true);
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await snapshots(bench))['c0 @extension']).toMatchObject({
      state: 'Absent',
      drifts: [{ kind: 'ExtensionMissing' }],
    });
  });
});

describe('agents', () => {
  it('that have been silent for more than an hour are Stale, whatever they said last', async () => {
    const { bench } = await rolledOut();
    bench.clock.advance(90 * MINUTE);
    expect((await sweep(bench)).counts.byState).toMatchObject({ Stale: 2 });
  });
});
