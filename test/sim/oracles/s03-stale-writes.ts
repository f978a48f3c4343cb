import { ARM_REQUEST_SECONDS, CLOCK_SKEW_SECONDS } from '../../../src/contracts/timing.ts';
import { configurationName, pinned, shortName, type OracleSpec } from './oracle.ts';
import { leaseKey } from '../world/recorder.ts';
import { pinnedCommit } from '../../../src/adapters/memory/azure-cluster.ts';

const PUT_MS = (ARM_REQUEST_SECONDS + CLOCK_SKEW_SECONDS) * 1000;

/** S3a: no write is issued longer than one request deadline after somebody else took the lease. */
export const S3A: OracleSpec = {
  id: 'S3a',
  about: 'no write is issued after its lease was superseded (plus one request deadline)',
  create: (view, report) => {
    const takenAt = new Map<string, { epoch: number; at: number; holder: string | undefined }[]>();
    return {
      observe: (fact) => {
        if (fact.kind === 'leaseWritten') {
          const { after } = fact;
          const key = leaseKey(after.clusterId, after.configurationName);
          takenAt.set(key, [...(takenAt.get(key) ?? []), { epoch: after.epoch, at: view.now(), holder: after.holder }]);
        }
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined) return;
        const { write, mirror } = fact;
        const name = configurationName(mirror);
        const history = takenAt.get(leaseKey(write.clusterId, name)) ?? [];
        const own = history.findLastIndex(({ holder }) => holder === mirror.id);
        if (own < 0) {
          report(`${shortName(mirror)} writes ${write.kind} on ${write.clusterId} without ever having held the lease`);
          return;
        }
        const next = history.slice(own + 1).find(({ holder }) => holder !== undefined);
        if (next !== undefined && view.now() > next.at + PUT_MS) {
          report(`${shortName(mirror)} writes ${view.now() - next.at} ms after its lease was taken over`);
        }
      },
    };
  },
};

/** S3b: a write of an older rollout lands after one of a newer rollout only within one request deadline. */
export const S3B: OracleSpec = {
  id: 'S3b',
  about: 'a stale write lands only within one request deadline of the newer one',
  create: (view, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'writeLanded' || fact.mirror === undefined || fact.write.kind !== 'configuration') return;
      const { write, mirror } = fact;
      if (write.answer !== 'accepted') return;
      const newer = view.writes.find(
        (other) =>
          other.kind === 'configuration' &&
          other.answer === 'accepted' &&
          other.clusterId === write.clusterId &&
          other.name === write.name &&
          (other.invocation.rolloutId ?? '') > mirror.id &&
          (other.landedAt ?? Infinity) < view.now() - PUT_MS,
      );
      if (newer !== undefined) report(`${shortName(mirror)} overwrites a newer rollout on ${write.clusterId}`);
    },
  }),
};

/** S3c: when all is quiet, the cluster carries what the newest successful rollout on it wanted. */
export const S3C: OracleSpec = {
  id: 'S3c',
  about: 'when all is quiet, the newest successful rollout’s commit is on each of its clusters',
  create: (view, report) => ({
    atEnd: () => {
      for (const mirror of view.recorder.mirrors.values()) {
        for (const result of mirror.results.values()) {
          const { verdict } = result.outcome;
          if ((verdict !== 'Succeeded' && verdict !== 'Unchanged') || result.regressed !== undefined) continue;
          const cluster = view.azure.cluster(result.clusterId);
          const changed = view.scenario.events.some(
            ({ clusterId, what }) => clusterId === result.clusterId && what !== 'connects' && what !== 'disconnects',
          );
          const newerWrote = view.writes.some(
            (write) =>
              write.clusterId === result.clusterId &&
              write.name === configurationName(mirror) &&
              (write.invocation.rolloutId ?? '') > mirror.id,
          );
          const unverified = mirror.header.status === 'Cancelled' || mirror.header.status === 'Failed';
          if (cluster === undefined || changed || newerWrote || unverified) continue;
          const found = cluster.configurations.get(configurationName(mirror));
          const commit = found && pinnedCommit(found.properties).commit;
          if (commit !== pinned(mirror)) {
            report(`${shortName(mirror)} says ${verdict} on ${result.clusterId}, but ${commit ?? 'nothing'} is on it`);
          }
        }
      }
    },
  }),
};
