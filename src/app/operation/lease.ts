import { acquireLease } from '../leases.ts';
import { outcome, type Operation, type Progress } from './context.ts';

/** How long to wait before asking again for a lease that an older rollout holds. */
const LEASE_RETRY_MS = 15_000;
const CONTENDED_RETRY_MS = 2_000;

/** Takes the lease on (cluster, configuration) into the operation (law 8). It is stored with the next save of the row. */
export async function takeLease(operation: Operation): Promise<Progress> {
  const { deps, rolloutId, configuration, row } = operation;
  const deadlineAt = row.deadlineAt ?? deps.clock.now();
  const answer = await acquireLease(deps, rolloutId, row.target.clusterId, configuration.name, deadlineAt);
  switch (answer.kind) {
    case 'held':
      return { kind: 'go', operation: { ...operation, row: { ...row, lease: answer.lease } } };
    case 'newer': {
      const detail = `Rollout ${answer.holder} is newer and has ${configuration.name} on this cluster in its hands.`;
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
