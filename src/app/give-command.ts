import type { Actor } from '../contracts/actor.ts';
import type { CommandKind, CommandRequest } from '../contracts/command.ts';
import { Refusal, Transient } from '../contracts/errors.ts';
import { PENDING_COMMANDS_MAX } from '../contracts/limits.ts';
import type { Rollout } from '../contracts/rollout-state.ts';
import { judgeCommand } from '../core/rollout/commands.ts';
import { advanceRollout } from './advance-rollout.ts';
import type { Deps } from './deps.ts';
import { wakeMessage } from './messages.ts';

export interface CommandGiven {
  readonly rolloutId: string;
  readonly kind: CommandKind;
  readonly actor: Actor;
  readonly request: CommandRequest;
}

/**
 * Stores a command, then lets the engine consume it at once: an answer that shows the new status is an acknowledged stop.
 * When the engine is busy elsewhere, the command is durable and takes effect with its next step.
 *
 * @throws Refusal 404 (no such rollout), 403 (may not approve), 409 (state does not allow it; says which do).
 */
export async function giveCommand(deps: Deps, given: CommandGiven): Promise<Rollout> {
  const { rolloutId, kind, actor, request } = given;
  const loaded = await deps.store.load(rolloutId);
  if (loaded === undefined) throw unknownRollout(rolloutId);
  const rollout = loaded.rollout.value;
  refuseIfUnfit(rollout, given);
  if (loaded.commands.length >= PENDING_COMMANDS_MAX) {
    throw new Refusal(409, 'TooManyCommands', `${loaded.commands.length} commands are waiting already.`);
  }
  const { reason } = request;
  const at = deps.clock.now();
  await deps.store.addCommand(rolloutId, {
    schema: 1,
    id: deps.ids.next(),
    kind,
    actor,
    at,
    ...(reason !== undefined && { reason }),
  });
  await takeEffect(deps, rolloutId);
  return (await deps.store.header(rolloutId))?.value ?? rollout;
}

/** The command is stored: whatever happens to this request now, the wake-up or the timer gets it consumed. */
export async function takeEffect(deps: Deps, rolloutId: string): Promise<void> {
  try {
    await deps.bus.sendWakeups([wakeMessage(rolloutId, deps.clock.now())]);
    await advanceRollout(deps, rolloutId);
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('command takes effect later', { rolloutId, code: error.code, detail: error.message });
  }
}

function refuseIfUnfit(rollout: Rollout, { kind, actor, request }: CommandGiven): void {
  const problem = judgeCommand(rollout, { kind, actor });
  if (problem !== undefined) {
    throw new Refusal(problem.code === 'RequesterMayNotApprove' ? 403 : 409, problem.code, problem.detail);
  }
  if (request.planHash === undefined || request.planHash === rollout.planHash) return;
  const detail = `The plan of this rollout is ${rollout.planHash}; look at it and send that hash.`;
  throw new Refusal(409, 'PlanChanged', detail, [{ field: 'planHash', code: 'PlanChanged', detail }]);
}

export function unknownRollout(rolloutId: string): Refusal {
  return new Refusal(404, 'RolloutNotFound', `There is no rollout ${rolloutId}. GET /api/rollouts lists them.`);
}
