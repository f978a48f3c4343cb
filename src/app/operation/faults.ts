import { ARM_REQUEST_SECONDS, CLOCK_SKEW_SECONDS } from '../../contracts/timing.ts';
import type { ArmFault } from '../../ports/arm.ts';
import { recordThrottling, type Pool } from '../budgets.ts';
import { outcome, type Ending, type Operation } from './context.ts';

const BACKOFF_MS_MIN = 5_000;
const BACKOFF_MS_MAX = 120_000;

/** After this long a request that was given up can no longer take effect (`T_put` and the clocks' difference). */
export const GIVEN_UP_MS = (ARM_REQUEST_SECONDS + CLOCK_SKEW_SECONDS) * 1000;

/** Doubles with every try that failed. */
export function backoffMs(tries: number): number {
  return Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(tries, 10));
}

/** What a fault of ARM means for the cluster. `pool` is the quota that the call drew on. */
export async function endByFault(operation: Operation, fault: ArmFault, pool: Pool): Promise<Ending> {
  const { tries } = operation.row;
  switch (fault.kind) {
    case 'throttled':
      await recordThrottling(operation.deps, pool, fault.retryAfterMs);
      return {
        kind: 'retry',
        afterMs: fault.retryAfterMs,
        code: 'Throttled',
        detail: 'ARM asked us to slow down (429).',
      };
    case 'conflict':
    case 'unavailable': {
      const afterMs = Math.max(fault.retryAfterMs ?? 0, backoffMs(tries));
      return { kind: 'retry', afterMs, code: fault.code, detail: fault.detail };
    }
    case 'timedOut':
      return {
        kind: 'retry',
        afterMs: Math.max(GIVEN_UP_MS, backoffMs(tries)),
        code: 'TimedOutRequest',
        detail: fault.detail,
      };
    case 'clusterNotFound':
      return outcome(operation, 'Skipped', 'ClusterNotFound', fault.detail);
    case 'refused':
      return outcome(operation, 'Failed', fault.code, fault.detail);
  }
}
