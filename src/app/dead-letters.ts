import { DETAIL_LENGTH_MAX } from '../contracts/limits.ts';
import { OperationMessage, WakeMessage, type DeathReason } from '../contracts/messages.ts';
import { hasEnded } from '../contracts/rollout-state.ts';
import { tellOfDeath } from '../core/notifications/what-to-tell.ts';
import type { Deps } from './deps.ts';
import { wakeMessage } from './messages.ts';
import { tell } from './notifications/tell.ts';

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
  // Before the commit: the message is dead already, and a dead letter that comes again after it would tell nothing.
  const id = `${rolloutId}.${ordinal}.${attempt}.${step}.dead`;
  await tell(deps, [tellOfDeath({ id, at: now, subject: `rollouts/${rolloutId}`, code: 'OperationPoisoned', detail })]);
  const outcome = { verdict: 'Failed', code: 'OperationPoisoned', detail, at: now } as const;
  const saved = await deps.store.saveLive(rolloutId, {
    value: { ...row, state: 'done', since: now, outcome },
    version: stored.version,
  });
  deps.log.error('operation poisoned', { rolloutId, ordinal, ...death });
  if (saved.saved) await deps.bus.sendWakeups([wakeMessage(rolloutId, now)]);
}

/** How long a rollout whose engine fails every time is left alone before the timer wakes it again. */
const FAULT_RETRY_MS = 300_000;

/** A wake-up that failed every time: the rollout says so, and is tried again later, since the cause may be gone by then. */
export async function showDeadWakeup(deps: Deps, body: unknown, death: DeathReason): Promise<void> {
  const parsed = WakeMessage.safeParse(body);
  const stored = parsed.success ? await deps.store.header(parsed.data.rolloutId) : undefined;
  deps.log.error('wake-up died', { rolloutId: stored?.value.id, ...death });
  if (stored === undefined || hasEnded(stored.value.status)) return;
  const now = deps.clock.now();
  const nextCheckAt = now + FAULT_RETRY_MS;
  const detail = `Advancing this rollout failed every time: ${death.reason}. ${death.description}`.slice(
    0,
    DETAIL_LENGTH_MAX,
  );
  const { id } = stored.value;
  await tell(deps, [
    tellOfDeath({ id: `${id}.wake-up.dead`, at: now, subject: `rollouts/${id}`, code: 'EngineFault', detail }),
  ]);
  const rollout = { ...stored.value, nextCheckAt, waiting: { code: 'EngineFault', detail, since: now, nextCheckAt } };
  await deps.store.commit({ ...EMPTY_STEP, rollout: { value: rollout, version: stored.version } });
}

const EMPTY_STEP = {
  insertLive: [],
  updateLive: [],
  deleteLive: [],
  insertResults: [],
  updateResults: [],
  insertDeferred: [],
  deleteDeferred: [],
  deleteCommands: [],
  event: undefined,
} as const;
