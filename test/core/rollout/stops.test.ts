import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import {
  alice,
  bob,
  CLAIM_OVER,
  command,
  done,
  MINUTE,
  NEWER_ID,
  ordinals,
  rollout,
  row,
  rows,
  stage,
  T0,
} from './support/builders.ts';
import { given } from './support/given.ts';

const five = (changes = {}) => rollout([stage(5, { next: 5 })], changes);

describe('pause', () => {
  it('takes queued clusters back in the commit that says Paused', () => {
    given(five(), [...rows([0, 1], 'queued'), ...rows([2, 3, 4], 'written')])
      .when({ commands: [command('pause')] })
      .then({
        rollout: { status: 'Paused', stop: 'pause' },
        live: { 0: 'held', 1: 'held', 2: 'written', 3: 'written', 4: 'written' },
        events: ['RolloutPaused'],
        results: {},
        room: 0,
      });
  });

  it('says Paused only once more queued clusters than one commit holds are all taken back', () => {
    const many = rollout([stage(150, { next: 150, maxConcurrency: 150 })]);
    const first = given(many, rows(ordinals(150), 'queued'))
      .when({ commands: [command('pause')] })
      .then({ rollout: { status: 'Running', stop: 'pause' }, more: true, nextCheckAfterMs: 0 });
    given(first.rollout, [...first.live.values()])
      .when()
      .then({ rollout: { status: 'Paused' }, more: false });
  });

  it('lets clusters in flight finish and still accounts them', () => {
    given(five({ stop: 'pause', status: 'Paused' }), [done(0, 'Succeeded'), ...rows([1, 2, 3, 4], 'held')])
      .when()
      .then({ results: { 0: 'Succeeded' }, stages: [{ counts: expect.objectContaining({ Succeeded: 1 }) as never }] });
  });

  it('of a claim whose handler died comes true as well', () => {
    given(five({ stop: 'pause', status: 'Paused' }), [row(0, 'claimed'), ...rows([1, 2, 3, 4], 'held')])
      .when({ afterMs: 2 * MINUTE })
      .then({ live: { 0: 'held', 1: 'held', 2: 'held', 3: 'held', 4: 'held' } });
  });

  it('becomes a halt when a cluster in flight breaks the budget', () => {
    given(five({ stop: 'pause', status: 'Paused' }), [done(0, 'Failed'), ...rows([1, 2, 3, 4], 'held')])
      .when()
      .then({ rollout: { status: 'Halted', stop: 'halt' }, events: ['BudgetBreached', 'ClusterFailed'] });
  });

  it('does not open gates, move stages or pass soaks', () => {
    const stages = [stage(1, { next: 1, counts: { Succeeded: 1 } }), stage(1, { name: 'b', phase: 'Pending' })];
    given(rollout(stages, { stop: 'pause', status: 'Paused' }))
      .when()
      .then({ stages: [{ phase: 'Running' }, { phase: 'Pending' }], events: [] });
  });

  it('during planning is possible, and planning goes on with resume', () => {
    const planning = rollout([stage(1, { phase: 'Pending' })], { status: 'Planning' });
    delete planning.plan;
    const paused = given(planning)
      .when({ commands: [command('pause')] })
      .then({ rollout: { status: 'Paused' } });
    given(paused.rollout)
      .when({ commands: [command('resume')] })
      .then({ rollout: { status: 'Planning' } });
  });
});

describe('resume', () => {
  it('puts held clusters in line for a slot', () => {
    const { decision } = given(five({ stop: 'pause', status: 'Paused' }), rows(ordinals(5), 'held')).when({
      commands: [command('resume')],
    });
    expect(decision.requeue).toEqual([0, 1, 2, 3, 4]);
    expect(decision.rollout).toMatchObject({ status: 'Running', stop: 'none' });
    expect(decision.rollout).not.toHaveProperty('stopReason');
  });

  it('of a halted rollout accepts the failures so far, and none beyond', () => {
    const failed = stage(5, { next: 3, maxFailures: 0, counts: { Failed: 1 } });
    const halted = rollout([failed], { stop: 'halt', status: 'Halted' });
    const going = given(halted, rows([1, 2], 'held'))
      .when({ commands: [command('resume')] })
      .then({ rollout: { status: 'Running', failuresExcused: 1 }, stages: [{ failuresExcused: 1 }], room: 10 });
    given(going.rollout, [done(1, 'Failed'), row(2, 'written')])
      .when()
      .then({ rollout: { status: 'Halted' }, stages: [{ counts: expect.objectContaining({ Failed: 2 }) as never }] });
  });

  it('of a paused rollout excuses nothing', () => {
    const failed = stage(5, { next: 3, maxFailures: 1, counts: { Failed: 1 } });
    given(rollout([failed], { stop: 'pause', status: 'Paused', maxFailures: 1 }), rows([1, 2], 'written'))
      .when({ commands: [command('resume')] })
      .then({ rollout: { failuresExcused: 0 }, stages: [{ failuresExcused: 0 }] });
  });
});

describe('a broken budget', () => {
  it('takes queued clusters back before it accounts the failure that breaks it', () => {
    const many = rollout([stage(150, { next: 150, maxConcurrency: 150 })]);
    const first = given(many, [done(0, 'Failed'), ...rows(ordinals(149, 1), 'queued')])
      .when()
      .then({ rollout: { stop: 'halt', status: 'Running' }, results: {}, more: true, events: ['BudgetBreached'] });
    given(first.rollout, [...first.live.values()])
      .when()
      .then({ rollout: { status: 'Halted' }, results: { 0: 'Failed' }, events: ['ClusterFailed'] });
  });

  it('names the budget and both numbers', () => {
    const { decision } = given(five(), [done(0, 'TimedOut'), ...rows([1, 2, 3, 4], 'written')]).when();
    expect(decision.rollout.stopReason).toEqual({
      code: 'FailureBudgetExceeded',
      detail: '1 failure in the stage all, 0 allowed',
    });
  });

  it('of the rollout counts over all stages', () => {
    const stages = [
      stage(2, { name: 'a', phase: 'Done', next: 2, maxFailures: 2, counts: { Succeeded: 1, Failed: 1 } }),
      stage(2, { name: 'b', next: 2, maxFailures: 2 }),
    ];
    const live = [done(2, 'Failed', { stage: 1 }), row(3, 'written', { stage: 1 })];
    given(rollout(stages, { maxFailures: 1 }), live)
      .when()
      .then({
        rollout: {
          status: 'Halted',
          stopReason: { code: 'FailureBudgetExceeded', detail: '2 failures in the rollout, 1 allowed' },
        },
      });
    given(rollout(stages, { maxFailures: 2 }), live)
      .when()
      .then({ rollout: { status: 'Running' } });
  });

  it.each(['Succeeded', 'Unchanged', 'Skipped'] as const)('is not touched by a verdict %s', (verdict) => {
    given(five(), [done(0, verdict), ...rows([1, 2, 3, 4], 'written')])
      .when()
      .then({ rollout: { status: 'Running' }, results: { 0: verdict } });
  });

  it('cannot be paused over: the halt stays, and with it the resume that accepts the failures', () => {
    given(rollout([stage(5, { next: 1, counts: { Failed: 1 } })], { stop: 'halt', status: 'Halted' }))
      .when({ commands: [command('pause')] })
      .then({ rollout: { stop: 'halt' }, events: ['CommandRefused'] });
  });
});

describe('cancel', () => {
  it('ends at once when nothing is in flight, and settles the clusters that were never reached', () => {
    given(rollout([stage(3), stage(2, { name: 'b', phase: 'Pending' })]))
      .when({ commands: [command('cancel')] })
      .then({
        rollout: { status: 'Cancelled', endedAt: T0, endReason: { code: 'CancelledByPerson', detail: 'by bob' } },
        stages: [{ counts: expect.objectContaining({ Cancelled: 3 }) as never }, { next: 5 }],
        events: ['CancelRequested', 'RolloutEnded'],
      });
  });

  it('gives queued and held clusters their verdict, and waits for those in flight', () => {
    const live = [
      row(0, 'queued'),
      row(1, 'held'),
      row(2, 'written'),
      row(3, 'claimed'),
      row(4, 'written', { wrote: false }),
    ];
    const going = given(five(), live)
      .when({ commands: [command('cancel')] })
      .then({
        rollout: { status: 'Running', stop: 'cancel' },
        live: { 2: 'written', 3: 'claimed', 4: 'written' },
        results: { 0: 'Cancelled', 1: 'Cancelled' },
      });
    given(going.rollout, [done(2, 'Succeeded'), done(3, 'Failed'), done(4, 'Skipped')])
      .when()
      .then({
        rollout: { status: 'Cancelled' },
        results: { 2: 'Succeeded', 3: 'Failed', 4: 'Skipped' },
        live: {},
      });
  });

  it('says so when a write had been sent before the cluster reached a verdict', () => {
    const { decision } = given(rollout([stage(1, { next: 1 })]), [row(0, 'held', { wrote: true })]).when({
      commands: [command('cancel')],
    });
    expect(decision.results[0]).toMatchObject({ wrote: true, outcome: { verdict: 'Cancelled' } });
    expect(decision.results[0]?.outcome.detail).toContain('a write had been sent');
  });

  it('does not wait for a handler that died', () => {
    const live = [row(0, 'claimed')];
    given(rollout([stage(1, { next: 1 })], { stop: 'cancel' }), live)
      .when({ afterMs: CLAIM_OVER - 1 })
      .then({ rollout: { status: 'Running' }, live: { 0: 'claimed' } });
    given(rollout([stage(1, { next: 1 })], { stop: 'cancel' }), live)
      .when({ afterMs: CLAIM_OVER })
      .then({ rollout: { status: 'Cancelled' }, results: { 0: 'Cancelled' } });
  });

  it('of a halted rollout ends as Failed: it was not merely cancelled', () => {
    const stopReason = { code: 'FailureBudgetExceeded', detail: '1 failure in the stage all, 0 allowed' };
    given(rollout([stage(5, { next: 1, counts: { Failed: 1 } })], { stop: 'halt', status: 'Halted', stopReason }))
      .when({ commands: [command('cancel')] })
      .then({ rollout: { status: 'Failed', endReason: stopReason } });
  });

  it('counts clusters that are waited for as Deferred', () => {
    given(rollout([stage(3, { next: 2, deferred: 1, counts: { Succeeded: 1 } })]))
      .when({ commands: [command('cancel')] })
      .then({
        stages: [
          { deferred: 0, counts: expect.objectContaining({ Succeeded: 1, Deferred: 1, Cancelled: 1 }) as never },
        ],
      });
  });

  it('cannot be taken back', () => {
    given(five({ stop: 'cancel' }), rows(ordinals(5), 'written'))
      .when({ commands: [command('resume'), command('pause', alice), command('cancel', bob)] })
      .then({ rollout: { stop: 'cancel' }, events: ['CommandRefused', 'CommandRefused', 'CommandRefused'] });
  });
});

describe('supersede', () => {
  const superseded = { code: 'Superseded', detail: `Rollout ${NEWER_ID} takes its place.` };
  const gated = stage(3, { phase: 'GateBefore', gates: { before: { quorum: 1, requesterMayApprove: false } } });

  it.each([
    { status: 'Paused', stop: 'pause' },
    { status: 'WaitingForApproval', stop: 'none' },
    { status: 'Planning', stop: 'none' },
  ] as const)('ends one that is $status at once, with a link to the newer one', ({ status, stop }) => {
    given(rollout([gated], { status, stop }))
      .when({ commands: [command('supersede', SYSTEM)] })
      .then({
        rollout: { status: 'Superseded', supersededBy: NEWER_ID, endedAt: T0, endReason: superseded },
        stages: [{ counts: expect.objectContaining({ Cancelled: 3 }) as never }],
        events: ['SupersedeRequested', 'RolloutEnded'],
      });
  });

  it('ends a halted one as Superseded, and says that it had been halted', () => {
    const stopReason = { code: 'FailureBudgetExceeded', detail: '1 failure in the stage all, 0 allowed' };
    const halted = { stop: 'halt', status: 'Halted', stopReason } as const;
    const detail = `${superseded.detail} It had been halted: ${stopReason.detail}`;
    given(rollout([stage(5, { next: 1, counts: { Failed: 1 } })], halted))
      .when({ commands: [command('supersede', SYSTEM)] })
      .then({ rollout: { status: 'Superseded', endReason: { code: 'Superseded', detail } } });
  });

  it('lets clusters in flight finish, starts no new one, and tells the others why', () => {
    const stopping = given(five(), [row(0, 'queued'), row(1, 'held'), ...rows([2, 3, 4], 'written')]).when({
      commands: [command('supersede', SYSTEM)],
    });
    const going = stopping.then({
      rollout: { status: 'Running', stop: 'cancel' },
      results: { 0: 'Cancelled', 1: 'Cancelled' },
      room: 0,
    });
    expect(stopping.decision.results[0]?.outcome).toMatchObject({ code: 'RolloutSuperseded' });
    given(going.rollout, [done(2, 'Succeeded'), done(3, 'Failed'), done(4, 'Succeeded')])
      .when()
      .then({ rollout: { status: 'Superseded' }, results: { 2: 'Succeeded', 3: 'Failed', 4: 'Succeeded' }, live: {} });
  });

  it('comes too late for one that is being cancelled', () => {
    given(five({ stop: 'cancel' }), rows(ordinals(5), 'written'))
      .when({ commands: [command('supersede', SYSTEM)] })
      .then({ rollout: { stop: 'cancel', status: 'Running' }, events: ['CommandRefused'] });
  });
});
