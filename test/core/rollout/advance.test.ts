import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventType } from '../../../src/contracts/event.ts';
import { hasEnded, RolloutStatus } from '../../../src/contracts/rollout-state.ts';
import { advance } from '../../../src/core/rollout/advance.ts';
import { findViolations } from '../../../src/core/rollout/invariants.ts';
import { cooperate } from './support/cooperate.ts';
import { histories, shapes, type Action, type RolloutShape } from './support/histories.ts';
import { LAWS } from './support/laws.ts';
import { World, type Taken } from './support/world.ts';

const RUNS = { numRuns: 250 };

/** Plays histories and hands every step to `check`. Inputs are deep-frozen: a step that mutates one throws. */
function forEveryStep(check: (taken: Taken) => void): void {
  fc.assert(
    fc.property(shapes, histories, (shape, actions) => {
      play(shape, actions, check);
    }),
    RUNS,
  );
}

function play(shape: RolloutShape, actions: readonly Action[], check: (taken: Taken) => void): World {
  const world = new World(shape.rollout, shape, check);
  for (const action of actions) world.do(action);
  return world;
}

describe('advance and admit, over any history', () => {
  it('are total, change none of their inputs, and keep every invariant that production checks', () => {
    forEveryStep(({ before, liveBefore, decision }) => {
      expect(findViolations(before, liveBefore, decision)).toEqual([]);
    });
  });

  it('keep the laws of the engine', () => {
    forEveryStep((taken) => {
      const broken = LAWS.filter(({ holds }) => !holds(taken)).map(({ sentence }) => sentence);
      expect(broken).toEqual([]);
    });
  });

  it('say the same to the same input', () => {
    forEveryStep(({ decision, again }) => {
      expect(again()).toEqual(decision);
    });
  });

  it('have nothing more to say when nothing happens and no time passes', () => {
    forEveryStep(({ decided: { rollout, live, more, now } }) => {
      if (more) return;
      const again = advance(rollout, [...live.values()], [], { clusters: [] }, now);
      expect(again.events).toEqual([]);
      expect(again.results).toEqual([]);
    });
  });
});

describe('a rollout in which nothing happens', () => {
  it('comes to rest: looked at and stepped at one moment, it soon asks to be woken at a later one', () => {
    fc.assert(
      fc.property(shapes, histories, (shape, actions) => {
        const world = play(shape, actions, () => undefined);
        // Each full commit settles 30 rows at the least; then phases without waiting, each look once.
        const stepsMax = 20 + Math.ceil(shape.rollout.targets / 30);
        const isAtRest = () => hasEnded(world.rollout.status) || world.rollout.nextCheckAt > world.now;
        for (let steps = 0; steps < stepsMax && (steps === 0 || !isAtRest()); steps++) {
          world.step({ slots: 0, back: false, looks: true });
        }
        expect(isAtRest()).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('the histories', () => {
  it('reach every status and every event, so that the laws are not kept for want of trying', () => {
    const statuses = new Set<string>();
    const events = new Set<string>();
    for (const [shape, actions] of fc.sample(fc.tuple(shapes, histories), { numRuns: 800, seed: 1 })) {
      play(shape, actions, ({ decision }) => {
        statuses.add(decision.rollout.status);
        for (const { type } of decision.events) events.add(type);
      });
    }
    expect(RolloutStatus.options.filter((status) => !statuses.has(status))).toEqual([]);
    // A rollout is submitted before its first step.
    expect(EventType.options.filter((type) => !events.has(type))).toEqual(['RolloutSubmitted']);
  });
});

describe('a rollout whose clusters and people cooperate', () => {
  it('always ends, within a number of steps that its size bounds, with one verdict for each cluster', () => {
    fc.assert(
      fc.property(shapes, histories, (shape, actions) => {
        const world = play(shape, actions, () => undefined);
        const { targets, stages, actions: doing } = shape.rollout;
        const stepsMax = 60 + 4 * targets * doing.length + 20 * stages.length;
        const steps = cooperate(world, stepsMax);
        expect(steps).toBeLessThan(stepsMax);
        expect(hasEnded(world.rollout.status)).toBe(true);
        const counted = world.rollout.stages.flatMap(({ counts }) => Object.values(counts));
        expect(counted.reduce((sum, n) => sum + n, 0)).toBe(shape.rollout.targets);
      }),
      RUNS,
    );
  });
});
