import { describe, expect, it } from 'vitest';
import { mergeGauges } from '../../../src/app/telemetry/gauges.ts';
import { budgetGauges } from '../../../src/app/telemetry/measure-budgets.ts';
import { queueGauge } from '../../../src/app/telemetry/measure-queues.ts';
import { rolloutGauges } from '../../../src/app/telemetry/measure-rollouts.ts';
import { sweepGauges } from '../../../src/app/telemetry/measure-sweeps.ts';
import type { Rollout } from '../../../src/contracts/rollout-state.ts';
import { emptyCounts } from '../../../src/core/compliance/counts.ts';
import { ARM_WRITES } from '../../../src/core/throttle/budget.ts';
import { MINUTE, rollout, SECOND, stage, T0 } from '../../core/rollout/support/builders.ts';
import { series, told } from './series.ts';

describe('rollouts', () => {
  const now = T0 + 10 * MINUTE;
  const inTime = { nextCheckAt: now };
  const soaking = stage(5, { name: 'canary', phase: 'Soaking', phaseSince: now - 90 * SECOND, next: 5 });
  const pending = stage(10, { name: 'rest', phase: 'Pending' });

  it.each<[what: string, active: readonly Rollout[], notRead: number, told: Record<string, number>]>([
    ['none', [], 0, {}],
    [
      'one that is half-way through its only stage',
      [rollout([stage(10, { next: 7, counts: { Succeeded: 3, Failed: 1 }, deferred: 1 })], inTime)],
      0,
      {
        'flotilla.rollouts status=Running': 1,
        'flotilla.rollout.clusters state=NotStarted': 3,
        'flotilla.rollout.clusters state=InFlight': 2,
        'flotilla.rollout.clusters state=Waiting': 1,
        'flotilla.rollout.clusters state=Succeeded': 3,
        'flotilla.rollout.clusters state=Failed': 1,
        'flotilla.stage.age rollout=01JDROLLOUT stage=all phase=Running': 600,
      },
    ],
    [
      'several: sums, the latest one that is late, and stages that are under way',
      [
        rollout([soaking, pending], { ...inTime, id: 'a', status: 'Soaking' }),
        rollout([pending], { id: 'b', status: 'Halted', nextCheckAt: now - 200 * SECOND }),
        rollout([pending], { id: 'c', status: 'Halted', nextCheckAt: now - 100 * SECOND }),
        rollout([pending], { id: 'd', status: 'Paused', nextCheckAt: now + 100 * SECOND }),
      ],
      0,
      {
        'flotilla.rollouts status=Soaking': 1,
        'flotilla.rollouts status=Halted': 2,
        'flotilla.rollouts status=Paused': 1,
        'flotilla.rollout.clusters state=NotStarted': 40,
        'flotilla.rollout.clusters state=InFlight': 5,
        'flotilla.rollout.overdue': 200,
        'flotilla.stage.age rollout=a stage=canary phase=Soaking': 90,
      },
    ],
    [
      'one that has ended and is still among the active ones',
      [rollout([stage(1)], { status: 'Succeeded', nextCheckAt: T0 })],
      0,
      {},
    ],
    ['more than are read', [], 7, { 'flotilla.rollouts status=NotRead': 7 }],
  ])('%s', (_what, active, notRead, expected) => {
    expect(told(rolloutGauges(active, notRead, now))).toEqual(expected);
  });

  it('every status and state has its series, so that zero is told', () => {
    const names = Object.keys(series(rolloutGauges([rollout([stage(1)])], 0, now)));
    expect(names.filter((name) => name.startsWith('flotilla.rollouts '))).toHaveLength(6);
    expect(names.filter((name) => name.startsWith('flotilla.rollout.clusters '))).toHaveLength(10);
    expect(names).toContain('flotilla.rollout.overdue');
  });

  it('of a hundred stages at most the age is told', () => {
    const many = Array.from({ length: 120 }, (_, n) => rollout([stage(1)], { id: `r${n}` }));
    const ages = rolloutGauges(many, 0, now).find(({ name }) => name === 'flotilla.stage.age');
    expect(ages?.values).toHaveLength(100);
  });
});

describe('sweeps', () => {
  const counts = {
    ...emptyCounts(),
    clusters: 9,
    drifting: 2,
    byState: { Compliant: 12, Failed: 1 },
    clustersByState: { Compliant: 8, Failed: 1 },
  };

  it.each([
    ['there was none', undefined, undefined, {}],
    ['none is complete', T0 - MINUTE, undefined, { 'flotilla.sweep.age': 60 }],
    [
      'one is complete',
      T0 - MINUTE,
      counts,
      {
        'flotilla.sweep.age': 60,
        'flotilla.fleet.clusters state=Compliant': 8,
        'flotilla.fleet.clusters state=Failed': 1,
        'flotilla.fleet.subjects state=Compliant': 12,
        'flotilla.fleet.subjects state=Failed': 1,
        'flotilla.fleet.drifting': 2,
      },
    ],
  ])('%s', (_what, startedAt, complete, expected) => {
    expect(told(sweepGauges(startedAt, complete, T0))).toEqual(expected);
  });

  it('states in which nothing is are told as zero', () => {
    expect(series(sweepGauges(T0, counts, T0))).toMatchObject({
      'flotilla.fleet.clusters state=Stale': 0,
      'flotilla.fleet.subjects state=Absent': 0,
    });
  });
});

describe('quotas', () => {
  const emptyBucketMs = (ARM_WRITES.capacity * 1000) / ARM_WRITES.refillPerSecond;

  it('how much is used, and how often ARM said 429', () => {
    const stored = new Map([
      ['arm-writes.sub', { fullAt: T0 + emptyBucketMs / 2, throttled: 4 }],
      ['arm-reads.sub', { fullAt: T0 - 1 }],
    ]);
    expect(series(budgetGauges(['SUB'], stored, T0))).toEqual({
      'flotilla.budget.used pool=arm-writes subscription=SUB': 0.5,
      'flotilla.budget.used pool=arm-reads subscription=SUB': 0,
      'flotilla.budget.used pool=graph': 0,
      'flotilla.azure.throttled pool=arm-writes subscription=SUB': 4,
      'flotilla.azure.throttled pool=arm-reads subscription=SUB': 0,
    });
  });

  it('what is counted says so, what is measured does not', () => {
    expect(budgetGauges([], new Map(), T0).map(({ name, monotonic }) => [name, monotonic])).toEqual([
      ['flotilla.budget.used', undefined],
      ['flotilla.azure.throttled', true],
    ]);
  });
});

it.each([
  [T0 - 5 * SECOND, [5]],
  // The broker's clock may be ahead of ours.
  [T0 + 5 * SECOND, [0]],
  ['none' as const, [0]],
  ['unknown' as const, []],
])('a queue whose oldest message is in line since %s', (since, values) => {
  expect(queueGauge('rollouts', since, T0).values.map(({ value }) => value)).toEqual(values);
});

it('gauges of several parts become one, and those without values none', () => {
  const [one, two, none] = [
    queueGauge('a', T0, T0),
    queueGauge('b', T0 - SECOND, T0),
    { name: 'n', help: '', unit: 's', values: [] },
  ];
  expect(mergeGauges([one, none, two])).toEqual([{ ...one, values: [...one.values, ...two.values] }]);
});
