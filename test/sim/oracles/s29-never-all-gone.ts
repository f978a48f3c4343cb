import type { WorldCluster } from '../../../src/adapters/memory/azure-cluster.ts';
import { EXTENSION_SUBJECT } from '../../../src/core/change/actions.ts';
import { Beginnings } from './corrections.ts';
import type { OracleSpec } from './oracle.ts';

/** Resource Graph may lag this much, and the inventory be as old again. */
const SEEN_MS = 11 * 60_000;

/** S29: `Absent` is said only of what was really not there at a moment that the sweep may have looked at: no answer is not "gone". */
export const S29: OracleSpec = {
  id: 'S29',
  about: 'what nobody answered for is not Absent',
  create: (view, report) => {
    const beginnings = new Beginnings();
    return {
      observe: (fact) => {
        beginnings.observe(fact, view.now());
        if (fact.kind !== 'snapshotsWritten') return;
        for (const { clusterId, subject, state } of fact.changed) {
          if (state !== 'Absent') continue;
          const moments = view.azure.momentsSince(clusterId, beginnings.of(fact.invocation) - SEEN_MS);
          if (moments.some((cluster) => isGone(cluster, subject))) continue;
          report(`${fact.invocation.about} says that ${subject} is gone from ${clusterId}, where it was all the time`);
        }
      },
    };
  },
};

function isGone(cluster: WorldCluster | undefined, subject: string): boolean {
  if (cluster === undefined) return true;
  return subject === EXTENSION_SUBJECT ? cluster.extension === undefined : !cluster.configurations.has(subject);
}
