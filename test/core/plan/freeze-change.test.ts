import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import type { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { blockersOf, type Blockers, type Finding } from '../../../src/core/plan/finding.ts';
import { freeze, type FrozenPlan } from '../../../src/core/plan/freeze.ts';
import { cluster, rawConfiguration, request } from '../clusters.ts';

const freezing = (asked: RolloutRequest, clusters: readonly Cluster[], blockers?: Blockers) =>
  freeze(asked, { takenAt: 0, clusters }, 0, blockers);

function plan(asked: RolloutRequest, clusters: readonly Cluster[], blockers?: Blockers): FrozenPlan {
  const frozen = freezing(asked, clusters, blockers);
  if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
  return frozen.plan;
}

function problems(asked: RolloutRequest, clusters: readonly Cluster[], blockers?: Blockers) {
  const frozen = freezing(asked, clusters, blockers);
  return frozen.ok ? [] : frozen.problems;
}

describe('variables', () => {
  it('are frozen with the target, as cluster values are', () => {
    const asked = request({
      variables: { path: { value: 'main', overrides: [{ selector: { names: ['a'] }, value: 'canary' }] } },
      change: { configurations: [rawConfiguration({ kustomizations: { apps: { path: './${variables.path}' } } })] },
    });
    expect(plan(asked, [cluster('a'), cluster('b')]).targets.map(({ values }) => values)).toEqual([
      { 'variables.path': 'canary' },
      { 'variables.path': 'main' },
    ]);
  });
});

describe('a change', () => {
  it('of any kind is frozen: several configurations, the extension, Flux v1', () => {
    const changes = [
      { fluxV1: 'remove' },
      { extension: { action: 'ensure', version: '1.24.1' } },
      { extension: { action: 'remove' }, configurations: [{ action: 'remove', name: 'shop' }] },
      {
        configurations: [
          rawConfiguration(),
          { action: 'edit', name: 'b', kustomizations: { apps: { path: './${cluster.name}' } } },
          { action: 'suspend', name: 'c' },
        ],
      },
    ];
    const values = changes.map((change) => plan(request({ change }), [cluster('a')]).targets[0]?.values);
    expect(values).toEqual([{}, {}, {}, { 'cluster.name': 'a' }]);
  });
});

describe('clusters that cannot take the change', () => {
  const fleet = Array.from({ length: 12 }, (_, n) => cluster(`c${String(n).padStart(3, '0')}`));
  const found = (code: string, n: number, severity: Finding['severity'] = 'block'): Finding => ({
    code,
    severity,
    clusterId: fleet[n]!.id.toUpperCase(),
    detail: `${code} of c${n}.`,
  });
  const blockers = blockersOf([
    ...fleet.map((_, n) => found('FluxV1Present', n)),
    found('ExtensionFailed', 3),
    found('ClusterOffline', 4, 'warn'),
  ]);

  it('refuse the plan: one problem for each kind, with the count, the first ten, and what to do', () => {
    const [fluxV1, failed, ...others] = problems(request(), fleet, blockers);
    expect(others).toEqual([]);
    expect(fluxV1).toMatchObject({ field: 'target.blocked', code: 'FluxV1Present' });
    expect(fluxV1?.detail).toMatch(
      /^12 clusters cannot .*, and 2 more\. .*FluxV1Present of c\d+\. .*target\.blocked: skip/,
    );
    expect(fluxV1?.detail.match(/CONNECTEDCLUSTERS\/C\d+/g)).toHaveLength(10);
    expect(failed).toMatchObject({ field: 'target.blocked', code: 'ExtensionFailed' });
    expect(failed?.detail).toMatch(/^1 clusters cannot .*C003\. /);
  });

  it('are marked with what was found first where the plan skips them; the others are not', () => {
    const asked = request({ target: { blocked: 'skip' } });
    const some = blockersOf([
      found('ImmutableField', 3),
      found('ExtensionFailed', 3),
      found('ClusterOffline', 4, 'warn'),
    ]);
    const { targets } = plan(asked, fleet, some);
    expect(targets).toHaveLength(12);
    expect(targets.flatMap(({ clusterId, blocked }) => (blocked ? [{ clusterId, blocked }] : []))).toEqual([
      { clusterId: fleet[3]!.id, blocked: { code: 'ImmutableField', detail: 'ImmutableField of c3.' } },
    ]);
  });

  it('do not matter when no stage takes them', () => {
    const strategy = { stages: [{ name: 'all', selector: { names: ['c001'] } }] };
    const asked = request({ target: { unmatched: 'skip' }, strategy });
    const { targets, leftOut } = plan(asked, fleet, blockersOf([found('ExtensionFailed', 3)]));
    expect([targets.length, leftOut]).toEqual([1, 11]);
  });
});
