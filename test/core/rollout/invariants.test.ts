import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../../src/contracts/rollout-state.ts';
import { advance, type Decision } from '../../../src/core/rollout/advance.ts';
import { findViolations } from '../../../src/core/rollout/invariants.ts';
import { actionNames, result, rollout, row, rows, stage, T0 } from './support/builders.ts';

const NOTHING = { clusters: [] };

/** A sound decision with one thing broken by hand. */
function broken(
  before: Rollout,
  live: Parameters<typeof advance>[1],
  change: (decision: Decision) => Partial<Decision>,
) {
  const sound = advance(before, live, [], NOTHING, T0);
  expect(findViolations(before, live, sound)).toEqual([]);
  return findViolations(before, live, { ...sound, ...change(structuredClone(sound)) });
}

const two = (changes = {}) => rollout([stage(2, { next: 1, maxConcurrency: 1 })], changes);

describe('findViolations catches', () => {
  it('a rollout that goes on after its end', () => {
    const ended = rollout([stage(1, { phase: 'Done', next: 1, counts: { Succeeded: 1 } })], { status: 'Succeeded' });
    expect(broken(ended, [], ({ rollout: after }) => ({ rollout: { ...after, status: 'Running' } }))).toEqual([
      'ended as Succeeded, then changed',
    ]);
    expect(broken(ended, [], () => ({ results: [result(0)] }))).toEqual(['ended as Succeeded, then changed']);
  });

  it('a cluster that is counted twice, or not at all', () => {
    const live = [row(0, 'written')];
    const twice = broken(two(), live, ({ rollout: after }) => {
      after.stages[0]!.counts.Succeeded += 1;
      return { rollout: after };
    });
    expect(twice).toEqual(['stage all has 2 clusters, but 1 accounted + 0 deferred + 1 in flight + 1 waiting']);
    const lost = broken(two(), live, () => ({ live: new Map() }));
    expect(lost).toEqual(['stage all has 2 clusters, but 0 accounted + 0 deferred + 0 in flight + 1 waiting']);
  });

  it('a stage that is opened out of turn', () => {
    const stages = [stage(1, { name: 'a' }), stage(1, { name: 'b', phase: 'Pending' })];
    const early = broken(rollout(stages), [], ({ rollout: after }) => {
      after.stages[1]!.phase = 'Running';
      return { rollout: after };
    });
    expect(early).toEqual(['a stage was opened before the one ahead of it was done']);
  });

  it.each(['Pending', 'GateBefore'] as const)('a cluster in flight in a stage that is %s', (phase) => {
    const ungated = broken(two(), [row(0, 'written')], ({ rollout: after }) => {
      after.stages[0]!.phase = phase;
      return { rollout: after };
    });
    expect(ungated).toEqual(['cluster 0 is in flight in a stage that is not open']);
  });

  it('more clusters in flight than maxConcurrency', () => {
    const over = broken(two(), [row(0, 'written')], ({ rollout: after, live }) => {
      after.stages[0]!.next = 2;
      const extra = row(1, 'queued');
      return { rollout: after, live: new Map(live).set(1, extra), insertLive: [extra] };
    });
    expect(over).toEqual(['2 clusters in flight, 1 allowed']);
  });

  it('a held cluster that is queued again beyond maxConcurrency', () => {
    const full = rollout([stage(2, { next: 2, maxConcurrency: 1 })]);
    const over = broken(full, [row(0, 'written'), row(1, 'held', { slotAt: T0 + 1 })], ({ live }) => {
      const again = row(1, 'queued', { step: 2 });
      return { live: new Map(live).set(1, again), updateLive: [again] };
    });
    expect(over).toEqual(['2 clusters in flight, 1 allowed']);
  });

  it.each(['pause', 'halt', 'cancel'] as const)('a dispatch after a %s', (stop) => {
    const stopped = broken(two({ stop }), [row(0, 'written')], ({ live }) => {
      const sent = row(0, 'queued', { step: 2 });
      return { live: new Map(live).set(0, sent), updateLive: [sent] };
    });
    expect(stopped).toEqual([`clusters were dispatched although the rollout is stopped (${stop})`]);
  });

  it('a dispatch after the failure budget is broken', () => {
    const failed = rollout([stage(3, { next: 2, counts: { Failed: 1 } })], { stop: 'halt', status: 'Halted' });
    const on = broken(failed, rows([1], 'written'), ({ rollout: after, live }) => {
      const sent = row(1, 'queued', { step: 2 });
      return { rollout: { ...after, stop: 'none' }, live: new Map(live).set(1, sent), updateLive: [sent] };
    });
    expect(on).toEqual(['clusters were dispatched although the failure budget is broken']);
  });

  describe('actions out of order:', () => {
    const several = two({ actions: actionNames(3) });

    it.each([
      { what: 'one is left out', was: row(0, 'written'), action: 2 },
      { what: 'one comes again', was: row(0, 'written', { action: 1 }), action: 0 },
      { what: 'there is no next one', was: row(0, 'written', { action: 2 }), action: 3 },
      { what: 'the next one begins before its turn', was: row(0, 'claimed'), action: 1 },
    ])('$what', ({ was, action }) => {
      const astray = broken(several, [was], ({ live }) => {
        const moved = { ...was, state: 'held' as const, action };
        return { live: new Map(live).set(0, moved), updateLive: [moved] };
      });
      expect(astray).toEqual([`cluster 0 went to action ${action}, not to the next of a proven one`]);
    });

    it.each(['Succeeded', 'Unchanged'] as const)('%s before the last one', (verdict) => {
      const early = broken(several, [row(0, 'written', { action: 1 })], ({ rollout: after }) => {
        after.stages[0]!.counts[verdict] += 1;
        return { rollout: after, live: new Map(), deleteLive: [0], results: [result(0, verdict)] };
      });
      expect(early).toEqual(['cluster 0 is good before its last action']);
    });
  });

  it('a cursor or an event sequence that goes back', () => {
    const back = broken(two(), [row(0, 'written')], ({ rollout: after }) => {
      after.stages[0]!.next = 0;
      return { rollout: after, live: new Map() };
    });
    expect(back).toContain('a cursor or sequence went back');
    const rewound = broken(two(), [row(0, 'written')], ({ rollout: after }) => ({
      rollout: { ...after, eventSequence: 0 },
    }));
    expect(rewound).toEqual(['a cursor or sequence went back']);
  });
});
