import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import { actionsOf } from '../../../src/core/change/actions.ts';
import { estimate } from '../../../src/core/plan/estimate.ts';
import { blockersOf } from '../../../src/core/plan/finding.ts';
import { freeze } from '../../../src/core/plan/freeze.ts';
import { ARM_WRITES } from '../../../src/core/throttle/budget.ts';
import { cluster, rawConfiguration, request, SUBSCRIPTION_B } from '../clusters.ts';

const APPLY = { configurations: [rawConfiguration()] };

function estimated(
  clusters: readonly Cluster[],
  { change = APPLY, stages = [{ name: 'a', maxConcurrency: '100%' }] }: { change?: unknown; stages?: unknown[] } = {},
) {
  const asked = request({ change, strategy: { stages } });
  const frozen = freeze(asked, { takenAt: 0, clusters }, 0);
  if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
  return estimate(frozen.plan.stages, frozen.plan.targets, actionsOf(asked.change));
}

const many = (count: number, changes: Partial<Cluster> = {}, prefix = 'c') =>
  Array.from({ length: count }, (_, n) => cluster(`${prefix}${n}`, changes));

describe('estimate', () => {
  it('counts one write and two reads for each cluster, and as many where the extension is missing', () => {
    expect(estimated([cluster('a'), cluster('b', { extension: 'Missing' })])).toMatchObject({ writes: 3, reads: 6 });
  });

  it('counts every action of a change on every cluster', () => {
    const change = {
      fluxV1: 'remove',
      extension: { action: 'ensure', configurationSettings: { 'helm-controller.enabled': true } },
      configurations: [rawConfiguration(), { action: 'suspend', name: 'other' }, { action: 'remove', name: 'old' }],
    };
    // A setting has to be written whether the extension is there or not.
    expect(estimated(many(4), { change })).toMatchObject({ writes: 20, reads: 40 });
  });

  it('counts no work on clusters that are left out', () => {
    const asked = request({ target: { blocked: 'skip' } });
    const clusters = many(3);
    const block = { code: 'FluxV1Present', severity: 'block', clusterId: clusters[1]!.id, detail: 'x' } as const;
    const frozen = freeze(asked, { takenAt: 0, clusters }, 0, blockersOf([block]));
    if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
    const { stages, targets } = frozen.plan;
    expect(estimate(stages, targets, actionsOf(asked.change))).toMatchObject({ writes: 2, reads: 4 });
  });

  it('waits for the quota of the busiest subscription, not for the sum', () => {
    const beyond = ARM_WRITES.capacity + 10 * ARM_WRITES.refillPerSecond;
    expect(estimated(many(beyond)).quotaSeconds).toBe(10);
    expect(
      estimated([...many(ARM_WRITES.capacity), ...many(ARM_WRITES.capacity, { subscriptionId: SUBSCRIPTION_B }, 'd')])
        .quotaSeconds,
    ).toBe(0);
  });

  it('takes the quota for as many writes as there are actions', () => {
    const change = { configurations: [rawConfiguration(), { action: 'remove', name: 'old' }] };
    expect(estimated(many(ARM_WRITES.capacity), { change }).quotaSeconds).toBe(
      ARM_WRITES.capacity / ARM_WRITES.refillPerSecond,
    );
  });

  it('adds rounds of concurrency, installations and soaks', () => {
    const rounds = [{ name: 'a', maxConcurrency: 5, soak: '1m' }];
    expect(estimated(many(10), { stages: rounds }).expectedSeconds).toBe(2 * 75 + 60);
    const missing = many(2, { extension: 'Missing' });
    expect(estimated(missing, { stages: [{ name: 'a', maxConcurrency: 2 }] }).expectedSeconds).toBe(75 + 90);
    const stages = [{ name: 'none', selector: { names: ['x'] }, soak: '1h' }, { name: 'a' }];
    expect(estimated(many(1), { stages }).expectedSeconds).toBe(75);
  });

  it('adds up the actions of a cluster, which go one after the other', () => {
    const change = {
      extension: { action: 'ensure', version: '1.24.1' },
      configurations: [rawConfiguration(), { action: 'resume', name: 'other' }],
    };
    expect(estimated(many(1), { change }).expectedSeconds).toBe(90 + 75 + 75);
  });
});
