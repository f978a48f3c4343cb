import { describe, expect, it } from 'vitest';
import { takeReports } from '../../../src/app/webhooks/take-reports.ts';
import { ROLLOUTS_QUEUE } from '../../../src/contracts/queues.ts';
import { Bench, idOf, SECOND } from '../support.ts';

/** A rollout of `shop` whose only cluster is written and awaits evidence. */
async function written() {
  const bench = new Bench([{}]);
  const { id } = await bench.submitAndPlan();
  while ((await bench.row(id))?.state !== 'written') {
    while (await bench.deliver());
    bench.clock.advance(SECOND);
  }
  const wakeups = () => bench.bus.queues.get(ROLLOUTS_QUEUE)!.size;
  return { bench, id, wakeups };
}

describe('a report of a cluster’s own Flux', () => {
  it('marks the cluster for the next look, and wakes the rollout that awaits it', async () => {
    const { bench, id, wakeups } = await written();
    const before = wakeups();
    await takeReports(bench.deps, [{ clusterId: idOf('c0').toUpperCase(), configuration: 'shop' }]);
    expect((await bench.row(id))?.reportedAt).toBe(bench.clock.now());
    expect(wakeups()).toBe(before + 1);
  });

  it.each([
    ['of another configuration', { clusterId: idOf('c0'), configuration: 'other' }],
    ['of another cluster', { clusterId: idOf('c9'), configuration: 'shop' }],
    ['that names no configuration', { clusterId: idOf('c0') }],
  ])('changes nothing when it is %s', async (_what, report) => {
    const { bench, id, wakeups } = await written();
    const before = wakeups();
    await takeReports(bench.deps, [report]);
    expect((await bench.row(id))?.reportedAt).toBeUndefined();
    expect(wakeups()).toBe(before);
  });

  it('changes nothing when nobody is at work there', async () => {
    const { bench, id, wakeups } = await written();
    await bench.run(id);
    const before = wakeups();
    await takeReports(bench.deps, [{ clusterId: idOf('c0'), configuration: 'shop' }]);
    expect(wakeups()).toBe(before);
  });
});
