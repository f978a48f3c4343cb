import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveAmount } from '../../../src/contracts/amount.ts';
import { HeldCode } from '../../../src/contracts/policy-binding.ts';
import { decide } from '../../../src/core/bindings/decide.ts';
import type { DriftingCluster, Remedy, Situation } from '../../../src/core/bindings/situation.ts';
import { binding } from './records.ts';

const rollout = (rolloutId = 'R1', action = 1): Remedy => ({ kind: 'rollout', rolloutId, action });
const task = (referenceId?: string): Remedy => ({
  kind: 'policy',
  subscriptionId: 's',
  ...(referenceId !== undefined && { referenceId }),
});
const none = (code: HeldCode): Remedy => ({ kind: 'none', code, detail: 'because' });

function drifting(clusterId: string, ...remedies: Remedy[]): DriftingCluster {
  return { clusterId, offline: false, remedies: remedies.length === 0 ? [rollout()] : remedies };
}

function situation(changes: Partial<Omit<Situation, 'limits'>> & { limits?: object } = {}): Situation {
  const { limits, ...rest } = changes;
  return {
    mode: 'correct',
    selected: 100,
    drifting: [],
    corrected: new Map(),
    atWork: new Map(),
    brake: undefined,
    room: 5,
    ...rest,
    limits: binding({ limits: { ...limits } }).limits,
  };
}

const measuresOf = (given: Situation) =>
  decide(given).measures.map((measure) =>
    measure.kind === 'correction'
      ? `${measure.rolloutId}[${measure.actions.join()}] ${measure.clusterIds.join()}`
      : `${measure.subscriptionId}/${measure.referenceId ?? '-'} ${measure.clusterIds.join()}`,
  );
const heldOf = (given: Situation) => decide(given).held.map(({ clusterId, code }) => `${clusterId} ${code}`);

describe('what is begun', () => {
  it.each<[string, DriftingCluster[], string[]]>([
    ['nothing where nothing drifts', [], []],
    ['one rollout for what drifted from one', [drifting('b'), drifting('a')], ['R1[1] a,b']],
    ['one for each rollout', [drifting('a', rollout('R2')), drifting('b')], ['R1[1] b', 'R2[1] a']],
    [
      'all of it on a cluster that drifted twice from one rollout',
      [drifting('a', rollout('R1', 3), rollout('R1', 2))],
      ['R1[2,3] a'],
    ],
    ['one thing at a time on a cluster', [drifting('a', rollout('R2', 0), rollout('R1', 1))], ['R2[0] a']],
    ['what can be done, beside what cannot', [drifting('a', none('EditedSince'), rollout())], ['R1[1] a']],
    [
      'one task for each member of an initiative',
      [drifting('a', task('x')), drifting('b', task('y'))],
      ['s/x a', 's/y b'],
    ],
    ['one task for an assignment of a definition', [drifting('a', task()), drifting('b', task())], ['s/- a,b']],
  ])('%s', (_what, clusters, expected) => {
    expect(measuresOf(situation({ drifting: clusters }))).toEqual(expected);
    expect(heldOf(situation({ drifting: clusters }))).toEqual([]);
  });

  it('is as large as a list of ids or a task may be, and no more than there is room for', () => {
    const many = Array.from({ length: 2500 }, (_, n) => drifting(`c${String(n).padStart(4, '0')}`));
    const whole = situation({ drifting: many, selected: 2500, limits: { maxDriftShare: '100%' } });
    expect(decide(whole).measures.map(({ clusterIds }) => clusterIds.length)).toEqual([1000, 1000, 500]);
    const { measures, held } = decide({ ...whole, room: 2 });
    expect(measures).toHaveLength(2);
    expect(held).toHaveLength(500);
    expect(held[0]).toMatchObject({ clusterId: 'c2000', code: 'LaterRun' });
    const tasks = many.slice(0, 150).map(({ clusterId }) => drifting(clusterId, task()));
    expect(decide({ ...whole, drifting: tasks }).measures.map(({ clusterIds }) => clusterIds.length)).toEqual([
      100, 50,
    ]);
  });
});

describe('what is held', () => {
  const a = drifting('/A');
  it.each<[HeldCode, Parameters<typeof situation>[0]]>([
    ['ModeReport', { mode: 'report' }],
    ['RolloutAtWork', { atWork: new Map([['/a', 'Rollout R9']]) }],
    ['NothingRolledOut', { drifting: [drifting('/A', none('NothingRolledOut'), none('EditedSince'))] }],
    ['Offline', { drifting: [{ ...a, offline: true }] }],
    ['AntiFlap', { corrected: new Map([['/a', 3]]) }],
    ['LaterRun', { room: 0 }],
    ['MassDrift', { brake: 'it was on' }],
  ])('with %s', (code, changes) => {
    expect(heldOf(situation({ drifting: [a], ...changes }))).toEqual([`/A ${code}`]);
    expect(measuresOf(situation({ drifting: [a], ...changes }))).toEqual([]);
  });

  it('not before the limit is reached', () => {
    const twice = { drifting: [a], corrected: new Map([['/a', 2]]) };
    expect(heldOf(situation(twice))).toEqual([]);
    expect(heldOf(situation({ ...twice, limits: { correctionsPerCluster: 2 } }))).toEqual(['/A AntiFlap']);
  });
});

describe('the brake', () => {
  const clusters = (count: number) => Array.from({ length: count }, (_, n) => drifting(`c${n}`));
  it.each([
    [100, 20, '20%', false],
    [100, 21, '20%', true],
    [10, 2, '20%', false],
    [10, 3, '20%', true],
    // A single cluster is no mass.
    [3, 1, '20%', false],
    [3, 2, '20%', true],
    [1, 1, '1%', false],
    [7, 7, '100%', false],
  ])('of %i clusters, %i drifting, limit %s: %s', (selected, count, maxDriftShare, isOn) => {
    const decision = decide(situation({ selected, drifting: clusters(count), limits: { maxDriftShare } }));
    expect(decision.brake !== undefined).toBe(isOn);
    expect(decision.measures.length === 0).toBe(isOn);
  });

  it('does not count what a rollout is at work on, nor what could not be written to', () => {
    const drift = [...clusters(20), drifting('x'), drifting('y', none('NothingRolledOut'))];
    expect(decide(situation({ drifting: drift, atWork: new Map([['x', 'Rollout R9']]) })).brake).toBeUndefined();
    expect(decide(situation({ drifting: drift })).brake).toContain('21 of 100');
  });

  it('counts what is offline or flaps: it drifts all the same', () => {
    const drift = [...clusters(20), { ...drifting('x'), offline: true }];
    expect(decide(situation({ drifting: drift })).brake).toBeDefined();
    expect(decide(situation({ drifting: clusters(21), corrected: new Map([['c0', 9]]) })).brake).toBeDefined();
  });

  it('stays on whatever is seen, and is nothing to a binding that only reports', () => {
    expect(decide(situation({ brake: 'on' }))).toMatchObject({ brake: 'on', measures: [] });
    expect(decide(situation({ mode: 'report', drifting: clusters(100) })).brake).toBeUndefined();
  });
});

describe('laws of a decision', () => {
  const remedy = fc.oneof(
    fc.record({ kind: fc.constant('rollout' as const), rolloutId: fc.constantFrom('R1', 'R2'), action: fc.nat(2) }),
    fc.record({ kind: fc.constant('policy' as const), subscriptionId: fc.constantFrom('s', 't') }),
    fc.record({
      kind: fc.constant('none' as const),
      code: fc.constantFrom(...HeldCode.options),
      detail: fc.constant('d'),
    }),
  );
  const anything = fc
    .record({
      mode: fc.constantFrom('report' as const, 'correct' as const, 'remediate' as const),
      count: fc.nat(40),
      more: fc.nat(60),
      remedies: fc.array(fc.array(remedy, { minLength: 1, maxLength: 3 }), { minLength: 40, maxLength: 40 }),
      offline: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      corrected: fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }),
      atWork: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      brake: fc.option(fc.constant('on'), { nil: undefined }),
      room: fc.nat(4),
      share: fc.integer({ min: 1, max: 100 }),
      perCluster: fc.integer({ min: 1, max: 5 }),
    })
    .map(({ count, more, remedies, offline, corrected, atWork, share, perCluster, ...given }): Situation => {
      const ids = Array.from({ length: count }, (_, n) => `C${n}`);
      return situation({
        ...given,
        selected: count + more,
        drifting: ids.map((clusterId, n) => ({ clusterId, offline: offline[n]!, remedies: remedies[n]! })),
        corrected: new Map(ids.map((id, n) => [id.toLowerCase(), corrected[n]!])),
        atWork: new Map(ids.flatMap((id, n) => (atWork[n] ? [[id.toLowerCase(), 'Rollout R9'] as const] : []))),
        limits: { maxDriftShare: `${share}%`, correctionsPerCluster: perCluster },
      });
    });

  const law = (holds: (given: Situation, decision: ReturnType<typeof decide>, acted: readonly string[]) => void) =>
    fc.assert(
      fc.property(anything, (given) => {
        const decision = decide(given);
        holds(
          given,
          decision,
          decision.measures.flatMap(({ clusterIds }) => clusterIds),
        );
      }),
      { numRuns: 500 },
    );

  it('each drifting cluster is acted on or held, once', () => {
    law(({ drifting: all }, { held }, acted) => {
      const told = [...acted, ...held.map(({ clusterId }) => clusterId)];
      expect(told.sort()).toEqual(all.map(({ clusterId }) => clusterId).sort());
    });
  });

  it('no cluster under an active rollout is written to, none that is offline, none above the limit', () => {
    law(({ atWork, corrected, limits, drifting: all }, _decision, acted) => {
      for (const id of acted) {
        expect(atWork.has(id.toLowerCase())).toBe(false);
        expect(corrected.get(id.toLowerCase())).toBeLessThan(limits.correctionsPerCluster);
        expect(all.find(({ clusterId }) => clusterId === id)?.offline).toBe(false);
      }
    });
  });

  it('the brake is total, and nothing is written in mode report', () => {
    law(({ mode, brake: former }, { brake, measures }) => {
      if (mode === 'report' || former !== undefined || brake !== undefined) expect(measures).toEqual([]);
    });
  });

  it('never more clusters than the share, never more measures than there is room', () => {
    law(({ limits, selected, room }, { measures }, acted) => {
      expect(acted.length).toBeLessThanOrEqual(Math.max(1, resolveAmount(limits.maxDriftShare, selected)));
      expect(measures.length).toBeLessThanOrEqual(room);
    });
  });

  it('the order in which clusters are found does not matter', () => {
    law((given, { measures }) => {
      expect(decide({ ...given, drifting: [...given.drifting].reverse() }).measures).toEqual(measures);
    });
  });
});
