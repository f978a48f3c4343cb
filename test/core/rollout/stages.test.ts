import { describe, expect, it } from 'vitest';
import { alice, bob, carol, command, MINUTE, POLL, result, rollout, row, stage, T0 } from './support/builders.ts';
import { given } from './support/given.ts';

const approval = { quorum: 1, requesterMayApprove: false };
const doneStage = (name: string) => stage(1, { name, phase: 'Done', next: 1, counts: { Succeeded: 1 } });

describe('a stage', () => {
  it('is not opened before the plan summary is there', () => {
    const planning = rollout([stage(2, { phase: 'Pending' })], { status: 'Planning' });
    delete planning.plan;
    given(planning)
      .when()
      .then({ rollout: { status: 'Planning' }, stages: [{ phase: 'Pending' }], events: [], room: 0 });
  });

  it('starts at once when the plan is there and it has no gate', () => {
    const planning = rollout([stage(2, { phase: 'Pending' })], { status: 'Planning' });
    delete planning.plan;
    const plan = { create: 2, update: 0, remove: 0, unchanged: 0, installExtension: 0, offline: 0 };
    given(planning)
      .when({ seen: { plan } })
      .then({
        rollout: { status: 'Running', plan },
        stages: [{ phase: 'Running' }],
        events: ['RolloutPlanned', 'StageStarted'],
        room: 10,
      });
  });

  it('without clusters is passed', () => {
    given(rollout([stage(0, { phase: 'Pending', name: 'empty' }), stage(1, { phase: 'Pending', name: 'rest' })]))
      .when()
      .then({ stages: [{ phase: 'Done' }, { phase: 'Running' }] });
  });

  it('is not done while one of its clusters is in flight', () => {
    given(rollout([stage(2, { next: 2, counts: { Succeeded: 1 } })]), [row(1, 'written')])
      .when()
      .then({ stages: [{ phase: 'Running' }], room: 9 });
  });

  it('is not done while clusters are left to dispatch', () => {
    given(rollout([stage(2, { next: 1, counts: { Succeeded: 1 } })]))
      .when()
      .then({ stages: [{ phase: 'Running' }], nextCheckAfterMs: POLL });
  });

  it('is done while offline clusters of it are waited for', () => {
    given(rollout([stage(2, { next: 2, deferred: 1, counts: { Succeeded: 1 } }), stage(1, { name: 'b' })]))
      .when()
      .then({ stages: [{ phase: 'Done' }, { phase: 'Running' }], events: ['StageCompleted'] });
  });

  it('opens only when the one ahead of it is done', () => {
    given(
      rollout([doneStage('a'), stage(1, { name: 'b', phase: 'Pending' }), stage(1, { name: 'c', phase: 'Pending' })]),
    )
      .when()
      .then({ stages: [{ phase: 'Done' }, { phase: 'Running' }, { phase: 'Pending' }] });
  });
});

describe('a gate', () => {
  const gated = (changes = {}) =>
    rollout([stage(1, { phase: 'Pending', gates: { before: { ...approval, ...changes } } })]);
  const waiting = (changes = {}) => {
    const asked = gated(changes);
    asked.stages[0]!.phase = 'GateBefore';
    return { ...asked, status: 'WaitingForApproval' as const };
  };

  it('keeps the stage shut and holds no slot', () => {
    given(gated())
      .when()
      .then({
        rollout: {
          status: 'WaitingForApproval',
          waiting: expect.objectContaining({ code: 'ApprovalMissing' }) as never,
        },
        stages: [{ phase: 'GateBefore' }],
        events: ['ApprovalRequested'],
        live: {},
      });
  });

  it('opens with an approval of somebody else', () => {
    given(waiting())
      .when({ commands: [command('approve', bob)] })
      .then({
        rollout: { status: 'Running' },
        stages: [{ phase: 'Running' }],
        events: ['ApprovalGiven', 'StageStarted'],
      });
  });

  it('does not open with the approval of the requester', () => {
    given(waiting())
      .when({ commands: [command('approve', alice)] })
      .then({ stages: [{ phase: 'GateBefore', approvals: [] }], events: ['CommandRefused'] });
  });

  it('opens with the approval of the requester where the plan allows it', () => {
    given(waiting({ requesterMayApprove: true }))
      .when({ commands: [command('approve', alice)] })
      .then({ stages: [{ phase: 'Running' }] });
  });

  it('wants as many different people as its quorum says', () => {
    const one = given(waiting({ quorum: 2 }))
      .when({ commands: [command('approve', bob), command('approve', bob, 'again')] })
      .then({ stages: [{ phase: 'GateBefore' }], events: ['ApprovalGiven', 'CommandRefused'] });
    given(one.rollout)
      .when({ commands: [command('approve', carol)] })
      .then({ stages: [{ phase: 'Running' }] });
  });

  it('cancels the rollout when nobody approves in time', () => {
    const late = waiting({ expiresAfterSeconds: 60 });
    given(late)
      .when({ afterMs: MINUTE - 1 })
      .then({ stages: [{ phase: 'GateBefore' }], nextCheckAfterMs: MINUTE });
    given(late)
      .when({ afterMs: MINUTE })
      .then({
        rollout: { status: 'Cancelled', endReason: expect.objectContaining({ code: 'ApprovalExpired' }) as never },
        events: ['ApprovalExpired', 'RolloutEnded'],
      });
  });

  it('takes an approval that comes in the step in which it expires', () => {
    given(waiting({ expiresAfterSeconds: 60 }))
      .when({ afterMs: MINUTE, commands: [command('approve', bob)] })
      .then({ stages: [{ phase: 'Running' }] });
  });

  it('after a stage keeps the next one shut, and counts its own approvals only', () => {
    const before = { side: 'before' as const, actor: bob, at: T0 };
    const worked = stage(1, { name: 'a', next: 1, counts: { Succeeded: 1 }, gates: { after: approval } });
    const asked = given(rollout([{ ...worked, approvals: [before] }, stage(1, { name: 'b', phase: 'Pending' })]))
      .when()
      .then({ rollout: { status: 'WaitingForApproval' }, stages: [{ phase: 'GateAfter' }, { phase: 'Pending' }] });
    given(asked.rollout)
      .when({ commands: [command('approve', bob)] })
      .then({ stages: [{ phase: 'Done' }, { phase: 'Running' }] });
  });
});

describe('a soak', () => {
  const soaking = stage(1, {
    phase: 'Soaking',
    soakSeconds: 600,
    next: 1,
    maxFailures: 5,
    counts: { Succeeded: 1 },
  });
  const wide = { maxFailures: 5 };
  const clean = { regressions: [], complete: true };

  it('begins when the last cluster has a verdict', () => {
    given(rollout([stage(1, { soakSeconds: 600, next: 1, counts: { Succeeded: 1 } })]))
      .when({ afterMs: 5 })
      .then({
        rollout: { status: 'Soaking' },
        stages: [{ phase: 'Soaking', phaseSince: T0 + 5 }],
        events: ['SoakStarted'],
      });
  });

  it('is not passed by time alone: the clusters must have been looked at after its end', () => {
    given(rollout([soaking], wide))
      .when({ afterMs: 11 * MINUTE })
      .then({ stages: [{ phase: 'Soaking' }] });
  });

  it('is not passed by a clean look before its end, nor by an incomplete one after it', () => {
    given(rollout([soaking], wide))
      .when({ afterMs: 9 * MINUTE, seen: { soak: clean } })
      .then({ stages: [{ phase: 'Soaking' }] });
    given(rollout([soaking], wide))
      .when({ afterMs: 10 * MINUTE, seen: { soak: { regressions: [], complete: false } } })
      .then({ stages: [{ phase: 'Soaking' }] });
  });

  it('is passed by a clean look at its end', () => {
    given(rollout([soaking], wide))
      .when({ afterMs: 10 * MINUTE, seen: { soak: clean } })
      .then({ stages: [{ phase: 'Done' }], events: ['StageCompleted'] });
  });

  it('begins again, and counts a failure, when a cluster goes bad', () => {
    const bad = { row: result(0), code: 'BuildFailed', detail: 'no such path' };
    given(rollout([soaking], wide))
      .when({ afterMs: 10 * MINUTE, seen: { soak: { regressions: [bad], complete: true } } })
      .then({
        stages: [{ phase: 'Soaking', phaseSince: T0 + 10 * MINUTE, regressed: 1 }],
        events: ['ClusterRegressed', 'SoakRestarted'],
        rollout: { stop: 'none' },
      });
  });

  it('halts the rollout when the regression breaks the budget', () => {
    const bad = { row: result(0), code: 'BuildFailed', detail: 'no such path' };
    given(rollout([{ ...soaking, maxFailures: 0 }]))
      .when({ afterMs: MINUTE, seen: { soak: { regressions: [bad], complete: true } } })
      .then({ rollout: { status: 'Halted', stop: 'halt' }, stages: [{ regressed: 1 }] });
  });

  it('counts a cluster that went bad only once', () => {
    const again = result(0, 'Succeeded', { regressed: { at: T0, code: 'BuildFailed', detail: '' } });
    given(rollout([soaking], wide))
      .when({
        afterMs: MINUTE,
        seen: { soak: { regressions: [{ row: again, code: 'x', detail: '' }], complete: true } },
      })
      .then({ stages: [{ regressed: 0, phaseSince: T0 }], events: [] });
  });
});
