import type { OperationMessage } from '../contracts/messages.ts';
import { DISPATCH_HORIZON_SECONDS } from '../contracts/timing.ts';
import { carryOut } from './actions/carry-out.ts';
import type { Deps } from './deps.ts';
import { nextSlotOf, readsOf, reserve, writesOf } from './budgets.ts';
import { claim } from './operation/claim.ts';
import { actionOf, outcome, type Ending, type Finished, type Operation } from './operation/context.ts';
import { finish } from './operation/finish.ts';
import { passLeaseOn, takeLease } from './operation/lease.ts';

/** How long to wait for a read of the subscription's budget. */
const NO_READ_RETRY_MS = 5_000;

/**
 * Works on one queued cluster: claim, then the actions of the change one after the other, each with its lease, until one has
 * written something: what that leads to is awaited outside (law 4). Every step is repeatable, and the row says how far it came.
 */
export async function runOperation(deps: Deps, message: OperationMessage): Promise<void> {
  const claimed = await claim(deps, message);
  if (claimed.kind !== 'go') return;
  const { operation, ending } = await work(claimed.operation);
  await finish(operation, ending);
}

async function work(operation: Operation): Promise<Finished> {
  const tooLate = refuseLate(operation) ?? (await refuseStaleSlot(operation));
  if (tooLate !== undefined) return { operation, ending: tooLate };
  let current = operation;
  for (;;) {
    const leased = await takeLease(current);
    if (leased.kind !== 'go') return { operation: current, ending: leased };
    const finished = await carryOut(leased.operation, actionOf(leased.operation));
    if (finished.ending.kind !== 'asDesired' || isLast(finished.operation)) return finished;
    const next = await goOn(finished.operation, finished.ending.unread === true);
    if (next.kind !== 'go') return { operation: finished.operation, ending: next };
    current = next.operation;
  }
}

/** The next action in the same claim: it has one more read to pay for unless the slot's is still there, as its write is. */
async function goOn(operation: Operation, hasRead: boolean): Promise<{ kind: 'go'; operation: Operation } | Ending> {
  const { deps, row } = operation;
  const next = await passLeaseOn(operation, row.action + 1);
  if (hasRead) return { kind: 'go', operation: next };
  const [read] = await reserve(deps, readsOf(row.target.clusterId), 1, 0);
  if (read !== undefined) return { kind: 'go', operation: next };
  const detail = 'The reads of the subscription are used up for the moment.';
  return { kind: 'retry', afterMs: NO_READ_RETRY_MS, code: 'ReadBudget', detail };
}

function isLast({ actions, row }: Operation): boolean {
  return row.action === actions.length - 1;
}

function refuseLate(operation: Operation): Ending | undefined {
  const { deadlineAt, waiting } = operation.row;
  if (deadlineAt === undefined || operation.deps.clock.now() < deadlineAt) return undefined;
  const last = waiting === undefined ? '' : ` Last seen: ${waiting.detail}`;
  const detail = `The cluster was not written before its deadline.${last}`;
  return outcome(operation, 'TimedOut', waiting?.code ?? 'ProgressDeadline', detail);
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
