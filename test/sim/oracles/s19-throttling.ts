import { parseClusterId } from '../../../src/contracts/cluster-id.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { OracleSpec } from './oracle.ts';

/** Slots are given out at most a minute ahead, and calls take seconds: what was under way is still sent. */
const SETTLING_MS = 90_000;
/** Hosts' clocks may differ by this much. */
const SKEW_MS = 6000;

interface Block {
  readonly from: number;
  readonly until: number;
}

/**
 * S19: once a 429 is recorded in the stored budget, nobody writes to the subscription before its Retry-After has passed. A
 * 429 that only a handler saw which died at once is known to nobody.
 */
export const S19: OracleSpec = {
  id: 'S19',
  about: 'no write to a subscription before its Retry-After has passed',
  create: (view, report) => {
    const seen = new Map<Invocation, { subscription: string; until: number }>();
    const blocks = new Map<string, Block[]>();
    return {
      observe: (fact) => {
        const now = view.now();
        if (fact.kind === 'throttled' && fact.isWrite) {
          seen.set(fact.invocation, { subscription: subscriptionOf(fact.clusterId), until: now + fact.retryAfterMs });
        }
        if (fact.kind === 'budgetWritten') {
          const known = seen.get(fact.invocation);
          if (known === undefined || !fact.pool.includes('writes') || !fact.pool.includes(known.subscription)) return;
          const open = (blocks.get(known.subscription) ?? []).filter(({ until }) => until > now);
          blocks.set(known.subscription, [...open, { from: now, until: known.until }]);
        }
        if (fact.kind !== 'writeIssued') return;
        const { write } = fact;
        const block = (blocks.get(subscriptionOf(write.clusterId)) ?? []).find(
          ({ from, until }) => now > from + SETTLING_MS && now < until - SKEW_MS,
        );
        if (block !== undefined)
          report(`${write.invocation.about} writes ${block.until - now} ms before Retry-After ends`);
      },
    };
  },
};

function subscriptionOf(clusterId: string): string {
  return parseClusterId(clusterId)?.subscriptionId ?? '';
}
