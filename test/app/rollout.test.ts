import { describe, expect, it } from 'vitest';
import { accountDeadOperation, showDeadWakeup } from '../../src/app/dead-letters.ts';
import { findTampering } from '../../src/app/events.ts';
import { freshFleet } from '../../src/app/fleet.ts';
import { wakeOverdue } from '../../src/app/wake-overdue.ts';
import { ROLLOUTS_QUEUE } from '../../src/contracts/queues.ts';
import { desiredConfiguration } from '../../src/core/flux/desired.ts';
import type { ArmJson } from '../../src/ports/arm.ts';
import { COMMIT, configuration } from '../core/clusters.ts';
import { Bench, idOf, MINUTE, SECOND } from './support.ts';

/** The previous revision, synced and Compliant. */
function previous(): ArmJson {
  const gitRepository = { url: 'https://git.example/shop', repositoryRef: { branch: 'main', commit: 'd'.repeat(40) } };
  return desiredConfiguration(configuration({ gitRepository }), {})['properties'] as ArmJson;
}

const ringed = {
  strategy: {
    maxConcurrency: 2,
    stages: [
      { name: 'canary', selector: { names: ['c0'] } },
      { name: 'rest', maxFailures: 0 },
    ],
  },
};
const dead = { reason: 'MaxDeliveryCountExceeded', description: 'ten times' };

describe('a stale Compliant of the previous revision', () => {
  it.each([
    ['that stays visible until the agent syncs', {}],
    ['that is repeated with a new time', { repeatsOldStatus: true }],
    ['under a slow agent, in the older commit format', { syncMs: 5 * MINUTE, commitFormat: 'branch/commit' as const }],
  ])('%s never passes a stage', async (_what, agent) => {
    const bench = new Bench([
      { configurations: { shop: previous() }, agent },
      { configurations: { shop: previous() }, agent },
    ]);
    const { id } = await bench.submit(ringed);
    let early = 0;
    const ended = await bench.run(id, 30 * MINUTE, async () => {
      const { stages } = await bench.rollout(id);
      const report = bench.azure.cluster(idOf('c0'))?.configurations.get('shop')?.report;
      if (stages[0]?.phase === 'Done' && report?.commit?.includes(COMMIT) !== true) early += 1;
    });
    expect([ended.status, early, bench.writes.length]).toEqual(['Succeeded', 0, 2]);
  });

  it('of a cluster that never syncs ends as TimedOut, and the next stage is never written', async () => {
    const bench = new Bench([{ configurations: { shop: previous() }, agent: { outcome: 'silent' } }, {}]);
    const { id } = await bench.submit(ringed);
    expect((await bench.run(id, 30 * MINUTE)).status).toBe('Halted');
    expect(await bench.results(id)).toEqual({ 0: 'TimedOut NoReportYet' });
    expect(bench.writes).toHaveLength(1);
  });
});

describe('a rollout', () => {
  it('that fails in the canary stage leaves the rest alone', async () => {
    const bench = new Bench([{ agent: { outcome: 'fails' } }, {}, {}]);
    const { id } = await bench.submit(ringed);
    expect((await bench.run(id, 30 * MINUTE)).status).toBe('Halted');
    expect(bench.writes.map(({ clusterId }) => clusterId)).toEqual([idOf('c0')]);
  });

  it('waits for offline clusters and catches them up when they come back', async () => {
    const bench = new Bench([{ connected: false }, {}]);
    const { id } = await bench.submit({ strategy: { maxConcurrency: 2, stages: [{ name: 'all' }] } });
    expect(await bench.run(id, 10 * MINUTE)).toMatchObject({ status: 'Running', waiting: { code: 'ClustersOffline' } });
    bench.azure.connect(idOf('c0'), true);
    expect((await bench.run(id, 10 * MINUTE)).status).toBe('Succeeded');
  });

  it('gives offline clusters up after deferFor, and says so in its end state', async () => {
    const bench = new Bench([{ connected: false }, {}]);
    const { id } = await bench.submit({ target: { deferFor: '10m' }, strategy: { stages: [{ name: 'all' }] } });
    expect((await bench.run(id, 30 * MINUTE)).status).toBe('CompletedWithFailures');
    expect(await bench.results(id)).toMatchObject({ 0: 'Deferred ClusterOffline' });
  });

  it('notices a cluster that goes bad while the stage soaks', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submit({ strategy: { stages: [{ name: 'all', soak: '10m' }] } });
    expect((await bench.run(id, 5 * MINUTE)).status).toBe('Soaking');
    bench.azure.report(idOf('c0'), 'shop', false);
    expect(await bench.run(id, 20 * MINUTE)).toMatchObject({ status: 'Halted', stages: [{ regressed: 1 }] });
  });

  it('that is rolled out again writes nothing', async () => {
    const bench = new Bench([{}, {}]);
    await bench.run((await bench.submit()).id);
    const again = await bench.submit();
    expect((await bench.run(again.id)).status).toBe('Succeeded');
    expect(await bench.results(again.id)).toEqual({ 0: 'Unchanged AsDesired', 1: 'Unchanged AsDesired' });
    expect(bench.writes).toHaveLength(2);
  });
});

describe('dead letters', () => {
  it('of an operation become a Failed cluster with the reason', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submitAndPlan();
    await accountDeadOperation(bench.deps, bench.nextOperation(), dead);
    expect((await bench.run(id, 10 * MINUTE)).status).toBe('Halted');
    expect(await bench.results(id)).toEqual({ 0: 'Failed OperationPoisoned' });
  });

  it('of an operation that the row has left behind change nothing', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submitAndPlan();
    const message = bench.nextOperation()!;
    for (const body of [
      { ...message, step: 2 },
      { ...message, attempt: 2 },
      { ...message, rolloutId: 'x' },
      'nonsense',
      null,
    ]) {
      await accountDeadOperation(bench.deps, body, dead);
    }
    expect((await bench.row(id))?.state).toBe('queued');
  });

  it('of a wake-up are shown in the rollout, which is tried again later', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submitAndPlan();
    await showDeadWakeup(bench.deps, { schema: 1, rolloutId: id }, dead);
    expect(await bench.rollout(id)).toMatchObject({
      waiting: { code: 'EngineFault' },
      nextCheckAt: bench.clock.now() + 5 * MINUTE,
    });
    for (const body of [{ schema: 1, rolloutId: 'x' }, 5, undefined]) await showDeadWakeup(bench.deps, body, dead);
    expect((await bench.run(id)).status).toBe('Succeeded');
  });
});

describe('the timer', () => {
  it('wakes a rollout whose wake-up was lost, and no other', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submit();
    const queue = bench.bus.queues.get(ROLLOUTS_QUEUE)!;
    bench.clock.advance(SECOND);
    queue.complete(queue.receive(bench.clock.now())!, bench.clock.now());
    await wakeOverdue(bench.deps);
    expect(queue.size).toBe(0);
    bench.clock.advance(MINUTE);
    await wakeOverdue(bench.deps);
    expect(queue.size).toBe(1);
    expect((await bench.run(id)).status).toBe('Succeeded');
  });

  it('tidies the active set: ended rollouts, and submissions that were never finished', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submit();
    await bench.run(id);
    for (const rolloutId of [id, 'abandoned']) {
      const { version } = await bench.deps.index.active();
      await bench.deps.index.activate({ rolloutId, subjects: ['shop'], createdAt: bench.clock.now() }, version);
    }
    await wakeOverdue(bench.deps);
    expect((await bench.deps.index.active()).rollouts.map(({ rolloutId }) => rolloutId)).toEqual(['abandoned']);
    bench.clock.advance(11 * MINUTE);
    await wakeOverdue(bench.deps);
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
  });
});

describe('the audit trail', () => {
  it('is a chain over every event, in which tampering shows', async () => {
    const bench = new Bench([{}, {}]);
    const { id } = await bench.submit();
    await bench.run(id);
    const rows = await bench.deps.store.events(id, 0, 100);
    const { digest } = bench.deps;
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, n) => n + 1));
    expect((await bench.rollout(id)).eventHash).toBe(rows.at(-1)?.hash);
    expect(findTampering(digest, rows)).toBeUndefined();

    const forged = structuredClone(rows) as {
      events: { detail?: string; at: number; actor: { name: string } }[];
      at: number;
      hash: string;
    }[];
    const at = (index: number, change: (row: (typeof forged)[number]) => void) => {
      const copy = structuredClone(forged);
      change(copy[index]!);
      return findTampering(digest, copy as never);
    };
    expect(at(1, (row) => (row.events[0]!.detail = 'nothing happened'))).toBe(2);
    expect(at(0, (row) => (row.events[0]!.actor.name = 'mallory'))).toBe(1);
    expect(at(1, (row) => (row.at += 1))).toBe(2);
    expect(at(1, (row) => (row.hash = forged[0]!.hash))).toBe(2);
    expect(findTampering(digest, rows.slice(1))).toBe(2);
    expect(findTampering(digest, [rows[0]!, rows[2]!])).toBe(3);
    expect(findTampering(digest, [rows[1]!, rows[0]!])).toBe(2);
  });
});

it('the inventory is taken anew when it is too old to plan on', async () => {
  const bench = new Bench([{}]);
  expect((await freshFleet(bench.deps)).clusters).toHaveLength(1);
  bench.azure.add({ id: idOf('c1') });
  expect((await bench.submit({ target: { selector: { names: ['c0'] } } })).targets).toBe(1);
  bench.clock.advance(6 * MINUTE);
  expect((await bench.submit({ target: { selector: { names: ['c1'] } } })).targets).toBe(1);
});
