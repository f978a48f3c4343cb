import { parseClusterId } from '../../../src/contracts/cluster-id.ts';
import type { OracleSpec } from './oracle.ts';

/** How long a 429 may take to reach the stored budget, and a request that was on its way to leave: calls take seconds at worst. */
const SETTLING_MS = 90_000;
/** Hosts' clocks may differ by this much. */
const SKEW_MS = 6000;

/** S19: after a 429 nobody writes to the subscription before Retry-After has passed, once the 429 had time to be recorded. */
export const S19: OracleSpec = {
  id: 'S19',
  about: 'no write to a subscription before its Retry-After has passed',
  create: (view, report) => {
    const blocked = new Map<string, { from: number; until: number }[]>();
    return {
      observe: (fact) => {
        if (fact.kind === 'throttled' && fact.invocation.ordinal !== undefined) {
          const subscription = subscriptionOf(fact.clusterId);
          const now = view.now();
          const list = (blocked.get(subscription) ?? []).filter(({ until }) => until > now);
          blocked.set(subscription, [...list, { from: now, until: now + fact.retryAfterMs }]);
        }
        if (fact.kind !== 'writeIssued') return;
        const now = view.now();
        const block = (blocked.get(subscriptionOf(fact.write.clusterId)) ?? []).find(
          ({ from, until }) => now > from + SETTLING_MS && now < until - SKEW_MS,
        );
        if (block !== undefined)
          report(`${fact.write.invocation.about} writes ${block.until - now} ms before Retry-After ends`);
      },
    };
  },
};

function subscriptionOf(clusterId: string): string {
  return parseClusterId(clusterId)?.subscriptionId ?? '';
}
