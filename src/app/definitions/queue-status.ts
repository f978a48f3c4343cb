import { Transient } from '../../contracts/errors.ts';
import { hasEnded, type Rollout } from '../../contracts/rollout-state.ts';
import { statusSlot } from '../../core/definition/status-text.ts';
import type { Deps } from '../deps.ts';
import { statusMessage } from '../messages.ts';

/**
 * Queues that the commit of a rollout is told how it goes, when its definition asks for that. It holds up nothing: progress that
 * cannot be queued is told with the next.
 *
 * @throws Transient for an ended rollout that the bus did not take: whoever looks at it next queues it again.
 */
export async function queueStatus(deps: Deps, before: Rollout, rollout: Rollout): Promise<void> {
  if (rollout.definition?.commitStatus !== true) return;
  const slot = statusSlot(before, rollout, deps.clock.now());
  if (slot === undefined) return;
  try {
    await deps.bus.sendStatuses([statusMessage(slot, { rolloutId: rollout.id, tries: 0 })]);
  } catch (error) {
    if (error instanceof Transient && hasEnded(rollout.status)) throw error;
    deps.log.warn('commit status was not queued', { rolloutId: rollout.id, error: String(error) });
  }
}
