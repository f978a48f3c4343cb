import { DETAIL_LENGTH_MAX } from '../contracts/limits.ts';
import { OperationMessage } from '../contracts/messages.ts';
import type { Deps } from './deps.ts';
import { wakeMessage } from './messages.ts';

/** Why a message died, as the broker says. */
export interface DeathReason {
  readonly reason: string;
  readonly description: string;
}

/**
 * A poisoned operation becomes a Failed cluster with its reason: nothing waits for ever. A row that has moved on since is
 * left alone, so that an old dead letter never touches a later attempt (S24).
 */
export async function accountDeadOperation(deps: Deps, body: unknown, death: DeathReason): Promise<void> {
  const parsed = OperationMessage.safeParse(body);
  if (!parsed.success) {
    deps.log.error('dead letter is no operation', { ...death });
    return;
  }
  const { rolloutId, ordinal, attempt, step } = parsed.data;
  const stored = await deps.store.liveRow(rolloutId, ordinal);
  const row = stored?.value;
  const isAtWork = row?.state === 'queued' || row?.state === 'claimed';
  if (stored === undefined || row === undefined || row.attempt !== attempt || row.step !== step || !isAtWork) return;
  const now = deps.clock.now();
  const detail = `The operation on this cluster failed every time: ${death.reason}. ${death.description}`.slice(
    0,
    DETAIL_LENGTH_MAX,
  );
  const outcome = { verdict: 'Failed', code: 'OperationPoisoned', detail, at: now } as const;
  const saved = await deps.store.saveLive(rolloutId, {
    value: { ...row, state: 'done', since: now, outcome },
    version: stored.version,
  });
  deps.log.error('operation poisoned', { rolloutId, ordinal, ...death });
  if (saved.saved) await deps.bus.sendWakeups([wakeMessage(rolloutId, now)]);
}

/** A dead wake-up or request: the timer wakes the rollout again, and the refused request is on record in the log. */
export function recordDeadLetter(deps: Pick<Deps, 'log'>, queue: string, death: DeathReason, messageId: string): void {
  deps.log.error('message died', { queue, messageId, ...death });
}
