import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite, type Azurite } from '../../local/azurite.ts';
import { reconcileBindings } from '../../src/app/bindings/reconcile-bindings.ts';
import { runSweepShard } from '../../src/app/compliance/run-sweep-shard.ts';
import { findTampering } from '../../src/app/events.ts';
import { giveCommand } from '../../src/app/give-command.ts';
import { getHistory } from '../../src/app/read/cluster-history.ts';
import { getCompliance } from '../../src/app/read/compliance-summary.ts';
import { getRollout } from '../../src/app/read/get-rollout.ts';
import { listDrift } from '../../src/app/read/list-drift.ts';
import { listRolloutClusters } from '../../src/app/read/list-rollout-clusters.ts';
import { listRollouts } from '../../src/app/read/list-rollouts.ts';
import type { Actor } from '../../src/contracts/actor.ts';
import { SweepMessage } from '../../src/contracts/messages.ts';
import { SWEEPS_QUEUE } from '../../src/contracts/queues.ts';
import { hasEnded, type Rollout } from '../../src/contracts/rollout-state.ts';
import { alice, bob, idOf } from '../app/support.ts';
import { SUBSCRIPTION_A } from '../core/clusters.ts';
import { InstallationBench, type Golden } from './installation.ts';

const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

// One after the other on the same tables: what is read first is as the former version left it.
describe.each(files)('an installation that %s left half-way', (file) => {
  const golden = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden;
  const { ended = '', halfWay = '', sweeping = '' } = golden.ids;
  let azurite: Azurite;
  let bench: InstallationBench;
  beforeAll(async () => {
    azurite = await startAzurite();
    bench = new InstallationBench(azurite, golden.secrets);
    await bench.writeTables(golden.tables);
    await bench.replay(golden);
    bench.putMessages(golden.messages);
  });
  afterAll(() => azurite.stop());

  it('is shown: rollouts, clusters, compliance, drift, history', async () => {
    const { deps } = bench;
    const { items } = await listRollouts(deps, {});
    expect(items).toMatchObject([{ status: 'Running' }, { status: 'Succeeded' }, { status: 'CompletedWithFailures' }]);
    for (const id of [ended, halfWay]) {
      expect((await getRollout(deps, id)).id).toBe(id);
      expect((await listRolloutClusters(deps, id, {})).items).toHaveLength(8);
    }
    expect(await getCompliance(deps, {})).toMatchObject({ complete: false, sweep: { status: 'Complete' } });
    expect((await listDrift(deps, {})).items.length).toBeGreaterThan(0);
    const c3 = {
      subscriptionId: SUBSCRIPTION_A,
      resourceGroup: 'rg-Fleet',
      type: 'connectedClusters',
      name: 'c3',
    } as const;
    expect(await getHistory(deps, c3, {})).toMatchObject({
      items: [{ state: 'Compliant' }, { state: 'Suspended' }, { state: 'Compliant' }, { subject: '@extension' }],
    });
  });

  it('has its sweep and its bindings brought to their end', async () => {
    const { deps } = bench;
    for (const { queue, body } of golden.messages)
      if (queue === SWEEPS_QUEUE) await runSweepShard(deps, SweepMessage.parse(JSON.parse(body)));
    expect(await getCompliance(deps, {})).toMatchObject({
      complete: true,
      sweep: { id: sweeping },
      summary: { clusters: 8 },
    });
    await reconcileBindings(deps);
    const [measure] = (await deps.bindings.read('keep'))!.value.measures;
    expect(measure).toMatchObject({ state: 'Ended', detail: 'Succeeded: 1 Succeeded' });
  });

  it('has its rollout brought to its end, and writes to no cluster twice', async () => {
    await until(({ status }) => status === 'Paused');
    await command('resume', alice);
    bench.azure.connect(idOf('c4'), true);
    await until(({ waiting }) => waiting?.code === 'ApprovalMissing');
    await command('approve', bob);
    await until(({ status }) => hasEnded(status));
    expect((await bench.rollout(halfWay)).status).toBe('CompletedWithFailures');
    const failed = { 1: 'Failed BuildFailed' };
    const results = Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((ordinal) => [ordinal, 'Succeeded Compliant']));
    expect(await bench.results(halfWay)).toEqual({ ...results, ...failed });
    const writes = [...golden.fleet.writes, ...bench.writesToFleet].map(
      ({ method, args }) => `${method} ${args.slice(0, 2).join()}`,
    );
    const ofBase = writes.filter((write) => write.endsWith(',base'));
    expect(new Set(ofBase).size).toBe(ofBase.length);
    expect(ofBase).toHaveLength(8);
  });

  it('has audit trails that go on without a gap', async () => {
    for (const id of [ended, halfWay]) {
      const rows = await bench.deps.store.events(id, 0, 1000);
      expect(findTampering(bench.deps.digest, rows)).toBeUndefined();
    }
  });

  async function until(isSo: (rollout: Rollout) => boolean): Promise<void> {
    for (let seconds = 0; seconds < 3600; seconds++) {
      while (await bench.deliver());
      if (isSo(await bench.rollout(halfWay))) return;
      bench.clock.advance(1000);
    }
    expect(await bench.rollout(halfWay)).toBe('there by now');
  }

  async function command(kind: 'resume' | 'approve', actor: Actor): Promise<void> {
    await giveCommand(bench.deps, { rolloutId: halfWay, kind, actor, request: {} });
  }
});
