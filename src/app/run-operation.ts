import type { OperationMessage } from '../contracts/messages.ts';
import { DISPATCH_HORIZON_SECONDS } from '../contracts/timing.ts';
import type { Deps } from './deps.ts';
import { nextSlotOf, writesOf } from './budgets.ts';
import { claim } from './operation/claim.ts';
import { outcome, type Ending, type Finished, type Operation } from './operation/context.ts';
import { ensureExtension } from './operation/extension.ts';
import { finish } from './operation/finish.ts';
import { takeLease } from './operation/lease.ts';
import { writeConfiguration } from './operation/write.ts';

/**
 * Works on one queued cluster: claim, lease, extension, record, compare, write. Every step is repeatable, and the row says
 * how far it came; nothing waits in here (law 4).
 */
export async function runOperation(deps: Deps, message: OperationMessage): Promise<void> {
  const claimed = await claim(deps, message);
  if (claimed.kind !== 'go') return;
  const { operation, ending } = await work(claimed.operation);
  await finish(operation, ending);
}

async function work(operation: Operation): Promise<Finished> {
  const { deadlineAt, waiting } = operation.row;
  if (deadlineAt !== undefined && operation.deps.clock.now() >= deadlineAt) {
    const last = waiting === undefined ? '' : ` Last seen: ${waiting.detail}`;
    const detail = `The cluster was not written before its deadline.${last}`;
    return { operation, ending: outcome(operation, 'TimedOut', waiting?.code ?? 'ProgressDeadline', detail) };
  }
  const tooLate = await refuseStaleSlot(operation);
  if (tooLate !== undefined) return { operation, ending: tooLate };
  let current = operation;
  for (const step of [takeLease, ensureExtension]) {
    const progress = await step(current);
    if (progress.kind !== 'go') return { operation: current, ending: progress };
    current = progress.operation;
  }
  return writeConfiguration(current);
}

/** A message that comes long after its slot has no place in the budget any more: ARM may have asked for silence since (law 5). */
async function refuseStaleSlot({ deps, row }: Operation): Promise<Ending | undefined> {
  const now = deps.clock.now();
  if (now <= row.slotAt + DISPATCH_HORIZON_SECONDS * 1000) return undefined;
  const freeAt = await nextSlotOf(deps, writesOf(row.target.clusterId));
  if (freeAt <= now) return undefined;
  return {
    kind: 'retry',
    afterMs: freeAt - now,
    code: 'SlotMissed',
    detail: 'The operation came after its slot; it gets a new one.',
  };
}
