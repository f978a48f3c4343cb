import { expect, it } from 'vitest';
import { SUBSCRIPTION_A } from '../../core/clusters.ts';
import { MINUTE } from '../support.ts';
import { baselines, rolledOut, rollOut, snapshots, sweep } from './support.ts';

const STAGES = [{ name: 'canary', selector: { names: ['c0'] } }, { name: 'rest' }];

it('a sweep counts by the stage of the last successful rollout', async () => {
  const bench = await rolledOut(3, STAGES);
  expect((await sweep(bench)).byStage).toEqual({ canary: { Compliant: 1 }, rest: { Compliant: 2 } });
  expect(await snapshots(bench)).toMatchObject({ 'c0 shop': { stage: 'canary' }, 'c2 shop': { stage: 'rest' } });
  expect((await snapshots(bench))['c0 @extension']).not.toHaveProperty('stage');
});

it('an edit is a rollout too', async () => {
  const bench = await rolledOut(2, STAGES);
  await rollOut(bench, { configurations: [{ action: 'suspend', name: 'shop' }] }, [{ name: 'freeze' }]);
  bench.clock.advance(10 * MINUTE);
  expect((await sweep(bench)).byStage).toEqual({ freeze: { Suspended: 2 } });
});

it('what is missed counts in its stage', async () => {
  const bench = await rolledOut(2, STAGES);
  const id = Object.values(await baselines(bench))[0]!.clusterId;
  bench.azure.configurations.remove(id, 'shop', true);
  bench.clock.advance(10 * MINUTE);
  expect((await sweep(bench)).byStage).toEqual({ canary: { Absent: 1 }, rest: { Compliant: 1 } });
});

it('baselines from before stages were kept count in none', async () => {
  const bench = await rolledOut(1, STAGES);
  const old = Object.values(await baselines(bench)).map(({ stage: _, ...rest }) => rest);
  await bench.deps.compliance.writeBaselines(old);
  expect((await sweep(bench)).byStage).toEqual({});
  expect((await snapshots(bench))['c0 shop']?.clusterId).toContain(SUBSCRIPTION_A);
});
