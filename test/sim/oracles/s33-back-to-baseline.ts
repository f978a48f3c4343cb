import type { Mirror } from '../world/facts.ts';
import { Beginnings, bindingOf, leftBehind, type LeftBehind } from './corrections.ts';
import { deedsOf, isPlain, type Deed } from './deeds.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S33: a correction brings a cluster to what was last rolled out there with success, and to nothing else. */
export const S33: OracleSpec = {
  id: 'S33',
  about: 'a correction rolls out what was rolled out with success last',
  create: (view, report) => {
    const beginnings = new Beginnings();
    return {
      observe: (fact) => {
        beginnings.observe(fact, view.now());
        if (fact.kind !== 'created' || bindingOf(fact.mirror) === undefined) return;
        const since = beginnings.of(fact.invocation);
        const deeds = deedsOf(fact.mirror.request).filter((deed) => !isPlain(deed));
        for (const { clusterId } of fact.mirror.targets) {
          for (const deed of deeds) check(fact.mirror, clusterId, deed, since);
        }
      },
    };

    function check(mirror: Mirror, clusterId: string, deed: Deed, since: number): void {
      const others = [...view.recorder.mirrors.values()].filter(({ id }) => id !== mirror.id);
      const known = leftBehind(others, clusterId, deed.subject);
      // Whatever ended while this was being decided may have been seen, or not.
      const before = known.filter((one) => (one.mirror.header.endedAt ?? 0) <= since).at(-1);
      const possible = [before, ...known.filter((one) => (one.mirror.header.endedAt ?? 0) > since)];
      if (possible.some((one) => one !== undefined && isSame(one, deed))) return;
      const last = before === undefined ? 'nothing' : shortName(before.mirror);
      report(
        `correction ${shortName(mirror)} brings ${deed.subject} on ${clusterId} to something else than ${last} did`,
      );
    }
  },
};

function isSame({ deed, isWhole }: LeftBehind, wanted: Deed): boolean {
  return isWhole && JSON.stringify(comparable(deed)) === JSON.stringify(comparable(wanted));
}

/** A correction may mend an extension that has failed, whatever its rollout said of that. */
function comparable(deed: Deed): unknown {
  return deed.kind === 'ensure' ? { ...deed.extension, repair: undefined } : deed;
}
