import { describe, expect, it, test } from 'vitest';
import { STATUS_DESCRIPTION_LENGTH_MAX } from '../../../src/contracts/limits.ts';
import { RolloutStatus, type Rollout, type StageState } from '../../../src/contracts/rollout-state.ts';
import { statusProviderOf } from '../../../src/core/definition/status-provider.ts';
import { statusSlot, statusText } from '../../../src/core/definition/status-text.ts';
import { HOUR, MINUTE, rollout, SECOND, stage, T0 } from '../rollout/support/builders.ts';

const DAY = 24 * HOUR;

function ofFleet(
  status: RolloutStatus,
  canary: Partial<Omit<StageState, 'counts'>> & { readonly counts?: Partial<StageState['counts']> },
  changes: Partial<Rollout> = {},
): Rollout {
  const stages = [stage(12, { name: 'canary', ...canary }), stage(36, { name: 'fleet', phase: 'Pending' })];
  return rollout(stages, { targets: 48, status, ...changes });
}

test.each<[string, Rollout, string, string]>([
  ['planned', ofFleet('Planning', {}), 'pending', '0/48 clusters, planning'],
  [
    'at a gate',
    ofFleet('WaitingForApproval', { phase: 'GateBefore' }),
    'pending',
    '0/48 clusters, canary waits for approval',
  ],
  [
    'running',
    ofFleet('Running', { counts: { Succeeded: 4, Unchanged: 1 } }),
    'pending',
    '5/48 clusters, canary rolling out',
  ],
  [
    'with failures',
    ofFleet('Running', { counts: { Succeeded: 4, Failed: 1, TimedOut: 1 } }),
    'pending',
    '4/48 clusters, 2 failed, canary rolling out',
  ],
  [
    'soaking',
    ofFleet('Soaking', { phase: 'Soaking', counts: { Succeeded: 12 } }),
    'pending',
    '12/48 clusters, canary soaking',
  ],
  [
    'gone bad while soaking',
    ofFleet('Soaking', { phase: 'Soaking', counts: { Succeeded: 12 }, regressed: 2 }),
    'pending',
    '10/48 clusters, 2 failed, canary soaking',
  ],
  ['paused', ofFleet('Paused', { counts: { Succeeded: 3 } }), 'pending', '3/48 clusters, paused'],
  [
    'halted',
    ofFleet('Halted', { counts: { Succeeded: 3, Failed: 2 } }),
    'failure',
    '3/48 clusters, 2 failed, halted in canary',
  ],
  [
    'verified at last',
    rollout([stage(2, { phase: 'Done', counts: { Succeeded: 2 } })], { targets: 2, status: 'Running' }),
    'pending',
    '2/2 clusters, waiting for the last clusters',
  ],
  [
    'good',
    rollout([stage(2, { phase: 'Done', counts: { Succeeded: 2 } })], { targets: 2, status: 'Succeeded' }),
    'success',
    '2/2 clusters, done',
  ],
  [
    'not all good',
    ofFleet('CompletedWithFailures', { counts: { Succeeded: 11, Skipped: 1 } }),
    'failure',
    '11/48 clusters, done, not all are well',
  ],
  ['failed', ofFleet('Failed', { counts: { Failed: 2 } }), 'failure', '0/48 clusters, 2 failed, the rollout failed'],
  ['cancelled', ofFleet('Cancelled', { counts: { Succeeded: 3 } }), 'error', '3/48 clusters, cancelled'],
  [
    'superseded',
    ofFleet('Superseded', { counts: { Succeeded: 3 } }),
    'error',
    '3/48 clusters, superseded by a newer revision',
  ],
])('a rollout that is %s', (_name, given, state, description) => {
  expect(statusText(given)).toEqual({ state, description });
});

it('is short whatever the status, even where names are as long as they may be', () => {
  for (const status of RolloutStatus.options) {
    const given = ofFleet(
      status,
      { name: 'x'.repeat(63), counts: { Succeeded: 99_999, Failed: 1 } },
      { targets: 100_000 },
    );
    expect(statusText(given).description.length).toBeLessThanOrEqual(STATUS_DESCRIPTION_LENGTH_MAX);
  }
});

describe('a commit is told', () => {
  const before = ofFleet('Running', { counts: { Succeeded: 1 } }, { createdAt: T0 });
  const after = ofFleet('Running', { counts: { Succeeded: 2 } }, { createdAt: T0 });
  const soaking = ofFleet('Soaking', { phase: 'Soaking', counts: { Succeeded: 12 } }, { createdAt: T0 });

  it('at the end of half a minute, so that everything in it is told at once', () => {
    const slots = [0, 1, 29_999].map((ms) => statusSlot(before, after, T0 + MINUTE + ms));
    expect(slots.map((slot) => slot?.at)).toEqual([0, 0, 0].map(() => T0 + MINUTE + 30 * SECOND));
    expect(new Set(slots.map((slot) => slot?.slot)).size).toBe(1);
    expect(statusSlot(before, after, T0 + MINUTE + 30 * SECOND)?.slot).not.toBe(slots[0]?.slot);
  });

  it('of nothing when nothing changed that it is told', () => {
    expect(statusSlot(after, { ...after, nextCheckAt: T0 + HOUR }, T0)).toBeUndefined();
  });

  it('of the end at once, and once', () => {
    const ended = { ...after, status: 'Failed' as const };
    expect(statusSlot(after, ended, T0 + 12_345)).toEqual({ slot: 'end', at: T0 + 12_345 });
    expect(statusSlot(ended, ended, T0 + HOUR)?.slot).toBe('end');
  });

  it('of a change of the status within half a minute, however old the rollout is', () => {
    const now = T0 + 40 * DAY + 1;
    expect(statusSlot(before, soaking, now)?.at).toBe(T0 + 40 * DAY + 30 * SECOND);
    expect(statusSlot(before, after, now)?.at).toBe(T0 + 41 * DAY);
  });

  it('of progress less than 1,000 times in 90 days', () => {
    const slots = new Set<string | undefined>();
    for (let now = T0; now < T0 + 90 * DAY; now += 15 * SECOND) slots.add(statusSlot(before, after, now)?.slot);
    expect(slots.size).toBeLessThan(1000);
    expect(slots.size).toBeGreaterThan(500);
  });
});

test.each([
  ['github.com/contoso/fleet', 'github'],
  ['octo.ghe.com/contoso/fleet', 'github'],
  ['gitlab.com/contoso/platform/fleet', 'gitlab'],
  ['bitbucket.org/contoso/fleet', 'bitbucket'],
  ['dev.azure.com/contoso/platform/fleet', 'azure-devops'],
  ['codeberg.org/contoso/fleet', 'gitea'],
  ['git.contoso.com/contoso/fleet', undefined],
  ['notgithub.com/contoso/fleet', undefined],
])('%s is hosted by %s', (repository, expected) => {
  expect(statusProviderOf(repository)).toBe(expected);
});
