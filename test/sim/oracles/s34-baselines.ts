import { subjectKey } from '../world/compliance-recorder.ts';
import { leftBehind, type LeftBehind } from './corrections.ts';
import { deedsOf } from './deeds.ts';
import type { OracleSpec } from './oracle.ts';

/** S34: when all has ended, the baseline of each subject is what was rolled out with success last, with the edits since. */
export const S34: OracleSpec = {
  id: 'S34',
  about: 'baselines are what was rolled out with success last',
  create: (view, report) => ({
    atEnd: () => {
      const mirrors = [...view.recorder.mirrors.values()];
      const subjects = new Set(mirrors.flatMap(({ request }) => deedsOf(request).map(({ subject }) => subject)));
      for (const { id: clusterId } of view.scenario.clusters) {
        for (const subject of subjects) {
          const known = leftBehind(mirrors, clusterId, subject);
          if (hasConcurrentEdit(known)) continue;
          const whole = known.findLastIndex(({ isWhole }) => isWhole);
          const wanted = known.slice(whole).map(({ mirror }) => mirror.id);
          const baseline = view.compliance.baselines.get(subjectKey(clusterId, subject));
          const found = baseline && [baseline.rolloutId, ...baseline.edits.map(({ rolloutId }) => rolloutId)];
          if ((whole < 0 ? '' : wanted.join()) === (found ?? []).join()) continue;
          const told = (ids: readonly string[]): string => ids.map((one) => one.slice(-6)).join(', ') || 'none';
          report(`the baseline of ${subject} on ${clusterId} is ${told(found ?? [])} instead of ${told(wanted)}`);
        }
      }
    },
  }),
};

/** Of rollouts that slipped through the refusal of overlaps, an edit may be recorded before what it edits. */
function hasConcurrentEdit(known: readonly LeftBehind[]): boolean {
  return known.some(({ mirror, isWhole }, index) => {
    const former = known[index - 1];
    return former !== undefined && !isWhole && mirror.header.createdAt < (former.mirror.header.endedAt ?? Infinity);
  });
}
