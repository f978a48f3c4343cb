import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import { estimate } from '../../../src/core/plan/estimate.ts';
import { freeze } from '../../../src/core/plan/freeze.ts';
import { ARM_WRITES } from '../../../src/core/throttle/budget.ts';
import { findWarnings } from '../../../src/core/plan/warnings.ts';
import { cluster, rawConfiguration, request, SUBSCRIPTION_B } from '../clusters.ts';

function planned(asked: ReturnType<typeof request>, clusters: readonly Cluster[] = [cluster('c')]) {
  const frozen = freeze(asked, { takenAt: 0, clusters }, 0);
  if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
  return frozen.plan;
}

function codes(changes: Record<string, unknown>, clusters?: readonly Cluster[]): string[] {
  const asked = request(changes);
  return findWarnings(asked, planned(asked, clusters)).map(({ code }) => code);
}

const configured = (changes: Record<string, unknown>) => ({ change: { configurations: [rawConfiguration(changes)] } });
const many = (count: number, changes: Partial<Cluster> = {}, prefix = 'c') =>
  Array.from({ length: count }, (_, n) => cluster(`${prefix}${n}`, changes));

describe('warnings', () => {
  it.each([
    ['a pinned, portable plan', {}, []],
    [
      'a moving branch',
      configured({ gitRepository: { url: 'https://git.example/s', repositoryRef: { branch: 'main' } } }),
      ['NotPinned'],
    ],
    [
      'a moving tag',
      configured({ gitRepository: { url: 'https://git.example/s', repositoryRef: { tag: 'v1' } } }),
      ['NotPinned'],
    ],
    ['a name of 30 characters', configured({ name: 'a'.repeat(30) }), []],
    ['a name of 31 characters', configured({ name: 'a'.repeat(31) }), ['NameNotPortable']],
    ['a name with a period', configured({ name: 'a.b' }), ['NameNotPortable']],
    ['an object name of 63 characters', configured({ kustomizations: { ['k'.repeat(58)]: {} } }), []],
    [
      'an object name of 64 characters',
      configured({ kustomizations: { ['k'.repeat(59)]: {} } }),
      ['ObjectNameTooLong'],
    ],
    [
      'an empty stage',
      { strategy: { stages: [{ name: 'a', selector: { names: ['none'] } }, { name: 'b' }] } },
      ['EmptyStage'],
    ],
  ])('of %s', (_what, changes, expected) => {
    expect(codes(changes)).toEqual(expected);
  });

  it('of offline and of left-out clusters', () => {
    const stages = [{ name: 'a', selector: { names: ['c*'] } }];
    expect(
      codes({ target: { unmatched: 'skip' }, strategy: { stages } }, [cluster('c', { offline: true }), cluster('x')]),
    ).toEqual(['ClustersOffline', 'ClustersLeftOut']);
  });

  it('of a concurrency beyond what one rollout keeps in flight', () => {
    expect(codes({ strategy: { stages: [{ name: 'a', maxConcurrency: 2001 }] } })).toEqual(['ConcurrencyCapped']);
    expect(codes({ strategy: { stages: [{ name: 'a', maxConcurrency: 2000 }] } })).toEqual([]);
  });
});

describe('estimate', () => {
  const of = (clusters: readonly Cluster[], stages: unknown[] = [{ name: 'a', maxConcurrency: '100%' }]) => {
    const { stages: states, targets } = planned(request({ strategy: { stages } }), clusters);
    return estimate(states, targets);
  };

  it('counts one write for each cluster, two where the extension is missing, and two reads', () => {
    expect(of([cluster('a'), cluster('b', { extension: 'Missing' })])).toMatchObject({ writes: 3, reads: 4 });
  });

  it('waits for the quota of the busiest subscription, not for the sum', () => {
    const beyond = ARM_WRITES.capacity + 10 * ARM_WRITES.refillPerSecond;
    expect(of(many(beyond)).quotaSeconds).toBe(10);
    expect(
      of([...many(ARM_WRITES.capacity), ...many(ARM_WRITES.capacity, { subscriptionId: SUBSCRIPTION_B }, 'd')])
        .quotaSeconds,
    ).toBe(0);
  });

  it('adds rounds of concurrency, installations and soaks', () => {
    expect(of(many(10), [{ name: 'a', maxConcurrency: 5, soak: '1m' }]).expectedSeconds).toBe(2 * 75 + 60);
    expect(of(many(2, { extension: 'Missing' }), [{ name: 'a', maxConcurrency: 2 }]).expectedSeconds).toBe(75 + 90);
    const stages = [{ name: 'none', selector: { names: ['x'] }, soak: '1h' }, { name: 'a' }];
    expect(of(many(1), stages).expectedSeconds).toBe(75);
  });
});
