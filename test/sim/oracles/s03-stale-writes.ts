import { ARM_REQUEST_SECONDS, CLOCK_SKEW_SECONDS } from '../../../src/contracts/timing.ts';
import type { ArmWrite, Mirror } from '../world/facts.ts';
import { leaseKey } from '../world/recorder.ts';
import { deedOf, deedsOf, holds, isPlain, type Deed } from './deeds.ts';
import { shortName, type OracleSpec, type View } from './oracle.ts';

const PUT_MS = (ARM_REQUEST_SECONDS + CLOCK_SKEW_SECONDS) * 1000;

interface Taken {
  readonly epoch: number;
  readonly at: number;
  readonly holder: string | undefined;
}

/** S3a: no write is issued without the lease on what it writes, nor longer than one request deadline after somebody else took it. */
export const S3A: OracleSpec = {
  id: 'S3a',
  about: 'no write is issued without its lease, or after it was superseded (plus one request deadline)',
  create: (view, report) => {
    const takenAt = new Map<string, Taken[]>();
    return {
      observe: (fact) => {
        if (fact.kind === 'leaseWritten') {
          const { epoch, holder, clusterId, subject } = fact.after;
          const key = leaseKey(clusterId, subject);
          takenAt.set(key, [...(takenAt.get(key) ?? []), { epoch, at: view.now(), holder }]);
        }
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined || needsNoLease(fact.mirror, fact.write)) return;
        const { write, mirror } = fact;
        const history = takenAt.get(leaseKey(write.clusterId, write.subject)) ?? [];
        const own = history.findLastIndex(({ holder }) => holder === mirror.id);
        if (own < 0) {
          report(`${shortName(mirror)} writes ${write.name} on ${write.clusterId} without ever having held the lease`);
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

/** That the extension is there at all, several rollouts may see to at once. */
function needsNoLease({ request }: Mirror, write: ArmWrite): boolean {
  const deeds = deedsOf(request);
  const deed = deeds[deedOf(deeds, write)];
  return deed !== undefined && isPlain(deed);
}

/** S3b: a write of an older rollout lands after one of a newer rollout only within one request deadline. */
export const S3B: OracleSpec = {
  id: 'S3b',
  about: 'a stale write lands only within one request deadline of the newer one',
  create: (view, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'writeLanded' || fact.mirror === undefined) return;
      const { write, mirror } = fact;
      if (write.answer !== 'accepted' || needsNoLease(mirror, write)) return;
      const newer = view.writes.find(
        (other) =>
          other.answer === 'accepted' &&
          isSamePlace(other, write.clusterId, write.subject) &&
          !isUnleased(view, other) &&
          (other.invocation.rolloutId ?? '') > mirror.id &&
          (other.landedAt ?? Infinity) < view.now() - PUT_MS,
      );
      if (newer !== undefined) {
        report(`${shortName(mirror)} overwrites ${write.name} of a newer rollout on ${write.clusterId}`);
      }
    },
  }),
};

function isSamePlace(write: ArmWrite, clusterId: string, subject: string): boolean {
  return write.clusterId === clusterId && write.subject === subject;
}

/** S3c: when all is quiet, the cluster is as the newest successful rollout of each configuration, and of the extension, wanted it. */
export const S3C: OracleSpec = {
  id: 'S3c',
  about: 'when all is quiet, every cluster is as the newest successful rollout on it wanted',
  create: (view, report) => ({
    atEnd: () => {
      for (const mirror of view.recorder.mirrors.values()) {
        const { status } = mirror.header;
        if (status === 'Cancelled' || status === 'Superseded' || status === 'Failed') continue;
        // That the extension is there at all is nobody's own: whoever removes it comes in nobody's way.
        const owned = deedsOf(mirror.request).filter((deed) => !isPlain(deed));
        for (const deed of owned) checkDeed(view, mirror, deed, report);
      }
    },
  }),
};

function checkDeed(view: View, mirror: Mirror, deed: Deed, report: (detail: string) => void): void {
  for (const { clusterId, outcome, regressed } of mirror.results.values()) {
    const isGood = outcome.verdict === 'Succeeded' || outcome.verdict === 'Unchanged';
    const cluster = view.azure.cluster(clusterId);
    if (!isGood || regressed !== undefined || cluster === undefined || isChangedElsewhere(view, clusterId)) continue;
    const others = view.writes.filter(
      (write) => isSamePlace(write, clusterId, deed.subject) && write.invocation.rolloutId !== mirror.id,
    );
    if (others.some((write) => mayFollow(view, write, mirror)) || holds(view.azure, deed, cluster)) continue;
    report(`${shortName(mirror)} says ${outcome.verdict} on ${clusterId}, but ${deed.subject} is not as it wanted`);
  }
}

function isChangedElsewhere({ scenario }: View, clusterId: string): boolean {
  return scenario.events.some(
    (event) => event.clusterId === clusterId && event.what !== 'connects' && event.what !== 'disconnects',
  );
}

/** Newer rollouts write over this one; and so may any that needs the extension and finds it gone. */
function mayFollow(view: View, write: ArmWrite, mirror: Mirror): boolean {
  const { rolloutId = '' } = write.invocation;
  return rolloutId > mirror.id || isUnleased(view, write);
}

function isUnleased({ recorder }: View, write: ArmWrite): boolean {
  const mirror = recorder.mirror(write.invocation.rolloutId);
  return mirror !== undefined && needsNoLease(mirror, write);
}
