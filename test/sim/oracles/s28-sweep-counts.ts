import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import type { Snapshot, SweepShard } from '../../../src/contracts/compliance.ts';
import { EXTENSION_SUBJECT } from '../../../src/core/change/actions.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { isCounted, subjectKey } from '../world/compliance-recorder.ts';
import type { OracleSpec, View } from './oracle.ts';

/** Resource Graph may lag this much, and the inventory be as old again. */
const SETTLED_MS = 11 * 60_000;

/**
 * S28: a shard is counted once, however often it is delivered: its counts are those of the snapshots that it leaves, it stays done,
 * and when nothing happens any more they are those of the clusters themselves.
 */
export const S28: OracleSpec = {
  id: 'S28',
  about: 'a shard that is done stays done, and its counts are true',
  create: (view, report) => {
    const fleets = new WeakMap<Invocation, readonly Cluster[]>();
    const left = new WeakMap<Invocation, Map<string, Snapshot>>();
    return {
      observe: (fact) => {
        if (fact.kind === 'fleetKnown') fleets.set(fact.invocation, fact.clusters);
        if (fact.kind === 'snapshotsRead') note(fact.invocation, fact.page);
        if (fact.kind === 'snapshotsWritten') note(fact.invocation, fact.changed);
        if (fact.kind !== 'shardSaved') return;
        const { before, after, invocation } = fact;
        const which = `shard ${after.shard} of sweep ${after.sweepId.slice(-6)}`;
        if (before.doneAt !== undefined && after.doneAt === undefined) report(`${which} was done, and is not any more`);
        if (after.counts === undefined || after.doneAt === before.doneAt) return;
        const mine = (fleets.get(invocation) ?? []).filter((cluster) => isOf(after, cluster));
        const keys = new Set(mine.map(({ id }) => clusterKey(id)));
        const snapshots = [...(left.get(invocation)?.values() ?? [])].filter(
          (one) => keys.has(clusterKey(one.clusterId)) && isCounted(one),
        );
        const counted = countsOf(after);
        const wanted = recount(keys.size, snapshots);
        if (counted !== wanted) report(`${which} counts ${counted} and leaves ${wanted}`);
      },
      atEnd: () => {
        const newest = [...view.compliance.sweeps.values()].at(-1);
        const quietAt = view.quietAt();
        if (newest === undefined || quietAt === undefined || newest.sweep.startedAt < quietAt) return;
        for (const shard of newest.shards) checkTruth(view, shard, report);
      },
    };

    function note(invocation: Invocation, snapshots: readonly Snapshot[]): void {
      const known = left.get(invocation) ?? new Map<string, Snapshot>();
      left.set(invocation, known);
      for (const one of snapshots) known.set(subjectKey(one.clusterId, one.subject), one);
    }
  },
};

function isOf({ subscriptions }: SweepShard, { subscriptionId }: Pick<Cluster, 'subscriptionId'>): boolean {
  return subscriptions.some((one) => one.toLowerCase() === subscriptionId.toLowerCase());
}

function countsOf({ counts }: SweepShard): string {
  return told(counts?.clusters ?? 0, counts?.subjects ?? 0, counts?.drifting ?? 0, counts?.byState ?? {});
}

function recount(clusters: number, snapshots: readonly Snapshot[]): string {
  const byState: Record<string, number> = {};
  for (const { state } of snapshots) byState[state] = (byState[state] ?? 0) + 1;
  const drifting = new Set(
    snapshots.filter(({ drifts }) => drifts.length > 0).map(({ clusterId }) => clusterKey(clusterId)),
  );
  return told(clusters, snapshots.length, drifting.size, byState);
}

function told(clusters: number, subjects: number, drifting: number, byState: Readonly<Record<string, number>>): string {
  const states = Object.entries(byState)
    .sort()
    .map(([state, count]) => `${state} ${count}`);
  return `${clusters} clusters, ${subjects} subjects (${states.join(', ')}), ${drifting} drifting`;
}

/** How many configurations of each name there are, held against the clusters themselves. */
function checkTruth(view: View, shard: SweepShard, report: (detail: string) => void): void {
  const all = view.scenario.clusters.map(({ id }) => ({ id, now: view.azure.cluster(id) }));
  const isUnsettled = all.some(({ id }) => view.azure.momentsSince(id, view.now() - SETTLED_MS).length > 1);
  if (isUnsettled || shard.counts === undefined) return;
  const mine = all.flatMap(({ now }) => (now !== undefined && isOf(shard, now) ? [now] : []));
  const there: Record<string, number> = {};
  for (const name of mine.flatMap(({ configurations }) => [...configurations.keys()]))
    there[name] = (there[name] ?? 0) + 1;
  const counted: Record<string, number> = {};
  for (const [name, states] of Object.entries(shard.counts.byConfiguration)) {
    const present = Object.entries(states).reduce((sum, [state, count]) => sum + (state === 'Absent' ? 0 : count), 0);
    if (name !== EXTENSION_SUBJECT && present > 0) counted[name] = present;
  }
  const [wanted, found] = [told(mine.length, 0, 0, there), told(shard.counts.clusters, 0, 0, counted)];
  if (wanted !== found) report(`shard ${shard.shard} of the last sweep says ${found} instead of ${wanted}`);
}
