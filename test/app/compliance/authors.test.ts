import { describe, expect, it } from 'vitest';
import { runSweepShard } from '../../../src/app/compliance/run-sweep-shard.ts';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import type { Drift } from '../../../src/contracts/compliance.ts';
import { ACTIVITY_LOG_READS_PER_SWEEP } from '../../../src/contracts/limits.ts';
import { rawConfiguration, SUBSCRIPTION_A } from '../../core/clusters.ts';
import { Bench, idOf, MINUTE } from '../support.ts';

const HOUR = 60 * MINUTE;
const PROVIDER = 'Microsoft.KubernetesConfiguration';
const shopOf = (name: string): string => `${idOf(name)}/providers/${PROVIDER}/fluxConfigurations/shop`;

/** So many clusters `c0`, `c1`, … with the configuration rolled out, swept once. */
async function rolledOut(clusters = 2): Promise<Bench> {
  const bench = new Bench(Array.from({ length: clusters }, () => ({})));
  const strategy = { maxConcurrency: 100, stages: [{ name: 'all' }] };
  const { id } = await bench.submit({ change: { configurations: [rawConfiguration()] }, strategy });
  await bench.run(id);
  bench.clock.advance(MINUTE);
  await sweep(bench);
  return bench;
}

async function sweep(bench: Bench): Promise<void> {
  const { id } = await startSweep(bench.deps, SYSTEM);
  await runSweepShard(bench.deps, { schema: 1, sweepId: id, shard: 0 });
  bench.clock.advance(1);
}

/** The drifts of every cluster, by its name. */
async function drifts(bench: Bench): Promise<Record<string, readonly Drift[]>> {
  const found: Record<string, readonly Drift[]> = {};
  for await (const page of bench.deps.compliance.snapshots(SUBSCRIPTION_A)) {
    for (const { clusterId, drifts: own } of page) {
      if (own.length > 0) found[clusterId.split('/').at(-1) ?? ''] = own;
    }
  }
  return found;
}

/** Somebody deletes the configuration; the log has it at once. */
function remove(bench: Bench, name: string, caller: string): void {
  bench.azure.configurations.remove(idOf(name), 'shop', true);
  const entry = { resourceId: shopOf(name), caller, operation: `${PROVIDER}/fluxConfigurations/delete` };
  bench.activityLog.entries.push({ ...entry, status: 'Succeeded', at: bench.clock.now() });
}

describe('who deleted a configuration', () => {
  it('stands in the drift, and the log is read once for it', async () => {
    const bench = await rolledOut();
    bench.clock.advance(HOUR);
    remove(bench, 'c0', 'mallory@fleet.example');
    const at = bench.clock.now();
    bench.clock.advance(MINUTE);
    for (let n = 0; n < 3; n++) {
      await sweep(bench);
      expect((await drifts(bench))['c0']).toMatchObject([
        { kind: 'Missing', changedBy: 'mallory@fleet.example', changedAt: at },
      ]);
      bench.clock.advance(HOUR);
    }
    expect(bench.activityLog.asked).toEqual([shopOf('c0')]);
  });

  it('is unknown until the log has caught up', async () => {
    const bench = await rolledOut();
    bench.azure.configurations.remove(idOf('c0'), 'shop', true);
    bench.clock.advance(MINUTE);
    await sweep(bench);
    const [before] = (await drifts(bench))['c0'] ?? [];
    expect(before).toMatchObject({ kind: 'Missing', changedByUnknown: 'NotInLog' });
    remove(bench, 'c0', 'mallory@fleet.example');
    bench.clock.advance(HOUR);
    await sweep(bench);
    const [after] = (await drifts(bench))['c0'] ?? [];
    expect(after).toMatchObject({ changedBy: 'mallory@fleet.example', firstSeenAt: before?.firstSeenAt });
    expect(after).not.toHaveProperty('changedByUnknown');
  });

  it('is not whoever deleted it before it was rolled out', async () => {
    const bench = new Bench([{}]);
    remove(bench, 'c0', 'earlier@fleet.example');
    bench.clock.advance(MINUTE);
    await bench.run((await bench.submit()).id);
    bench.clock.advance(MINUTE);
    bench.azure.configurations.remove(idOf('c0'), 'shop', true);
    bench.clock.advance(MINUTE);
    await sweep(bench);
    expect((await drifts(bench))['c0']).toMatchObject([{ kind: 'Missing', changedByUnknown: 'NotInLog' }]);
  });

  it('is said to be unknown when the log cannot be read; the sweep goes on and asks no further', async () => {
    const bench = await rolledOut(3);
    for (const name of ['c0', 'c1', 'c2']) remove(bench, name, 'mallory@fleet.example');
    bench.activityLog.fault = { kind: 'refused', code: 'AuthorizationFailed', detail: 'No permission.' };
    bench.clock.advance(MINUTE);
    await sweep(bench);
    const unknown = { kind: 'Missing', changedByUnknown: 'LogUnreadable' };
    expect(await drifts(bench)).toMatchObject({ c0: [unknown], c1: [unknown], c2: [unknown] });
    expect(bench.activityLog.asked).toHaveLength(1);
    bench.activityLog.fault = undefined;
    bench.clock.advance(HOUR);
    await sweep(bench);
    const named = { changedBy: 'mallory@fleet.example' };
    expect(await drifts(bench)).toMatchObject({ c0: [named], c1: [named], c2: [named] });
  });

  it('is read for so many clusters in one sweep, for the others in the next', async () => {
    const clusters = ACTIVITY_LOG_READS_PER_SWEEP + 5;
    const bench = await rolledOut(clusters);
    for (let n = 0; n < clusters; n++) remove(bench, `c${n}`, 'mallory@fleet.example');
    bench.clock.advance(HOUR);
    await sweep(bench);
    const all = Object.values(await drifts(bench)).flat();
    expect(all).toHaveLength(clusters);
    expect(all.filter(({ changedBy }) => changedBy !== undefined)).toHaveLength(ACTIVITY_LOG_READS_PER_SWEEP);
    expect(all.filter(({ changedByUnknown }) => changedByUnknown === 'NotReadYet')).toHaveLength(5);
    bench.clock.advance(HOUR);
    await sweep(bench);
    const later = Object.values(await drifts(bench)).flat();
    expect(later.filter(({ changedBy }) => changedBy === 'mallory@fleet.example')).toHaveLength(clusters);
    expect(bench.activityLog.asked).toHaveLength(clusters);
  });
});

describe('who removed the extension', () => {
  it('is read of the name that it has everywhere', async () => {
    const bench = await rolledOut();
    bench.azure.extensions.remove(idOf('c0'), 'flux', true);
    const resourceId = `${idOf('c0')}/providers/${PROVIDER}/extensions/flux`;
    const operation = `${PROVIDER}/extensions/delete`;
    bench.activityLog.entries.push({
      resourceId,
      caller: 'mallory@fleet.example',
      operation,
      status: 'Accepted',
      at: bench.clock.now(),
    });
    bench.clock.advance(HOUR);
    await sweep(bench);
    expect((await drifts(bench))['c0']).toMatchObject([
      { kind: 'ExtensionMissing', changedBy: 'mallory@fleet.example' },
    ]);
  });
});
