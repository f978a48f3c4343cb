import { writeFile } from 'node:fs/promises';
import { startAzurite } from '../../local/azurite.ts';
import type { ClusterSeed } from '../../src/adapters/memory/azure-world.ts';
import { putBinding } from '../../src/app/bindings/put-binding.ts';
import { reconcileBindings } from '../../src/app/bindings/reconcile-bindings.ts';
import { runSweepShard } from '../../src/app/compliance/run-sweep-shard.ts';
import { startSweep } from '../../src/app/compliance/start-sweep.ts';
import { createTables } from '../../src/adapters/tables/tables.ts';
import { SYSTEM } from '../../src/contracts/actor.ts';
import { PolicyBinding } from '../../src/contracts/policy-binding.ts';
import { desiredConfiguration } from '../../src/core/flux/desired.ts';
import type { ArmJson } from '../../src/ports/arm.ts';
import { bob, idOf, MINUTE } from '../app/support.ts';
import { cluster, configuration, rawConfiguration, SUBSCRIPTION_B } from '../core/clusters.ts';
import { InstallationBench, type Golden } from './installation.ts';

const SECRETS = { 'env:GIT_KEY': 'the key of Git' };
const inB = (name: string): string => cluster(name, { subscriptionId: SUBSCRIPTION_B }).id;
const FLEET: readonly ClusterSeed[] = [
  { id: idOf('c0'), tags: { ring: 'canary' } },
  { id: idOf('c1'), agent: { outcome: 'fails' } },
  { id: idOf('c2'), agent: { syncMs: 2 * MINUTE } },
  { id: idOf('c3') },
  { id: idOf('c4'), connected: false },
  { id: idOf('c5'), hasExtension: false },
  { id: inB('d0'), tags: { ring: 'last' } },
  { id: inB('d1'), tags: { ring: 'last' } },
];

/** Writes the state of an installation in the middle of everything, as the version of this working tree stores it (`README.md`). */
async function main(commit: string, file: string): Promise<void> {
  const azurite = await startAzurite();
  try {
    await createTables(azurite).ensureTables();
    const bench = new InstallationBench(azurite, SECRETS);
    const startsAt = bench.clock.now();
    for (const seed of FLEET) bench.azure.add(seed);
    const ids = await live(bench);
    const golden: Golden = {
      writtenBy: commit,
      at: bench.clock.now(),
      tables: await bench.readTables(),
      messages: bench.takeMessages(),
      secrets: SECRETS,
      fleet: { startsAt, clusters: FLEET, writes: bench.writesToFleet },
      ids,
    };
    await writeFile(file, `${JSON.stringify(golden, undefined, 1)}\n`);
  } finally {
    await azurite.stop();
  }
}

/** A rollout that has ended, drift that is being corrected, a rollout half-way with a command that nobody has read, and a sweep half-way. */
async function live(bench: InstallationBench): Promise<Record<string, string>> {
  const ended = await bench.submit({
    target: { deferFor: '2m' },
    change: { extension: {}, configurations: [rawConfiguration()] },
    strategy: { maxConcurrency: 10, maxFailures: 10, stages: [{ name: 'all' }] },
  });
  await bench.run(ended.id);
  await sweep(bench, 2);
  const binding = { source: { lastRollout: true }, mode: 'correct', every: '15m', limits: { maxDriftShare: '100%' } };
  await putBinding(bench.deps, { name: 'keep', binding: PolicyBinding.parse(binding), actor: bob });
  const { properties } = desiredConfiguration(configuration(), {});
  bench.portal(idOf('c3'), 'shop', { ...(properties as ArmJson), suspend: true });
  bench.clock.advance(MINUTE);
  const swept = await sweep(bench, 2);
  await reconcileBindings(bench.deps);
  const halfWay = await bench.submit(twoActions());
  await untilHalfWay(bench, halfWay.id);
  const at = bench.clock.now();
  const reason = 'somebody has a bad feeling';
  await bench.deps.store.addCommand(halfWay.id, {
    schema: 1,
    id: bench.deps.ids.next(),
    kind: 'pause',
    actor: bob,
    at,
    reason,
  });
  return { ended: ended.id, swept, halfWay: halfWay.id, sweeping: await sweep(bench, 1) };
}

/** A secret, a canary, a soak, an approval, and more clusters than may be in flight. */
function twoActions(): Record<string, unknown> {
  const settings = { 'notification-controller.enabled': true };
  const gitRepository = { ...(rawConfiguration()['gitRepository'] as object), httpsUser: 'flux-reader' };
  const configurationProtectedSettings = { httpsKey: 'env:GIT_KEY' };
  return {
    name: 'base',
    change: {
      extension: { configurationSettings: settings },
      configurations: [
        rawConfiguration({ name: 'base', namespace: 'base', gitRepository, configurationProtectedSettings }),
      ],
    },
    strategy: {
      maxConcurrency: 2,
      maxFailures: 3,
      stages: [
        { name: 'canary', selector: { tags: { ring: 'canary' } }, soak: '1m' },
        { name: 'most', selector: { names: ['c1', 'c2', 'c3', 'c4', 'c5'] } },
        { name: 'last', gates: { before: { approval: {} } } },
      ],
    },
  };
}

/** In the second stage something is done, something in flight, and something about to be sent. */
async function untilHalfWay(bench: InstallationBench, id: string): Promise<void> {
  for (let seconds = 0; seconds < 3600; seconds++) {
    while (await bench.deliver()) {
      const states = (await bench.deps.store.load(id))?.live.map(({ value }) => value.state) ?? [];
      const results = Object.keys(await bench.results(id)).length;
      if (results >= 2 && states.includes('queued') && states.some((state) => state !== 'queued')) return;
    }
    bench.clock.advance(1000);
  }
  throw new Error('The second stage never came half-way.');
}

/** Starts a sweep and runs the first shards of it; answers its id. */
async function sweep(bench: InstallationBench, shards: number): Promise<string> {
  const { id } = await startSweep(bench.deps, SYSTEM);
  for (let shard = 0; shard < shards; shard++) await runSweepShard(bench.deps, { schema: 1, sweepId: id, shard });
  bench.clock.advance(1);
  return id;
}

const [, , commit = '', file = ''] = process.argv;
await main(commit, file);
