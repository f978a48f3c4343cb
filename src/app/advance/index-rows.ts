import { labelOf } from '../../contracts/actor.ts';
import { hasEnded, type Rollout } from '../../contracts/rollout-state.ts';
import type { RolloutListItem } from '../../ports/rollout-index.ts';
import { recordBaselines } from '../compliance/record-baselines.ts';
import { queueStatus } from '../definitions/queue-status.ts';
import type { Deps } from '../deps.ts';
import { definitionMessage } from '../messages.ts';

export function listItem(rollout: Rollout): RolloutListItem {
  const { id, name, actions, status, createdAt, createdBy, targets, definition } = rollout;
  const item = { rolloutId: id, name, actions, status, createdAt, createdBy: labelOf(createdBy), targets };
  return { ...item, ...(definition && { definition: definition.name }) };
}

/** Brings the list and the active set in line with the header. Repeatable: the timer does it again if it was missed. */
export async function updateIndex(deps: Deps, rollout: Rollout): Promise<void> {
  await deps.index.upsertListItem(listItem(rollout));
  if (!hasEnded(rollout.status)) return;
  await recordBaselines(deps, rollout);
  await queueStatus(deps, rollout, rollout);
  if (rollout.definition !== undefined) {
    await deps.bus.sendRevisions([definitionMessage(rollout.definition.name, deps.clock.now())]);
  }
  await deps.index.deactivate(rollout.id);
}
