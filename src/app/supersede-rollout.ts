import { SYSTEM } from '../contracts/actor.ts';
import { hasEnded } from '../contracts/rollout-state.ts';
import type { Deps } from './deps.ts';
import { takeEffect, unknownRollout } from './give-command.ts';

/**
 * Ends a rollout because another one takes its place: clusters in flight finish, nothing new starts, and it ends as `Superseded`.
 * The command is durable once this returns. Repeatable: one that is ending, or has ended, is left alone.
 *
 * @param by id of the rollout that takes its place, which need not exist yet.
 * @throws Refusal 404 (no such rollout); Transient when the store does not answer.
 */
export async function supersedeRollout(deps: Deps, rolloutId: string, by: string): Promise<void> {
  const loaded = await deps.store.load(rolloutId);
  if (loaded === undefined) throw unknownRollout(rolloutId);
  const { status, stop } = loaded.rollout.value;
  if (hasEnded(status) || stop === 'cancel') return;
  if (!loaded.commands.some(({ kind }) => kind === 'supersede')) {
    const command = { schema: 1, id: deps.ids.next(), kind: 'supersede', actor: SYSTEM, at: deps.clock.now() } as const;
    await deps.store.addCommand(rolloutId, { ...command, supersededBy: by });
    deps.log.info('rollout superseded', { rolloutId, by });
  }
  await takeEffect(deps, rolloutId);
}
