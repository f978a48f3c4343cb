import type { Deps } from '../deps.ts';
import { unknownRollout } from '../give-command.ts';
import { rolloutView, type RolloutView } from './rollout-view.ts';

/** `GET /api/rollouts/{id}`. Throws `Refusal` 404. */
export async function getRollout({ store }: Deps, rolloutId: string): Promise<RolloutView> {
  const header = await store.header(rolloutId);
  if (header === undefined) throw unknownRollout(rolloutId);
  return rolloutView(header.value);
}
