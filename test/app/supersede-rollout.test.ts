import { describe, expect, it } from 'vitest';
import { advanceRollout } from '../../src/app/advance-rollout.ts';
import { rolloutView } from '../../src/app/read/rollout-view.ts';
import { supersedeRollout } from '../../src/app/supersede-rollout.ts';
import { Bench, SECOND } from './support.ts';

const NEWER = '01JENEWER';

async function oneInFlight() {
  const bench = new Bench([{}, {}, {}]);
  const { id } = await bench.submitAndPlan({ strategy: { stages: [{ name: 'all' }] } });
  for (let seconds = 0; seconds < 60 && bench.writes.length === 0; seconds++) {
    while (bench.writes.length === 0 && (await bench.deliver()));
    bench.clock.advance(SECOND);
  }
  return { bench, id };
}

const typesOf = async ({ deps }: Bench, id: string) =>
  (await deps.store.events(id, 0, 50)).flatMap((row) => row.events.map(({ type }) => type));

describe('superseding', () => {
  it('lets the cluster in flight finish, writes no other, and ends the rollout as Superseded with a link', async () => {
    const { bench, id } = await oneInFlight();
    await supersedeRollout(bench.deps, id, NEWER);
    const ended = await bench.run(id);
    expect(ended).toMatchObject({ status: 'Superseded', supersededBy: NEWER, endReason: { code: 'Superseded' } });
    expect(bench.writes).toHaveLength(1);
    expect(rolloutView(ended)).toMatchObject({
      status: 'Superseded',
      supersededBy: NEWER,
      counts: { Succeeded: 1, Cancelled: 2 },
    });
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
  });

  it('twice is once, and leaves a rollout that has ended alone', async () => {
    const { bench, id } = await oneInFlight();
    await supersedeRollout(bench.deps, id, NEWER);
    await supersedeRollout(bench.deps, id, 'other');
    expect((await bench.run(id)).supersededBy).toBe(NEWER);
    await supersedeRollout(bench.deps, id, 'other');
    await advanceRollout(bench.deps, id);
    expect((await typesOf(bench, id)).filter((type) => /Supersede|Refused/.test(type))).toEqual(['SupersedeRequested']);
    expect((await bench.deps.store.load(id))?.commands).toEqual([]);
  });

  it('of a rollout that waits for approval ends it at once', async () => {
    const bench = new Bench([{}, {}]);
    const { id } = await bench.submitAndPlan({
      strategy: { stages: [{ name: 'all', gates: { before: { approval: {} } } }] },
    });
    bench.clock.advance(SECOND);
    await supersedeRollout(bench.deps, id, NEWER);
    expect((await bench.deps.store.header(id))?.value.status).toBe('Superseded');
    expect(bench.writes).toEqual([]);
  });

  it('of a rollout that is not there is 404', async () => {
    await expect(supersedeRollout(new Bench([]).deps, 'x', NEWER)).rejects.toMatchObject({ status: 404 });
  });
});
