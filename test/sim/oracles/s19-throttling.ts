import { parseClusterId } from '../../../src/contracts/cluster-id.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import type { Mirror } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** A step that was decided before the 429 was stored may still give out its slots: calls take seconds. */
const SETTLING_MS = 45_000;
/** Hosts' clocks may differ by this much. */
const SKEW_MS = 6000;

interface Block {
  readonly from: number;
  readonly until: number;
}

/**
 * S19: once a 429 is recorded in the stored budget, nobody is given a slot to write to the subscription before its
 * Retry-After has passed. A 429 that only a handler saw which died at once is known to nobody; and a message that was sent
 * before, and comes late, is refused by ARM.
 */
export const S19: OracleSpec = {
  id: 'S19',
  about: 'no slot to write to a subscription before its Retry-After has passed',
  create: (view, report) => {
    const seen = new Map<Invocation, { subscription: string; until: number }>();
    const blocks = new Map<string, Block[]>();
    return {
      observe: (fact) => {
        const now = view.now();
        if (fact.kind === 'throttled' && fact.isWrite) {
          seen.set(fact.invocation, { subscription: fact.subscriptionId, until: now + fact.retryAfterMs });
        }
        if (fact.kind === 'budgetWritten') noteBlock(fact.invocation, fact.pool);
        if (fact.kind === 'liveSaved' && fact.after.state === 'queued') checkSlot(fact.mirror, fact.after);
        if (fact.kind === 'committed') {
          const rows = [...fact.step.insertLive, ...fact.step.updateLive.map(({ value }) => value)];
          for (const row of rows) if (row.state === 'queued') checkSlot(fact.mirror, row);
        }
      },
    };

    function noteBlock(invocation: Invocation, pool: string): void {
      const known = seen.get(invocation);
      if (known === undefined || !pool.includes('writes') || !pool.includes(known.subscription)) return;
      const open = (blocks.get(known.subscription) ?? []).filter(({ until }) => until > view.now());
      blocks.set(known.subscription, [...open, { from: view.now(), until: known.until }]);
    }

    function checkSlot(mirror: Mirror, { ordinal, target, slotAt }: LiveRow): void {
      const now = view.now();
      const block = (blocks.get(subscriptionOf(target.clusterId)) ?? []).find(
        ({ from, until }) => now > from + SETTLING_MS && slotAt < until - SKEW_MS,
      );
      if (block === undefined) return;
      report(`${shortName(mirror)} cluster ${ordinal} gets a slot ${block.until - slotAt} ms before Retry-After ends`);
    }
  },
};

function subscriptionOf(clusterId: string): string {
  return parseClusterId(clusterId)?.subscriptionId ?? '';
}
