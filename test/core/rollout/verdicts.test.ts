import { describe, expect, it } from 'vitest';
import {
  deferredRow,
  done,
  HOUR,
  MINUTE,
  ordinals,
  outcome,
  result,
  rollout,
  row,
  rows,
  stage,
  T0,
} from './support/builders.ts';
import { given } from './support/given.ts';
import { sighted, type Sighting } from '../../../src/core/rollout/sightings.ts';

const one = (changes = {}) => rollout([stage(1, { next: 1, maxFailures: 1 })], { maxFailures: 1, ...changes });
const written = row(0, 'written');
const seen = (verdict: Parameters<typeof outcome>[0], of = written): Sighting => ({
  ...sighted(of),
  kind: 'outcome',
  outcome: outcome(verdict),
});

describe('a sighting', () => {
  it.each(['Succeeded', 'Unchanged', 'Failed', 'TimedOut', 'Skipped'] as const)(
    'of %s becomes the result',
    (verdict) => {
      given(one(), [written])
        .when({ seen: { clusters: [seen(verdict)] } })
        .then({
          results: { 0: verdict },
          live: {},
          stages: [{ counts: expect.objectContaining({ [verdict]: 1 }) as never }],
        });
    },
  );

  it.each([
    { what: 'another attempt', of: { ...sighted(written), attempt: 2 } },
    { what: 'another step', of: { ...sighted(written), step: 7 } },
    { what: 'a cluster that is not in flight', of: { ...sighted(written), ordinal: 5 } },
  ])('of $what proves nothing', ({ of }) => {
    given(one(), [written])
      .when({ seen: { clusters: [{ ...of, kind: 'outcome', outcome: outcome('Succeeded') }] } })
      .then({ results: {}, live: { 0: 'written' } });
  });

  it.each(['queued', 'claimed', 'held'] as const)('of a cluster that is %s again proves nothing', (state) => {
    given(one(), [row(0, state)])
      .when({ seen: { clusters: [seen('Succeeded')] } })
      .then({ results: {}, live: { 0: state } });
  });

  it('counts once when it is seen twice', () => {
    given(one(), [written])
      .when({ seen: { clusters: [seen('Succeeded'), seen('Failed')] } })
      .then({ results: { 0: 'Succeeded' } });
  });

  it('that decides nothing is remembered, so that the row is not read again at once', () => {
    const { decision } = given(one(), [written]).when({
      afterMs: MINUTE,
      seen: { clusters: [{ ...sighted(written), kind: 'looked' }] },
    });
    expect(decision.live.get(0)).toEqual({ ...written, lookedAt: T0 + MINUTE });
  });

  it('remembers when Azure was first seen to have finished the write', () => {
    const look = (of: typeof written, afterMs: number) =>
      given(one(), [of])
        .when({
          afterMs,
          seen: { clusters: [{ ...sighted(of), kind: 'looked', provisioned: true }] },
        })
        .decision.live.get(0)!;
    const first = look(written, MINUTE);
    expect(first).toEqual({ ...written, lookedAt: T0 + MINUTE, provisionedAt: T0 + MINUTE });
    expect(look(first, 2 * MINUTE)).toEqual({ ...first, lookedAt: T0 + 2 * MINUTE });
  });
});

describe('a result', () => {
  it('says when the attempt began, what it wrote and what proves it', () => {
    const evidence = { commit: 'main@sha1:abc', statusAt: T0 + 5, complianceState: 'Compliant' };
    const proven: Sighting = { ...sighted(written), kind: 'outcome', outcome: outcome('Succeeded', { evidence }) };
    const { decision } = given(one(), [written]).when({ seen: { clusters: [proven] } });
    expect(decision.results).toEqual([{ ...result(0), startedAt: T0, outcome: outcome('Succeeded', { evidence }) }]);
  });

  it('of a failure is an event with cluster and reason', () => {
    const { decision } = given(one(), [done(0, 'Failed')]).when();
    const event = decision.events.find(({ type }) => type === 'ClusterFailed');
    expect(event).toMatchObject({
      stage: 'all',
      clusterId: written.target.clusterId,
      code: 'FailedCode',
      detail: 'Failed detail',
    });
  });
});

describe('a cluster that goes offline in flight', () => {
  const offline: Sighting = { ...sighted(written), kind: 'offline', detail: 'The cluster is Offline.' };

  it('is waited for, and what was written before is not forgotten', () => {
    const { decision } = given(one(), [written]).when({ seen: { clusters: [offline] } });
    expect(decision.insertDeferred).toEqual([
      deferredRow(0, { target: written.target, attempt: 2, wrote: true, writtenAt: T0, until: T0 + HOUR }),
    ]);
    expect(decision.rollout.stages[0]).toMatchObject({ deferred: 1 });
    expect(decision.deleteLive).toEqual([0]);
  });

  it.each([
    { policy: 'skip', verdict: 'Skipped' },
    { policy: 'fail', verdict: 'Failed' },
  ] as const)('is $verdict when the plan says $policy', ({ policy, verdict }) => {
    given(one({ offline: policy }), [written])
      .when({ seen: { clusters: [offline] } })
      .then({ results: { 0: verdict }, live: {}, stages: [{ deferred: 0 }] });
  });

  it('that stays away for longer than deferFor gets its verdict', () => {
    const waiting = rollout([stage(1, { next: 1, deferred: 1, phase: 'Done' })]);
    const { decision } = given(waiting).when({ seen: { deferral: { expired: [deferredRow(0, { wrote: true })] } } });
    expect(decision.results).toMatchObject([
      { ordinal: 0, wrote: true, outcome: { verdict: 'Deferred', code: 'ClusterOffline' } },
    ]);
    expect(decision.deleteDeferred).toEqual([0]);
    expect(decision.rollout.stages[0]).toMatchObject({ deferred: 0 });
  });
});

describe('more verdicts than one commit holds', () => {
  it('are accounted in several, each within 100 rows', () => {
    const many = rollout([stage(120, { next: 120, maxConcurrency: 120 })]);
    const first = given(
      many,
      ordinals(120).map((n) => done(n, 'Succeeded')),
    ).when().decision;
    expect(first.results).toHaveLength(49);
    expect(first.more).toBe(true);
    expect(first.rollout.nextCheckAt).toBe(T0);
    const second = given(first.rollout, [...first.live.values()]).when().decision;
    expect(second.results.map(({ ordinal }) => ordinal)).toEqual(ordinals(49, 49));
  });
});

describe('regressions in the final verification', () => {
  const all = rollout([stage(120, { phase: 'Done', next: 120, maxFailures: 120, counts: { Succeeded: 120 } })], {
    maxFailures: 120,
  });
  const regressions = ordinals(120).map((n) => ({ row: result(n), code: 'BuildFailed', detail: 'no such path' }));

  it('keep the rollout from being Succeeded', () => {
    given(all)
      .when({ seen: { verification: { regressions: regressions.slice(0, 1), complete: true } } })
      .then({ rollout: { status: 'CompletedWithFailures' }, stages: [{ regressed: 1 }] });
  });

  it('beyond what one commit holds are looked for again before the end', () => {
    given(all)
      .when({ seen: { verification: { regressions, complete: true } } })
      .then({ rollout: { status: 'Running', verified: false }, stages: [{ regressed: 98 }], more: true });
  });

  it('that break the budget halt the rollout', () => {
    given({ ...all, maxFailures: 0 })
      .when({ seen: { verification: { regressions: regressions.slice(0, 1), complete: true } } })
      .then({ rollout: { status: 'Halted' } });
  });
});

describe('the end', () => {
  const ended = (counts: object, changes = {}) =>
    given(rollout([stage(4, { phase: 'Done', next: 4, maxFailures: 4, ...changes, counts })], { maxFailures: 4 })).when(
      { seen: { verification: { regressions: [], complete: true } } },
    ).decision.rollout;

  it.each([
    { counts: { Succeeded: 4 }, status: 'Succeeded' },
    { counts: { Succeeded: 1, Unchanged: 3 }, status: 'Succeeded' },
    { counts: { Succeeded: 3, Skipped: 1 }, status: 'CompletedWithFailures' },
    { counts: { Succeeded: 3, Deferred: 1 }, status: 'CompletedWithFailures' },
    { counts: { Succeeded: 1, Failed: 2, TimedOut: 1 }, status: 'CompletedWithFailures' },
    { counts: { Failed: 3, TimedOut: 1 }, status: 'Failed' },
    { counts: { Skipped: 4 }, status: 'CompletedWithFailures' },
  ] as const)('of $counts is $status', ({ counts, status }) => {
    expect(ended(counts).status).toBe(status);
  });

  it('of clusters that all went bad later is Failed', () => {
    expect(ended({ Succeeded: 4 }, { regressed: 4 }).status).toBe('Failed');
  });

  it('says the verdicts in words', () => {
    expect(ended({ Succeeded: 2, Failed: 1, Skipped: 1 }, { regressed: 1 }).endReason).toEqual({
      code: 'CompletedWithFailures',
      detail: '2 Succeeded, 1 Failed, 1 Skipped, 1 went bad later',
    });
  });

  it('does not come before the last verification', () => {
    given(rollout([stage(1, { phase: 'Done', next: 1, counts: { Succeeded: 1 } })]))
      .when()
      .then({ rollout: { status: 'Running' } });
  });

  it('is final: no command, sighting or time changes anything', () => {
    const over = ended({ Succeeded: 4 });
    const { decision } = given(over).when({ afterMs: HOUR, seen: { polled: true } });
    expect(decision.rollout).toEqual(over);
    expect(decision).toMatchObject({ events: [], results: [], updateLive: [], room: 0, requeue: [] });
  });

  it('does not come while clusters are in flight or waited for', () => {
    given(one({ verified: true }), rows([0], 'written'))
      .when()
      .then({ rollout: { status: 'Running' } });
    given(rollout([stage(1, { phase: 'Done', next: 1, deferred: 1 })]))
      .when()
      .then({ rollout: { status: 'Running' } });
  });
});
