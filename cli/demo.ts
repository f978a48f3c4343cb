import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { Api, type Cluster, type Rollout } from './demo/api.ts';
import { openScreen } from './demo/screen.ts';
import { summarize } from './demo/summary.ts';
import { elapsed, watch } from './demo/watch.ts';

const flags = z.object({
  api: z.url(),
  request: z.string(),
  expectFailed: z.coerce.number().int(),
  expectDeferred: z.coerce.number().int(),
});

/**
 * Sends one rollout request to a Flotilla, shows its way over the fleet and what came of it. Ends with 0 when as many
 * clusters failed and were deferred as expected and every other one is as it should be, else with 1.
 */
async function main(): Promise<number> {
  const { api: base, request, ...expected } = flags.parse(command().parse().opts());
  // Whoever started the demo is gone: so is the local cloud.
  process.on('disconnect', () => process.exit(1));
  const api = new Api(base, process.env['FLOTILLA_KEY']);
  const screen = openScreen(process.stdout, process.env);
  const submitted = await api.submit(await readFile(request, 'utf8'), `demo-${process.pid}-${Date.now()}`);
  screen.tell(
    `rollout ${submitted.name} (${submitted.id}): ${submitted.clusters} clusters in ${submitted.stages.length} stages`,
  );
  const ended = await watch(api, submitted, screen);
  const clusters = await api.clusters(ended.id);
  const took = elapsed(Date.parse(ended.endedAt ?? ended.statusSince) - Date.parse(ended.createdAt));
  console.log(`\n${summarize(ended, clusters)}, after ${took} of local time`);
  return isAsExpected(ended, clusters, expected) ? 0 : 1;
}

function command(): Command {
  return new Command('demo')
    .requiredOption('--api <url>', 'base of the API, such as http://127.0.0.1:7071')
    .requiredOption('--request <file>', 'rollout request in YAML')
    .option('--expect-failed <number>', 'clusters that are known to fail', '0')
    .option('--expect-deferred <number>', 'clusters that are known to be offline', '0');
}

function isAsExpected(
  { status }: Rollout,
  clusters: readonly Cluster[],
  { expectFailed, expectDeferred }: { expectFailed: number; expectDeferred: number },
): boolean {
  const count = (...states: string[]): number => clusters.filter(({ state }) => states.includes(state)).length;
  const isClean = expectFailed + expectDeferred === 0;
  return (
    status === (isClean ? 'Succeeded' : 'CompletedWithFailures') &&
    count('Failed') === expectFailed &&
    count('Deferred') === expectDeferred &&
    count('Succeeded', 'Unchanged') === clusters.length - expectFailed - expectDeferred
  );
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
