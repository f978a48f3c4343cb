import { expect, it } from 'vitest';
import { updateIndex } from '../../../src/app/advance/index-rows.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { rawConfiguration } from '../../core/clusters.ts';
import { idOf, MINUTE } from '../support.ts';
import { bench, heldCodes } from './support.ts';

it('a rollout that has ended is at work until its baselines are recorded: nothing brings back what it replaced', async () => {
  const world = bench(1);
  await world.rollOut();
  await world.put();
  const record = world.deps.compliance.writeBaselines.bind(world.deps.compliance);
  const repositoryRef = { branch: 'main', commit: 'b'.repeat(40) };
  const newer = rawConfiguration({ gitRepository: { url: 'https://git.example/shop', repositoryRef } });
  const { id } = await world.submit({ change: { configurations: [newer] } });
  world.deps.compliance.writeBaselines = async (baselines) => {
    if (baselines.some(({ rolloutId }) => rolloutId === id)) throw new Transient('ServerBusy', 'away');
    return record(baselines);
  };
  await expect(world.run(id)).rejects.toMatchObject({ code: 'ServerBusy' });
  expect(await world.rollout(id)).toMatchObject({ status: 'Succeeded' });
  world.clock.advance(MINUTE);
  const held = await world.sweepAndTick();
  expect(heldCodes(held)).toEqual({ c0: 'RolloutAtWork' });
  expect(held.lastRun!.held).toMatchObject([{ clusterId: idOf('c0'), detail: expect.stringContaining(id) as string }]);
  expect(await world.corrections()).toEqual([]);

  world.deps.compliance.writeBaselines = record;
  await updateIndex(world.deps, await world.rollout(id));
  world.clock.advance(15 * MINUTE);
  expect((await world.sweepAndTick()).lastRun).toMatchObject({ drifting: 0 });
});
