import { cpus } from 'node:os';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { benchBroker } from './broker.ts';
import { benchColdStart } from './cold-start.ts';
import { benchEngine } from './engine.ts';
import { benchIdle } from './idle.ts';
import { benchPost, benchRollout } from './rollout.ts';
import { benchSweep } from './sweep.ts';
import { benchWebhooks } from './webhooks.ts';

/** Every figure of the README, as JSON lines and as a table. `--engine N` runs one engine bench in a process of its own. */
async function main(): Promise<void> {
  const engineOnly = process.argv.indexOf('--engine');
  if (engineOnly > 0) {
    console.log(JSON.stringify(benchEngine(Number(process.argv[engineOnly + 1]))));
    return;
  }
  const table = new Table({ head: ['bench', 'figure', 'value', 'limit'] });
  const show = (figures: object, limits: Readonly<Record<string, string>>): void => {
    console.log(JSON.stringify(figures));
    const { bench, ...values } = figures as Record<string, string | number>;
    for (const [name, value] of Object.entries(values))
      table.push([String(bench), name, String(value), limits[name] ?? '']);
  };
  console.log(JSON.stringify({ bench: 'machine', cores: cpus().length, cpu: cpus()[0]?.model, node: process.version }));
  for (const clusters of [1_000, 10_000, 100_000]) {
    show(engineInOwnProcess(clusters), { decisionsPerSecond: '≥ 50,000', rssMiBMax: '< 300' });
  }
  show(benchColdStart(11), { registeredMs: '≤ 350' });
  show(await benchBroker(), { perSecond: '≥ 5,000' });
  show(await benchPost(10_000), { milliseconds: '< 1,000' });
  show(await benchRollout(1_000, 2), {
    makespanOverBound: '≤ 1.15',
    armWritesPerCluster: '≤ 1',
    armReadsPerCluster: '≤ 2.5',
    tableTransactionsPerCluster: '≤ 8',
    brokerOperationsPerCluster: '≤ 8',
    throttled429: '0',
  });
  show(await benchWebhooks(30), { p99Ms: '< 50', unaccounted: '0', startedTwice: '0' });
  for (const clusters of [2_000, 10_000]) {
    show(await benchSweep(clusters), {
      graphQueries: '≤ 25',
      readsPerSuspect: '1',
      readsUnchanged: 'unhealthy',
      unchangedWritesPer100Clusters: '≤ 1',
      throttled429: '0',
      hostRssMiBMax: 'flat',
    });
  }
  show(await benchIdle(1_000, 2), {});
  console.log(table.toString());
}

/** Peak memory belongs to a process, so each size gets a fresh one. */
function engineInOwnProcess(clusters: number): object {
  const main = fileURLToPath(import.meta.url);
  const run = spawnSync(process.execPath, [main, '--engine', String(clusters)], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as object;
}

await main();
