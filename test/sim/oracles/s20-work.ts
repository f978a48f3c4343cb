import type { Mirror } from '../world/facts.ts';
import { deedsOf, isPlain } from './deeds.ts';
import type { OracleSpec } from './oracle.ts';

/**
 * S20: the work is bounded. Calls that act on one cluster are counted against the clusters; calls that look at a rollout as
 * a whole are counted against virtual time, since a rollout that waits hours is looked at for hours.
 */
export const S20: OracleSpec = {
  id: 'S20',
  about: 'port calls per cluster and per hour stay bounded',
  create: (view, report) => {
    const perCluster = new Map<string, number>();
    const perRollout = new Map<string, number>();
    const outstanding = new Map<string, number>();
    return {
      observe: (fact) => {
        if (fact.kind === 'sent' && fact.queue === 'rollouts') {
          const id = (JSON.parse(fact.body) as { rolloutId: string }).rolloutId;
          const count = (outstanding.get(id) ?? 0) + 1;
          outstanding.set(id, count);
          const mirror = view.recorder.mirrors.get(id);
          if (mirror !== undefined && count % 100 === 0) checkWakeups(mirror, count);
        }
        if (fact.kind !== 'called' || fact.invocation.rolloutId === undefined) return;
        const { rolloutId, ordinal } = fact.invocation;
        if (ordinal === undefined) perRollout.set(rolloutId, (perRollout.get(rolloutId) ?? 0) + 1);
        else perCluster.set(`${rolloutId}/${ordinal}`, (perCluster.get(`${rolloutId}/${ordinal}`) ?? 0) + 1);
      },
      atEnd: () => {
        for (const [cluster, calls] of perCluster) {
          const allowed = view.faultFree ? CALLS_PER_CLUSTER : CALLS_PER_CLUSTER_FAULTED;
          if (calls > allowed * steps(view.recorder.mirror(cluster.split('/')[0])))
            report(`cluster ${cluster} took ${calls} port calls`);
        }
        for (const mirror of view.recorder.mirrors.values()) {
          const minutes = ((mirror.header.endedAt ?? view.now()) - mirror.header.createdAt) / 60_000;
          const calls = perRollout.get(mirror.id) ?? 0;
          const perCluster = mirror.targets.length * CALLS_PER_CLUSTER * steps(mirror);
          const allowed = 500 + perCluster + minutes * CALLS_PER_MINUTE * steps(mirror);
          if (calls > allowed * (view.faultFree ? 1 : 3))
            report(`rollout ${mirror.id.slice(-6)} took ${calls} port calls in ${Math.round(minutes)} minutes`);
        }
      },
    };

    function checkWakeups(mirror: Mirror, count: number): void {
      const { id, header, targets } = mirror;
      const minutes = (view.now() - header.createdAt) / 60_000;
      if (count <= 300 + targets.length * 30 * steps(mirror) + minutes * 30) return;
      report(`rollout ${id.slice(-6)} sent ${count} wake-ups in ${Math.round(minutes)} minutes`);
    }
  },
};

/** Work grows with the steps of the change; the implicit look at the extension is not counted for one configuration alone. */
function steps(mirror: Mirror | undefined): number {
  return mirror === undefined ? 1 : Math.max(1, deedsOf(mirror.request).filter((deed) => !isPlain(deed)).length);
}

/** Per cluster and step without faults (reference: the prototype needed 26). */
const CALLS_PER_CLUSTER = 40;
/** With faults: retries against busy, throttled and stuck clusters go on until the deadline. */
const CALLS_PER_CLUSTER_FAULTED = 1500;
/** A look every ten seconds, each up to a page of reads of a small live set. */
const CALLS_PER_MINUTE = 6 * 40;
