import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import type { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { freeze, type FrozenPlan } from '../../../src/core/plan/freeze.ts';
import { cluster, rawConfiguration, request, SUBSCRIPTION_A, SUBSCRIPTION_B } from '../clusters.ts';

const NOW = Date.UTC(2026, 0, 1);

function many(count: number, changes: Partial<Cluster> = {}, prefix = 'c'): Cluster[] {
  return Array.from({ length: count }, (_, n) => cluster(`${prefix}${String(n).padStart(3, '0')}`, changes));
}

const freezing = (asked: RolloutRequest, clusters: readonly Cluster[]) =>
  freeze(asked, { takenAt: NOW, clusters }, NOW);

function plan(asked: RolloutRequest, clusters: readonly Cluster[]): FrozenPlan {
  const frozen = freezing(asked, clusters);
  if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
  return frozen.plan;
}

function problems(asked: RolloutRequest, clusters: readonly Cluster[]) {
  const frozen = freezing(asked, clusters);
  return frozen.ok ? [] : frozen.problems;
}

const canary = { name: 'canary', selector: { tags: { ring: 'canary' } } };

describe('numbers', () => {
  it.each([
    ['10%', 5, 1],
    ['10%', 25, 2],
    ['25%', 7, 1],
    ['50%', 5, 2],
    ['100%', 5, 5],
    ['1%', 99, 1],
    [3, 5, 3],
  ])('maxConcurrency %s of %i clusters is %i: percents floor, at least 1', (maxConcurrency, size, expected) => {
    const asked = request({ strategy: { stages: [{ name: 'all', maxConcurrency }] } });
    expect(plan(asked, many(size)).stages[0]?.maxConcurrency).toBe(expected);
  });

  it.each([
    ['10%', 5, 0],
    ['10%', 10, 1],
    ['10%', 19, 1],
    ['100%', 5, 5],
    ['0%', 5, 0],
    [2, 5, 2],
  ])('maxFailures %s of %i clusters is %i', (maxFailures, size, expected) => {
    const asked = request({ strategy: { maxFailures, stages: [{ name: 'all', maxFailures }] } });
    expect(plan(asked, many(size))).toMatchObject({ maxFailures: expected, stages: [{ maxFailures: expected }] });
  });

  it('a stage takes what it does not name from the strategy, but is bound by the rollout`s failure budget alone', () => {
    const strategy = {
      maxConcurrency: 4,
      maxFailures: 1,
      progressDeadline: '5m',
      stages: [{ name: 'all' }, { name: 'b', progressDeadline: 60, soak: '1m' }],
    };
    const { stages } = plan(request({ strategy }), many(6));
    expect(stages[0]).toMatchObject({
      maxConcurrency: 4,
      maxFailures: 6,
      progressDeadlineSeconds: 300,
      soakSeconds: 0,
      gates: {},
    });
    expect(stages[1]).toMatchObject({ progressDeadlineSeconds: 60, soakSeconds: 60 });
  });

  it('gates carry their numbers, with an expiry only where one is asked for', () => {
    const gates = {
      before: { approval: {} },
      after: { approval: { quorum: 2, requesterMayApprove: true, expiresAfter: '1h' } },
    };
    expect(plan(request({ strategy: { stages: [{ name: 'all', gates }] } }), many(1)).stages[0]?.gates).toEqual({
      before: { quorum: 1, requesterMayApprove: false },
      after: { quorum: 2, requesterMayApprove: true, expiresAfterSeconds: 3600 },
    });
  });
});

describe('stages', () => {
  const fleet = [...many(2, { tags: { ring: 'canary' } }, 'canary'), ...many(3, { tags: { ring: 'main' } }, 'main')];

  it('take their clusters in order; one without a selector takes all that is left', () => {
    const { stages, targets, leftOut } = plan(request({ strategy: { stages: [canary, { name: 'rest' }] } }), fleet);
    expect(stages.map(({ name, first, size, next, phase }) => [name, first, size, next, phase])).toEqual([
      ['canary', 0, 2, 0, 'Pending'],
      ['rest', 2, 3, 2, 'Pending'],
    ]);
    expect(targets.slice(0, 2).every(({ clusterId }) => clusterId.includes('canary'))).toBe(true);
    expect(leftOut).toBe(0);
  });

  it('never take a cluster twice, even when several would match', () => {
    const { stages, targets } = plan(
      request({ strategy: { stages: [canary, { ...canary, name: 'again' }, { name: 'rest' }] } }),
      fleet,
    );
    expect(stages.map(({ size }) => size)).toEqual([2, 0, 3]);
    expect(new Set(targets.map(({ clusterId }) => clusterId)).size).toBe(5);
  });

  it('that leave a cluster out are an error that names it', () => {
    expect(problems(request({ strategy: { stages: [canary] } }), fleet)).toMatchObject([
      {
        field: 'strategy.stages',
        code: 'UnmatchedClusters',
        detail: expect.stringMatching(/^3 selected clusters match no stage: .*main000/) as never,
      },
    ]);
  });

  it('name the first ten left-out clusters only', () => {
    const [problem] = problems(request({ strategy: { stages: [canary] } }), many(14));
    expect(problem?.detail.match(/connectedClusters\/c/g)).toHaveLength(10);
    expect(problem?.detail).toContain('and 4 more');
  });

  it('may leave them out, or give them to the last stage, where the plan says so', () => {
    const asked = (unmatched: string) =>
      request({ target: { unmatched }, strategy: { stages: [canary, { ...canary, name: 'last' }] } });
    expect(plan(asked('skip'), fleet)).toMatchObject({ leftOut: 3, stages: [{ size: 2 }, { size: 0 }] });
    expect(plan(asked('lastStage'), fleet)).toMatchObject({ leftOut: 0, stages: [{ size: 2 }, { size: 3 }] });
  });
});

describe('the selection', () => {
  it('that is empty is an error', () => {
    expect(problems(request({ target: { selector: { names: ['nope'] } } }), many(3))).toMatchObject([
      { field: 'target.selector', code: 'EmptySelection' },
    ]);
    expect(problems(request(), [])).toMatchObject([{ code: 'EmptySelection' }]);
  });

  it('with ids that are not in the fleet is an error that names them', () => {
    const [known, gone] = [cluster('known'), cluster('gone')];
    const asked = request({ target: { selector: { ids: [known.id, gone.id] } } });
    expect(problems(asked, [known])).toMatchObject([
      { field: 'target.selector.ids', code: 'UnknownCluster', detail: expect.stringContaining(gone.id) as never },
    ]);
  });

  it('knows ids without case', () => {
    const asked = request({ target: { selector: { ids: [cluster('c').id.toLowerCase()] } } });
    expect(plan(asked, [cluster('c')]).targets).toHaveLength(1);
  });

  it('keeps what the inventory knew: extension, offline', () => {
    const fleet = [cluster('a', { offline: true, extension: 'Missing' })];
    expect(plan(request(), fleet).targets).toEqual([
      { ordinal: 0, clusterId: fleet[0]!.id, extension: 'Missing', offline: true, values: {} },
    ]);
  });
});

describe('cluster values', () => {
  const asking = (path: string) =>
    request({ change: { configurations: [rawConfiguration({ kustomizations: { apps: { path } } })] } });

  it('are frozen with the target, and only those that the change uses', () => {
    const { targets } = plan(asking('./${cluster.tags.ring}/${cluster.name}'), [
      cluster('c', { tags: { ring: 'r1', env: 'x' } }),
    ]);
    expect(targets[0]?.values).toEqual({ 'cluster.tags.ring': 'r1', 'cluster.name': 'c' });
  });

  it('that a cluster does not have are an error that names it', () => {
    expect(problems(asking('./${cluster.tags.ring}'), [cluster('c')])).toMatchObject([
      { field: 'change.configurations', code: 'UnresolvedExpression', detail: expect.stringContaining('/c') as never },
    ]);
  });

  it('of an unknown kind are an error that names what there is', () => {
    expect(problems(asking('./${HOME}'), [cluster('c')])).toMatchObject([
      { code: 'UnknownExpression', detail: expect.stringContaining('cluster.name') as never },
    ]);
  });

  it('must not be asked for before the selection is: clusters outside it need none', () => {
    const fleet = [cluster('in', { tags: { ring: 'x' } }), cluster('out')];
    const asked = {
      ...asking('./${cluster.tags.ring}'),
      target: request({ target: { selector: { names: ['in'] } } }).target,
    };
    expect(plan(asked, fleet).targets).toHaveLength(1);
  });
});

describe('over any fleet', () => {
  const fleets = fc
    .array(
      fc.record({
        subscription: fc.constantFrom(SUBSCRIPTION_A, SUBSCRIPTION_B),
        ring: fc.constantFrom('canary', 'main', 'none'),
      }),
      { minLength: 1, maxLength: 40 },
    )
    .map((all) =>
      all.map(({ subscription, ring }, n) => cluster(`c${n}`, { subscriptionId: subscription, tags: { ring } })),
    );
  const asked = request({
    strategy: { stages: [canary, { name: 'main', selector: { tags: { ring: 'main' } } }, { name: 'rest' }] },
  });

  it('ordinals are contiguous, stages cover them without gaps, and each cluster is there once', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { stages, targets } = plan(asked, fleet);
        expect(targets.map(({ ordinal }) => ordinal)).toEqual(fleet.map((_, n) => n));
        expect(new Set(targets.map(({ clusterId }) => clusterId)).size).toBe(fleet.length);
        let first = 0;
        for (const stage of stages) {
          expect(stage).toMatchObject({ first, next: first });
          first += stage.size;
        }
        expect(first).toBe(fleet.length);
      }),
    );
  });

  it('the plan is the same whatever order the inventory came in', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        expect(plan(asked, [...fleet].reverse())).toEqual(plan(asked, fleet));
      }),
    );
  });
});
