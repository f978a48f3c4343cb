import type { Invocation } from '../kernel/invocation.ts';
import { Beginnings } from './corrections.ts';
import type { OracleSpec } from './oracle.ts';

/** Resource Graph may lag this much, and the inventory be as old again. */
const SETTLED_MS = 11 * 60_000;
/** A shard is sent once, and while it is missing again every five minutes of its second quarter of an hour, by two timers at the worst. */
const SENT_MAX = 9;

/** S35: the work of sweeps is bounded: a shard is sent so often, and a sweep that finds nothing new writes nothing. */
export const S35: OracleSpec = {
  id: 'S35',
  about: 'shards are sent a few times, and a sweep that sees what is known writes nothing',
  create: (view, report) => {
    const sent = new Map<string, number>();
    const beginnings = new Beginnings();
    let lastQuietAt: number | undefined;
    const isLastSweep = (invocation: Invocation): boolean =>
      lastQuietAt !== undefined && beginnings.of(invocation) >= lastQuietAt;
    let quiet = 0;
    return {
      observe: (fact) => {
        beginnings.observe(fact, view.now());
        if (fact.kind === 'sent' && fact.queue === 'sweeps') {
          const times = (sent.get(fact.body) ?? 0) + 1;
          sent.set(fact.body, times);
          if (times === SENT_MAX + 1) report(`${fact.body} was sent ${times} times`);
        }
        // The first quiet sweep may find something; the second sees the same.
        if (fact.kind === 'sweepCreated' && view.quietAt() !== undefined) {
          quiet += 1;
          if (quiet === 2) lastQuietAt = view.now();
        }
        if (fact.kind !== 'snapshotsWritten' || !isLastSweep(fact.invocation)) return;
        for (const { clusterId, subject, state } of fact.changed) {
          // An agent that has said nothing for an hour is news, though nothing happened.
          const isSettled = view.azure.momentsSince(clusterId, view.now() - SETTLED_MS).length <= 1;
          if (isSettled && state !== 'Stale')
            report(`the last sweep writes ${subject} on ${clusterId}, which is as it was`);
        }
      },
    };
  },
};
