import { expect } from 'vitest';
import type { LiveRow, Target } from '../../../../src/contracts/cluster-rows.ts';
import type { Command } from '../../../../src/contracts/command.ts';
import type { EventType } from '../../../../src/contracts/event.ts';
import type { Rollout, StageState } from '../../../../src/contracts/rollout-state.ts';
import { admit, type Offer } from '../../../../src/core/rollout/admit.ts';
import { advance, type Decision } from '../../../../src/core/rollout/advance.ts';
import { findViolations } from '../../../../src/core/rollout/invariants.ts';
import { NOTHING_SEEN, type Sightings } from '../../../../src/core/rollout/sightings.ts';
import { T0, target } from './builders.ts';

/** What happens to the state: everything that is not named does not happen. */
export interface When {
  readonly commands?: readonly Command[];
  readonly seen?: Partial<Sightings>;
  /** Milliseconds after `T0`. */
  readonly afterMs?: number;
  /** Offers for `admit`, made from the decision; none: `admit` is not called. */
  readonly offers?: (decision: Decision) => readonly Offer[];
}

/** What is expected of the decision; only what is named is compared. */
export interface Then {
  readonly rollout?: Partial<Rollout>;
  /** By index; only the fields that are named. */
  readonly stages?: readonly Partial<StageState>[];
  /** Every live row afterwards: ordinal → state. */
  readonly live?: Readonly<Record<number, LiveRow['state']>>;
  /** Every result of this step: ordinal → verdict. */
  readonly results?: Readonly<Record<number, string>>;
  /** Every event of this step, in order. */
  readonly events?: readonly EventType[];
  readonly room?: number;
  readonly more?: boolean;
  /** Milliseconds after `T0`. */
  readonly nextCheckAfterMs?: number;
}

/** given(rollout, live).when({…}).then({…}): one step of the engine on frozen inputs, checked by the invariants. */
export function given(rollout: Rollout, live: readonly LiveRow[] = []) {
  return {
    when: (what: When = {}) => {
      const decision = decide(rollout, live, what);
      return { decision, then: (expected: Then) => (check(decision, expected), decision) };
    },
  };
}

function decide(rollout: Rollout, live: readonly LiveRow[], what: When): Decision {
  const { commands = [], seen = {}, afterMs = 0, offers } = what;
  const sightings = { ...NOTHING_SEEN, ...seen };
  const before = deepFreeze([rollout, live, commands, sightings] as const);
  const decision = advance(...before, T0 + afterMs);
  const final = offers === undefined ? decision : admit(decision, deepFreeze(offers(decision)));
  expect(findViolations(rollout, live, final)).toEqual([]);
  return final;
}

function check(decision: Decision, expected: Then): void {
  const { rollout, stages, live, results, events, room, more, nextCheckAfterMs } = expected;
  if (rollout !== undefined) expect(decision.rollout).toMatchObject(rollout);
  stages?.forEach((stage, index) => {
    expect(decision.rollout.stages[index]).toMatchObject(stage);
  });
  if (live !== undefined) expect(states(decision)).toEqual(live);
  if (results !== undefined) {
    const verdicts = decision.results.map(({ ordinal, outcome }) => [ordinal, outcome.verdict]);
    expect(Object.fromEntries(verdicts)).toEqual(results);
  }
  if (events !== undefined) expect(decision.events.map(({ type }) => type)).toEqual(events);
  if (room !== undefined) expect(decision.room).toBe(room);
  if (more !== undefined) expect(decision.more).toBe(more);
  if (nextCheckAfterMs !== undefined) expect(decision.rollout.nextCheckAt - T0).toBe(nextCheckAfterMs);
}

export function states(decision: Decision): Record<number, LiveRow['state']> {
  return Object.fromEntries([...decision.live].map(([ordinal, { state }]) => [ordinal, state]));
}

/** Offers of the next `count` clusters behind `from`. */
export function next(from: number, count: number, changes: Partial<Target> = {}): Offer[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'next',
    target: target(from + index, changes),
    slotAt: T0,
  }));
}

/** Freezes a value with everything in it, so that a write to it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
