import { describe, expect, it } from 'vitest';
import { advanceRollout } from '../../../src/app/advance-rollout.ts';
import { giveCommand } from '../../../src/app/give-command.ts';
import { submitRollout } from '../../../src/app/submit-rollout.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import type { Attributes, CounterName } from '../../../src/ports/telemetry.ts';
import { request } from '../../core/clusters.ts';
import { alice, Bench, MINUTE } from '../support.ts';

const staged = {
  strategy: {
    maxConcurrency: 2,
    maxFailures: 1,
    stages: [
      { name: 'canary', selector: { names: ['c0'] }, soak: '2m' },
      { name: 'rest', maxFailures: 1 },
    ],
  },
};

/** What was counted under a name, and how much. */
function counted({ telemetry }: Bench, name: CounterName): [Attributes, number][] {
  const totals = new Map<string, [Attributes, number]>();
  for (const count of telemetry.counted.filter((each) => each.name === name)) {
    const key = JSON.stringify(count.attributes);
    totals.set(key, [count.attributes, (totals.get(key)?.[1] ?? 0) + count.by]);
  }
  return [...totals.values()];
}

/** Names, attributes and parents are the adapter's matter; here it is which there are. */
const roots = ({ telemetry }: Bench) => telemetry.spans.filter(({ isRoot }) => isRoot === true);

describe('a rollout', () => {
  it('is counted when it starts and ends, with its clusters and the time in each phase of a stage', async () => {
    const bench = new Bench([{}, {}, { agent: { outcome: 'fails' } }]);
    const { id } = await bench.submit(staged);
    expect((await bench.run(id, 60 * MINUTE)).status).toBe('CompletedWithFailures');
    expect(counted(bench, 'flotilla.rollouts.started')).toEqual([[{}, 1]]);
    expect(counted(bench, 'flotilla.rollouts.ended')).toEqual([[{ status: 'CompletedWithFailures' }, 1]]);
    const results = Object.values(await bench.results(id));
    expect(
      counted(bench, 'flotilla.clusters.ended').flatMap(([{ verdict, code }, by]) =>
        Array<string>(by).fill(`${String(verdict)} ${String(code)}`),
      ),
    ).toEqual(results);
    const phases = bench.telemetry.recorded.map(({ name, attributes }) => [name, attributes['phase']]);
    expect(phases).toEqual([
      ['flotilla.stage.duration', 'Running'],
      ['flotilla.stage.duration', 'Soaking'],
      ['flotilla.stage.duration', 'Running'],
    ]);
    const soak = bench.telemetry.recorded[1]!.seconds;
    expect(soak).toBeGreaterThanOrEqual(120);
    expect(soak).toBeLessThan(300);
  });

  it('that is called off counts the clusters that it never came to, and the phase that it ended in', async () => {
    const bench = new Bench([{}, { connected: false }, {}, {}]);
    const { id } = await bench.submit({ strategy: { maxConcurrency: 1, stages: [{ name: 'all' }] } });
    await advanceRollout(bench.deps, id);
    await giveCommand(bench.deps, { rolloutId: id, kind: 'cancel', actor: alice, request: { reason: 'wrong commit' } });
    const { status, targets, stages } = await bench.run(id, 60 * MINUTE);
    expect(status).toBe('Cancelled');
    const ended = counted(bench, 'flotilla.clusters.ended');
    expect(ended.reduce((sum, [, by]) => sum + by, 0)).toBe(targets);
    for (const [verdict, clusters] of Object.entries(stages[0]!.counts)) {
      const ofVerdict = ended.filter(([attributes]) => attributes['verdict'] === verdict);
      expect(ofVerdict.reduce((sum, [, by]) => sum + by, 0)).toBe(clusters);
    }
    expect(ended).toContainEqual([{ verdict: 'Cancelled', code: 'NotStarted' }, expect.any(Number)]);
    expect(bench.telemetry.recorded.map(({ attributes }) => attributes)).toEqual([{ phase: 'Running' }]);
    expect(counted(bench, 'flotilla.rollouts.ended')).toEqual([[{ status: 'Cancelled' }, 1]]);
  });

  it('counts nothing for commits that another process was faster with', async () => {
    const bench = new Bench([{}, {}]);
    const { store } = bench.deps;
    const commit = store.commit.bind(store);
    let commits = 0;
    store.commit = async (step) => {
      commits += 1;
      return commits % 3 === 0 ? 'conflict' : commit(step);
    };
    const { id } = await bench.submit({ strategy: { maxConcurrency: 1, stages: [{ name: 'all' }] } });
    expect((await bench.run(id)).status).toBe('Succeeded');
    expect(counted(bench, 'flotilla.clusters.ended').reduce((sum, [, by]) => sum + by, 0)).toBe(2);
    expect(counted(bench, 'flotilla.rollouts.ended')).toEqual([[{ status: 'Succeeded' }, 1]]);
    expect(bench.telemetry.recorded).toHaveLength(1);
  });
});

describe('the span of a rollout itself', () => {
  it('is there once, however often the rollout is submitted, with who and what but no names of people', async () => {
    const bench = new Bench([{}, {}]);
    const submission = { request: request(), actor: alice, idempotencyKey: 'key-1' };
    const { rollout } = await submitRollout(bench.deps, submission);
    expect(await submitRollout(bench.deps, submission)).toMatchObject({ created: false });
    expect(await submitRollout(bench.deps, { ...submission, rolloutId: rollout.id })).toMatchObject({ created: false });
    expect(roots(bench)).toMatchObject([{ name: 'submit rollout', kind: 'internal', rolloutId: rollout.id }]);
    expect(roots(bench)[0]?.attributes).toEqual({
      'flotilla.rollout.id': rollout.id,
      'flotilla.rollout.name': rollout.name,
      'flotilla.rollout.clusters': 2,
      'flotilla.actor.kind': 'key',
    });
    expect(counted(bench, 'flotilla.rollouts.started')).toEqual([[{}, 1]]);
  });

  it('is not there for one that is refused', async () => {
    const bench = new Bench([{}]);
    await bench.submit();
    await expect(bench.submit()).rejects.toThrow();
    expect(roots(bench)).toHaveLength(1);
  });

  it('is there, and has not failed, when the rollout starts later since the queue is away', async () => {
    const bench = new Bench([{}]);
    bench.bus.sendWakeups = () => Promise.reject(new Transient('BusAway', 'no broker'));
    await bench.submit();
    expect(roots(bench)).toMatchObject([{ failed: false }]);
  });
});
