import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { wakeMessage } from '../messages.ts';
import { saveRow, type Ending, type Operation } from './context.ts';

/** Stores where the operation leaves its cluster, then sends what follows from the stored row (law 3). */
export async function finish(operation: Operation, ending: Ending): Promise<void> {
  const { row } = operation;
  const since = operation.deps.clock.now();
  switch (ending.kind) {
    case 'lost':
      return;
    case 'written': {
      const { writtenAt, operationUrl } = ending;
      await saveRow(operation, settled(row, { state: 'written', since, writtenAt, operationUrl }));
      return;
    }
    case 'removing': {
      const { operationUrl } = ending;
      await saveRow(operation, settled(row, { state: 'written', since, removing: true, operationUrl }));
      return;
    }
    case 'asDesired': {
      const { detail, evidence } = ending;
      const outcome = { verdict: 'Unchanged', code: 'AsDesired', detail, at: since, evidence } as const;
      return end(operation, settled(row, { state: 'done', since, outcome }));
    }
    case 'outcome':
      return end(operation, settled(row, { state: 'done', since, outcome: ending.outcome }));
    case 'retry':
      return retry(operation, ending);
  }
}

/** A verdict: the engine is asked to account it. */
async function end(operation: Operation, row: LiveRow): Promise<void> {
  const { deps, rolloutId } = operation;
  const saved = await saveRow(operation, row);
  if (saved.kind === 'go') await deps.bus.sendWakeups([wakeMessage(rolloutId, deps.clock.now())]);
}

/** The row with its claim over and its waiting reason gone. */
function settled({ claimedUntil: _claim, waiting: _waiting, ...row }: LiveRow, changes: Partial<LiveRow>): LiveRow {
  return { ...row, ...changes };
}

/**
 * Puts the cluster back in line. Not into the queue: only the engine queues, so that nothing is claimed after a stop
 * (S10), and only with a slot of the write budget (law 5).
 */
async function retry(operation: Operation, ending: Extract<Ending, { kind: 'retry' }>): Promise<void> {
  const { deps, rolloutId, row } = operation;
  const { afterMs, code, detail, blockedBy } = ending;
  const now = deps.clock.now();
  const slotAt = now + afterMs;
  const waiting = { code, detail, ...(blockedBy !== undefined && { blockedBy }) };
  const saved = await saveRow(
    operation,
    settled(row, { state: 'held', since: now, slotAt, tries: row.tries + 1, waiting }),
  );
  if (saved.kind === 'go') await deps.bus.sendWakeups([wakeMessage(rolloutId, slotAt)]);
}
