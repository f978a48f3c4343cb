import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { Mirror } from '../world/facts.ts';
import { leaseKey } from '../world/recorder.ts';
import { deedsOf } from './deeds.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** A lease that somebody has to give back. */
interface Due {
  readonly mirror: Mirror;
  readonly key: string;
  readonly version: string;
  readonly by: Invocation;
}

/**
 * S26: whoever notes that a cluster has left a step gives the lease of that step back, unless it dies, or a call fails, on the way.
 * Otherwise the next rollout waits until the lease runs out.
 */
export const S26: OracleSpec = {
  id: 'S26',
  about: 'the lease of a step that is over is given back',
  create: (view, report) => {
    const rows = new Map<string, LiveRow>();
    const takenBy = new Map<string, Invocation>();
    const due: Due[] = [];
    return {
      observe: (fact) => {
        if (fact.kind === 'leaseWritten')
          takenBy.set(leaseKey(fact.after.clusterId, fact.after.subject), fact.invocation);
        if (fact.kind === 'liveSaved') {
          const { mirror, before, after, invocation } = fact;
          for (let index = before.action; index < after.action; index++) checkPassed(mirror, after, index, invocation);
          rows.set(keyOf(mirror, after), after);
        }
        if (fact.kind !== 'committed') return;
        const { mirror, step, invocation } = fact;
        for (const { value } of step.deleteLive) note(mirror, rows.get(keyOf(mirror, value)), invocation);
        for (const { value } of step.updateLive) {
          const was = rows.get(keyOf(mirror, value));
          if (was?.action !== value.action) note(mirror, was, invocation);
          rows.set(keyOf(mirror, value), value);
        }
        for (const row of step.insertLive) rows.set(keyOf(mirror, row), row);
      },
      atEnd: () => {
        for (const { mirror, key, version, by } of due) {
          const isKept = view.recorder.leaseVersions.get(key) === version;
          if (isKept && by.alive && !by.disturbed) report(`${shortName(mirror)} keeps ${key}, which it has left`);
        }
      },
    };

    function note(mirror: Mirror, row: LiveRow | undefined, by: Invocation): void {
      if (row?.lease === undefined) return;
      const { subject, version } = row.lease;
      due.push({ mirror, key: leaseKey(row.target.clusterId, subject), version, by });
    }

    /** An operation that found a step done goes to the next one by itself. */
    function checkPassed(mirror: Mirror, { target }: LiveRow, index: number, by: Invocation): void {
      const key = leaseKey(target.clusterId, deedsOf(mirror.request)[index]?.subject ?? '');
      const isHeld = view.recorder.leases.get(key)?.holder === mirror.id;
      if (isHeld && takenBy.get(key) === by) report(`${shortName(mirror)} goes on and keeps ${key}`);
    }
  },
};

function keyOf({ id }: Mirror, { ordinal }: LiveRow): string {
  return `${id}/${ordinal}`;
}
