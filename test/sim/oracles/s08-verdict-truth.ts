import type { ResultRow } from '../../../src/contracts/cluster-rows.ts';
import type { Mirror } from '../world/facts.ts';
import { hasCause, isMeddledWith } from './causes.ts';
import { deedsOf, holds } from './deeds.ts';
import { LOOK_MS, shortName, type OracleSpec, type View } from './oracle.ts';

/**
 * S8: `Succeeded` and `Unchanged` mean that the last step of the change was true on the cluster at some moment shortly before
 * the verdict (S25 has the steps before it); `Failed` and `Skipped` mean that there really was a reason.
 */
export const S8: OracleSpec = {
  id: 'S8',
  about: 'a verdict is true: success was on the cluster, failure has a cause',
  create: (view, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'committed') return;
      for (const row of fact.step.insertResults) {
        const problem = untruth(view, fact.mirror, row);
        if (problem !== undefined)
          report(
            `${shortName(fact.mirror)} says ${row.outcome.verdict} (${row.outcome.code}) of ${row.clusterId}, but ${problem}`,
          );
      }
    },
  }),
};

function untruth(view: View, mirror: Mirror, row: ResultRow): string | undefined {
  const writes = view.writes.filter(
    ({ invocation, clusterId }) => invocation.rolloutId === mirror.id && clusterId === row.clusterId,
  );
  switch (row.outcome.verdict) {
    case 'Succeeded':
      if (!wasDone(view, mirror, row)) return 'the last step was never done';
      return writes.length === 0 ? 'nothing was ever written' : undefined;
    case 'Unchanged':
      if (!wasDone(view, mirror, row)) return 'the last step was never done';
      return writes.some(({ answer }) => answer === 'accepted') ? 'a write was accepted' : undefined;
    case 'Failed':
      return hasCause(view, mirror, row) ? undefined : 'there was no cause for that';
    case 'Skipped':
      return wrongSkip(view, mirror, row);
    case 'TimedOut':
    case 'Deferred':
    case 'Cancelled':
      return undefined;
  }
}

function wasDone(view: View, mirror: Mirror, row: ResultRow): boolean {
  if (isMeddledWith(view, mirror, row.clusterId)) return true;
  const last = deedsOf(mirror.request).at(-1);
  const moments = view.azure.momentsSince(row.clusterId, row.outcome.at - LOOK_MS);
  return last !== undefined && moments.some((cluster) => holds(view.azure, last, cluster));
}

/** A skip names its reason; the reason must have been so. */
function wrongSkip({ azure, recorder, scenario }: View, mirror: Mirror, row: ResultRow): string | undefined {
  const moments = azure.momentsSince(row.clusterId, row.outcome.at - LOOK_MS);
  const wasOffline = scenario.clusters.find(({ id }) => id === row.clusterId)?.connected === false;
  const blinked = scenario.events.some(({ clusterId, what }) => clusterId === row.clusterId && what === 'disconnects');
  switch (row.outcome.code) {
    case 'ClusterNotFound':
      return moments.includes(undefined) ? undefined : 'the cluster was there all the time';
    case 'ClusterOffline':
      return wasOffline || blinked ? undefined : 'the cluster was connected all the time';
    case 'NewerRollout':
      return [...recorder.mirrors.keys()].some((id) => id > mirror.id) ? undefined : 'there is no newer rollout';
    default:
      // What the preflight found is looked at when the plan is frozen (S16).
      return mirror.targets[row.ordinal]?.blocked?.code === row.outcome.code
        ? undefined
        : `there is no reason to skip called ${row.outcome.code}`;
  }
}
