import { hasEnded } from '../../../../src/contracts/rollout-state.ts';
import type { World } from './world.ts';

/**
 * Lets everything go well from here: operations write, agents report, offline clusters come back, people approve and
 * resume. Time moves only to where the rollout itself says that asking again can help: a `nextCheckAt` that is too late
 * shows as a rollout that does not end.
 *
 * @returns the steps it took, at most `stepsMax`.
 */
export function cooperate(world: World, stepsMax: number): number {
  for (let steps = 0; steps < stepsMax; steps++) {
    if (hasEnded(world.rollout.status)) return steps;
    const { live, rollout } = world;
    if (rollout.status === 'WaitingForApproval') for (const who of [1, 2]) world.give('approve', who);
    if (rollout.stop === 'pause' || rollout.stop === 'halt') world.give('resume', 1);
    for (let left = live.size; left > 0; left--) {
      world.do({ kind: 'claim', pick: 0 });
      world.do({ kind: 'operate', pick: 0, ending: 'written' });
    }
    [...world.live.values()].forEach(({ removing }, pick) => {
      const what = removing ? 'again' : 'Succeeded';
      world.do({ kind: 'see', pick, what, isStale: false });
    });
    world.step({ slots: 1000, back: true, looks: true });
    world.now = Math.max(world.now, world.rollout.nextCheckAt);
  }
  return stepsMax;
}
