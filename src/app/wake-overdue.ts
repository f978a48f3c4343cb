import { hasEnded } from '../contracts/rollout-state.ts';
import { OVERDUE_SECONDS } from '../contracts/timing.ts';
import { updateIndex } from './advance/index-rows.ts';
import type { Deps } from './deps.ts';
import { wakeMessage } from './messages.ts';
import { CREATION_MS_MAX } from './overlap.ts';

/** Submissions that never got their header are forgotten after this many creation times. */
const ABANDONED_AFTER = 10;

/** Wakes every rollout whose own wake-up was lost, and tidies the active set: the safety net under law 1. */
export async function wakeOverdue(deps: Deps): Promise<void> {
  const { rollouts } = await deps.index.active();
  const now = deps.clock.now();
  for (const { rolloutId, createdAt } of rollouts) {
    const header = (await deps.store.header(rolloutId))?.value;
    if (header === undefined) {
      if (now - createdAt > CREATION_MS_MAX * ABANDONED_AFTER) await deps.index.deactivate(rolloutId);
    } else if (hasEnded(header.status)) {
      await updateIndex(deps, header);
    } else if (now >= header.nextCheckAt + OVERDUE_SECONDS * 1000 || (await hasOldCommand(deps, rolloutId, now))) {
      deps.log.warn('rollout was overdue', { rolloutId, nextCheckAt: header.nextCheckAt });
      await deps.bus.sendWakeups([wakeMessage(rolloutId, now)]);
    }
  }
}

/** A command whose own wake-up was lost: a rollout that waits for people is not due by itself for an hour. */
async function hasOldCommand({ store }: Deps, rolloutId: string, now: number): Promise<boolean> {
  const commands = (await store.load(rolloutId))?.commands ?? [];
  return commands.some(({ at }) => now >= at + (OVERDUE_SECONDS * 1000) / 2);
}
