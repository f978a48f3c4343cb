import { describe, expect, it } from 'vitest';
import { CLAIM_OVER, HOUR, MINUTE, POLL, rollout, row, SECOND, stage, T0 } from './support/builders.ts';
import { given } from './support/given.ts';

/** The one cluster of the stage is dispatched: nothing but its row sets the next time. */
const dispatched = (changes = {}) => rollout([stage(1, { next: 1 })], changes);

describe('the next check of a rollout with one cluster in flight', () => {
  it.each([
    { state: 'queued', what: 'when its message counts as lost', afterMs: 2 * MINUTE },
    { state: 'claimed', what: 'when its handler counts as dead', afterMs: CLAIM_OVER },
    { state: 'written', what: 'with the first look after a write', afterMs: 15 * SECOND },
  ] as const)('is $what for a $state one', ({ state, afterMs }) => {
    given(dispatched(), [row(0, state)])
      .when()
      .then({ nextCheckAfterMs: afterMs });
  });

  it('comes with the poll interval once the first look is over', () => {
    given(dispatched(), [row(0, 'written')])
      .when({ afterMs: MINUTE, seen: { polled: true } })
      .then({ nextCheckAfterMs: MINUTE + POLL });
  });

  it('is when a held one may be tried again', () => {
    given(dispatched(), [row(0, 'held', { slotAt: T0 + 30 * SECOND })])
      .when()
      .then({ nextCheckAfterMs: 30 * SECOND });
  });

  it('is not at once for a held one whose time has come but that got no slot', () => {
    given(dispatched(), [row(0, 'held')])
      .when()
      .then({ nextCheckAfterMs: POLL });
  });
});

describe('the next check', () => {
  it('of a rollout that waits for a person is far away', () => {
    given(rollout([stage(1)], { stop: 'pause', status: 'Paused' }))
      .when()
      .then({ nextCheckAfterMs: HOUR });
    const held = rollout([stage(1, { next: 1 })], { stop: 'pause', status: 'Paused' });
    given(held, [row(0, 'held')])
      .when({ afterMs: 5 })
      .then({ nextCheckAfterMs: HOUR + 5 });
  });

  it('of a soaking stage is the next look or its end, whichever comes first', () => {
    const soaking = stage(1, { phase: 'Soaking', soakSeconds: 90, next: 1, counts: { Succeeded: 1 } });
    given(rollout([soaking]))
      .when()
      .then({ nextCheckAfterMs: MINUTE });
    given(rollout([soaking], { soakCheckedAt: T0 + 59 * SECOND }))
      .when({ afterMs: 59 * SECOND })
      .then({ nextCheckAfterMs: 90 * SECOND });
  });

  it('of a rollout that waits for offline clusters is the next look at them', () => {
    given(rollout([stage(1, { phase: 'Done', next: 1, deferred: 1 })]))
      .when()
      .then({
        nextCheckAfterMs: 2 * MINUTE,
        rollout: { waiting: expect.objectContaining({ code: 'ClustersOffline' }) as never },
      });
  });

  it('is at once when only the last verification is left', () => {
    given(rollout([stage(1, { phase: 'Done', next: 1, counts: { Succeeded: 1 } })]))
      .when()
      .then({
        nextCheckAfterMs: 0,
        rollout: { waiting: expect.objectContaining({ code: 'FinalVerification' }) as never },
      });
  });

  it('is not at once while the last clusters, back from being offline, are in flight', () => {
    given(rollout([stage(2, { phase: 'Done', next: 2, counts: { Succeeded: 1 } })]), [row(1, 'written')])
      .when()
      .then({ nextCheckAfterMs: 15 * SECOND });
  });
});

describe('a look that was due and could not be taken or completed', () => {
  const incomplete = { regressions: [], complete: false };

  it('is not asked for again at once: final verification', () => {
    const first = given(rollout([stage(1, { phase: 'Done', next: 1, counts: { Succeeded: 1 } })])).when();
    given(first.decision.rollout)
      .when({ seen: { verification: incomplete } })
      .then({ nextCheckAfterMs: POLL, rollout: { verified: false } });
  });

  it('is not asked for again at once: soak', () => {
    const soaking = stage(1, { phase: 'Soaking', soakSeconds: 90, next: 1, counts: { Succeeded: 1 } });
    given(rollout([soaking]))
      .when({ afterMs: 90 * SECOND, seen: { soak: incomplete } })
      .then({ nextCheckAfterMs: 90 * SECOND + POLL });
  });

  it('is not asked for again at once: deferred clusters', () => {
    given(rollout([stage(1, { phase: 'Done', next: 1, deferred: 1 })]))
      .when({ afterMs: 3 * MINUTE })
      .then({ nextCheckAfterMs: 3 * MINUTE + POLL });
  });
});

describe('what a rollout says it waits for', () => {
  it('keeps its time while it stays the same', () => {
    const waiting = { code: 'ClustersInFlight', detail: '', since: T0 - MINUTE, nextCheckAt: T0 };
    const { rollout: after } = given(dispatched({ waiting }), [row(0, 'written')]).when({ afterMs: 5 }).decision;
    expect(after.waiting).toMatchObject({
      code: 'ClustersInFlight',
      since: T0 - MINUTE,
      nextCheckAt: after.nextCheckAt,
    });
  });

  it('begins anew when it changes', () => {
    const waiting = { code: 'ApprovalMissing', detail: '', since: T0 - MINUTE, nextCheckAt: T0 };
    const { rollout: after } = given(dispatched({ waiting }), [row(0, 'written')]).when({ afterMs: 5 }).decision;
    expect(after.waiting).toMatchObject({ code: 'ClustersInFlight', since: T0 + 5 });
  });

  it('is why it was stopped', () => {
    const stopReason = { code: 'PausedByPerson', detail: 'lunch' };
    given(dispatched({ stop: 'pause', stopReason }), [row(0, 'written')])
      .when()
      .then({
        rollout: {
          status: 'Paused',
          waiting: expect.objectContaining({ code: 'PausedByPerson', detail: 'lunch (1 in flight finish)' }) as never,
        },
      });
  });
});
