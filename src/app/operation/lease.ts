import { onlyEnsuresPresence, subjectOf } from '../../core/change/actions.ts';
import { acquireLease, releaseLeases } from '../leases.ts';
import { actionOf, outcome, type Operation, type Progress } from './context.ts';

/** How long to wait before asking again for a lease that an older rollout holds. */
const LEASE_RETRY_MS = 15_000;
const CONTENDED_RETRY_MS = 2_000;

/** Takes the lease on what the action writes into the operation (law 8). It is stored with the next save of the row. */
export async function takeLease(operation: Operation): Promise<Progress> {
  const { deps, rolloutId, row } = operation;
  const action = actionOf(operation);
  if (onlyEnsuresPresence(action)) return { kind: 'go', operation };
  const subject = subjectOf(action);
  const deadlineAt = row.deadlineAt ?? deps.clock.now();
  const answer = await acquireLease(deps, rolloutId, row.target.clusterId, subject, deadlineAt);
  switch (answer.kind) {
    case 'held':
      return { kind: 'go', operation: { ...operation, row: { ...row, lease: answer.lease } } };
    case 'newer': {
      const detail = `Rollout ${answer.holder} is newer and has ${subject} on this cluster in its hands.`;
      return outcome(operation, 'Skipped', 'NewerRollout', detail);
    }
    case 'blocked': {
      const detail = `Rollout ${answer.holder} is still at work on this cluster.`;
      return { kind: 'retry', afterMs: LEASE_RETRY_MS, code: 'LeaseHeld', detail, blockedBy: answer.holder };
    }
    case 'contended':
      return {
        kind: 'retry',
        afterMs: CONTENDED_RETRY_MS,
        code: 'LeaseContended',
        detail: 'Another rollout asked for the cluster at the same moment.',
      };
  }
}

/** Gives the lease of an action that is proven back, and goes to another one, with a deadline of its own. */
export async function passLeaseOn(operation: Operation, action: number): Promise<Operation> {
  const { deps, rolloutId, deadlineMs } = operation;
  const { lease, writtenAt: _writtenAt, unmistakable: _unmistakable, ...row } = operation.row;
  if (lease !== undefined) await releaseLeases(deps, rolloutId, [operation.row]);
  const begun = { action, changed: row.changed || row.wrote, wrote: false, tries: 0 };
  return { ...operation, row: { ...row, ...begun, deadlineAt: deps.clock.now() + deadlineMs } };
}
