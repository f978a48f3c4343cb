import { describe, expect, it, test } from 'vitest';
import { Notification } from '../../../src/contracts/notification.ts';
import { QUEUES, NOTIFICATIONS_QUEUE } from '../../../src/contracts/queues.ts';
import { END_STATUSES, RolloutStatus, type Rollout } from '../../../src/contracts/rollout-state.ts';
import { TELL_AGAIN_SECONDS } from '../../../src/contracts/timing.ts';
import {
  tellOfBinding,
  tellOfDeadShard,
  tellOfDeath,
  tellOfRollout,
  tellOfSweep,
} from '../../../src/core/notifications/what-to-tell.ts';
import { bindingRecord } from '../bindings/records.ts';
import { rollout as rolloutOf, stage } from '../rollout/support/builders.ts';

const NOW = 1_700_000_000_000;
const LATER = NOW + TELL_AGAIN_SECONDS * 1000;

function rollout(status: RolloutStatus, changes: Partial<Rollout> = {}): Rollout {
  return rolloutOf([stage(10)], { id: 'r1', name: 'shop', status, statusSince: NOW, ...changes });
}

describe('of a rollout', () => {
  const stopReason = { code: 'FailureBudgetExceeded', detail: '3 of 10 clusters failed.' };
  const waiting = {
    code: 'WaitingForApproval',
    detail: 'Stage prod waits for 1 approval.',
    since: NOW,
    nextCheckAt: NOW,
  };
  test.each([
    ['Planning', {}, undefined],
    ['Running', {}, undefined],
    ['Soaking', {}, undefined],
    ['Paused', {}, undefined],
    ['Halted', { stopReason }, ['halted', 'FailureBudgetExceeded', 'Rollout shop: Halted. 3 of 10 clusters failed.']],
    [
      'WaitingForApproval',
      { waiting },
      [
        'approval-requested',
        'WaitingForApproval',
        'Rollout shop: WaitingForApproval. Stage prod waits for 1 approval.',
      ],
    ],
    ['Succeeded', ended('Succeeded', '10 Succeeded'), ['ended', 'Succeeded', 'Rollout shop: Succeeded. 10 Succeeded']],
    [
      'CompletedWithFailures',
      ended('CompletedWithFailures', '9 Succeeded, 1 Failed'),
      ['ended', 'CompletedWithFailures', 'Rollout shop: CompletedWithFailures. 9 Succeeded, 1 Failed'],
    ],
    [
      'Failed',
      { ...ended('FailureBudgetExceeded', '3 Failed'), stopReason },
      ['ended', 'Failed', 'Rollout shop: Failed. 3 Failed'],
    ],
    ['Cancelled', ended('RolloutCancelled', 'lunch'), ['ended', 'Cancelled', 'Rollout shop: Cancelled. lunch']],
  ] satisfies [RolloutStatus, Partial<Rollout>, [string, string, string] | undefined][])(
    '%s',
    (status, changes, said) => {
      const told = tellOfRollout(rollout(status, changes), NOW);
      if (said === undefined) return expect(told).toEqual([]);
      const [what, code, detail] = said;
      const type = `flotilla.rollout.${what}`;
      expect(told).toEqual([{ id: `r1.${status}.${NOW}`, type, at: NOW, subject: 'rollouts/r1', code, detail }]);
      expect(Notification.parse(told[0])).toEqual(told[0]);
    },
  );

  it('every end, whatever it is called', () => {
    const told = RolloutStatus.options.filter((status) =>
      tellOfRollout(rollout(status), NOW).some(({ type }) => type === 'flotilla.rollout.ended'),
    );
    expect(told).toEqual(END_STATUSES);
  });

  it('for as long as the queue remembers ids, and no longer', () => {
    const [first] = tellOfRollout(rollout('Halted'), NOW);
    expect(tellOfRollout(rollout('Halted'), LATER - 1)).toEqual([first]);
    expect(tellOfRollout(rollout('Halted'), LATER)).toEqual([]);
    const queue = QUEUES.find(({ name }) => name === NOTIFICATIONS_QUEUE);
    expect(TELL_AGAIN_SECONDS).toBeLessThanOrEqual(queue?.duplicateDetectionSeconds ?? 0);
  });
});

function ended(code: string, detail: string): Partial<Rollout> {
  return { endReason: { code, detail }, endedAt: NOW };
}

describe('of a binding', () => {
  const run = { at: NOW, sweepId: 's', selected: 9, drifting: 3, acted: 0, heldByCode: {}, held: [] };
  const held = (clusterId: string, code: 'AntiFlap' | 'Offline', since: number) => ({
    clusterId: `/subscriptions/s/x/${clusterId}`,
    code,
    since,
    detail: 'Corrected 3 times.',
  });

  it('that its brake is on, while that is new', () => {
    const braked = { ...bindingRecord(), id: 'b1', brake: { at: NOW, detail: '8 of 9 clusters drift.' } };
    const expected = {
      id: `b1.brake.${NOW}`,
      type: 'flotilla.brake.on',
      at: NOW,
      subject: 'policies/keep',
      code: 'MassDrift',
      detail: '8 of 9 clusters drift.',
    };
    expect(tellOfBinding(braked, LATER - 1)).toEqual([expected]);
    expect(tellOfBinding(braked, LATER)).toEqual([]);
  });

  it('which clusters were corrected too often, in the run that first held them for it', () => {
    const { since: _, ...olderRow } = held('c4', 'AntiFlap', NOW);
    const list = [
      held('c1', 'AntiFlap', NOW),
      held('c2', 'AntiFlap', NOW - 1),
      held('c3', 'Offline', NOW),
      olderRow,
      held('c5', 'AntiFlap', NOW),
    ];
    const binding = { ...bindingRecord(), id: 'b1', lastRun: { ...run, held: list } };
    expect(tellOfBinding(binding, NOW)).toEqual([
      {
        id: `b1.held.${NOW}`,
        type: 'flotilla.drift.held',
        at: NOW,
        subject: 'policies/keep',
        code: 'AntiFlap',
        detail: 'Held from now on: c1, c5. Corrected 3 times.',
      },
    ]);
    expect(tellOfBinding(binding, LATER)).toEqual([]);
  });

  it('nothing, when nothing of the kind happened', () => {
    expect(tellOfBinding({ ...bindingRecord(), lastRun: { ...run, held: [held('c3', 'Offline', NOW)] } }, NOW)).toEqual(
      [],
    );
  });
});

test('of sweeps and of messages that died: one id for one event, details cut to what a message may hold', () => {
  const by = { kind: 'system', name: 'system' } as const;
  const sweep = { schema: 1, id: 's1', startedAt: NOW, startedBy: by, shards: 7 } as const;
  const death = { reason: 'MaxDeliveryCountExceeded', description: 'x'.repeat(5000) };
  const told = [
    ...tellOfSweep(sweep, 2, NOW),
    tellOfDeadShard('s1', 4, death, NOW),
    tellOfDeath({
      id: 'r1.3.1.1.dead',
      at: NOW,
      subject: 'rollouts/r1',
      code: 'OperationPoisoned',
      detail: 'ten times',
    }),
  ];
  for (const one of told) expect(Notification.parse(one)).toEqual(one);
  expect(told.map(({ id, type, subject, code }) => [id, type, subject, code])).toEqual([
    ['s1.incomplete', 'flotilla.sweep.incomplete', 'compliance/sweeps/s1', 'Incomplete'],
    ['s1.4.dead', 'flotilla.sweep.incomplete', 'compliance/sweeps/s1', 'ShardDied'],
    ['r1.3.1.1.dead', 'flotilla.message.dead', 'rollouts/r1', 'OperationPoisoned'],
  ]);
});
