import { runSweepShard } from '../../../src/app/compliance/run-sweep-shard.ts';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import type { Baseline, ComplianceCounts, Snapshot } from '../../../src/contracts/compliance.ts';
import { rawConfiguration, SUBSCRIPTION_A } from '../../core/clusters.ts';
import { Bench, MINUTE } from '../support.ts';

export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** So many clusters `c0`, `c1`, … with the configuration `shop` rolled out. */
export async function rolledOut(clusters: number, stages: object[] = [{ name: 'all' }]): Promise<Bench> {
  const bench = new Bench(Array.from({ length: clusters }, () => ({})));
  await rollOut(bench, { configurations: [rawConfiguration()] }, stages);
  bench.clock.advance(MINUTE);
  return bench;
}

export async function rollOut(bench: Bench, change: object, stages: object[] = [{ name: 'all' }]): Promise<string> {
  const { id } = await bench.submit({ change, strategy: { maxConcurrency: 100, stages } });
  await bench.run(id);
  return id;
}

/** Sweeps the one subscription, as its message would. */
export async function sweep(bench: Bench): Promise<ComplianceCounts> {
  const { id } = await startSweep(bench.deps, SYSTEM);
  await runSweepShard(bench.deps, { schema: 1, sweepId: id, shard: 0 });
  bench.clock.advance(1);
  return (await bench.deps.compliance.sweep(id))!.shards[0]!.counts!;
}

/** By name of the cluster and subject. */
export async function snapshots(bench: Bench): Promise<Record<string, Snapshot>> {
  return byName(bench.deps.compliance.snapshots(SUBSCRIPTION_A));
}

export async function baselines(bench: Bench): Promise<Record<string, Baseline>> {
  return byName(bench.deps.compliance.baselines(SUBSCRIPTION_A));
}

async function byName<T extends { clusterId: string; subject: string }>(
  pages: AsyncIterable<readonly T[]>,
): Promise<Record<string, T>> {
  const found: Record<string, T> = {};
  for await (const page of pages) {
    for (const one of page) found[`${one.clusterId.split('/').at(-1)} ${one.subject}`] = one;
  }
  return found;
}
