import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import type { ArmWrite, Mirror } from '../world/facts.ts';
import { isMeddledWith } from './causes.ts';
import { deedOf, deedsOf, holds, isPlain } from './deeds.ts';
import { LOOK_MS, shortName, type OracleSpec } from './oracle.ts';

/**
 * S25: a cluster goes through the steps of the change in their order. It leaves one only when that was true in the world shortly
 * before, and it is written for no other than the one it is at.
 */
export const S25: OracleSpec = {
  id: 'S25',
  about: 'each step is proven before the next one begins, and nothing is written out of turn',
  create: (view, report) => {
    const reached = new Map<string, number>();
    return {
      observe: (fact) => {
        if (fact.kind === 'liveSaved') follow(fact.mirror, fact.after);
        if (fact.kind === 'committed') {
          for (const row of fact.step.insertLive) follow(fact.mirror, row);
          for (const { value } of fact.step.updateLive) follow(fact.mirror, value);
        }
        if (fact.kind === 'writeIssued' && fact.mirror !== undefined) checkWrite(fact.mirror, fact.write);
      },
    };

    function follow(mirror: Mirror, row: LiveRow): void {
      const key = `${mirror.id}/${row.ordinal}`;
      const from = reached.get(key) ?? 0;
      reached.set(key, row.action);
      for (let index = from; index < row.action; index++) checkProven(mirror, row, index);
    }

    function checkProven(mirror: Mirror, { target, ordinal }: LiveRow, index: number): void {
      const deed = deedsOf(mirror.request)[index];
      // What the plan found working, and a configuration that is applied will prove, is not looked at.
      const isApplied = mirror.request.change.configurations.some(({ action }) => action === 'apply');
      if (deed === undefined || (isPlain(deed) && target.extension === 'Succeeded' && isApplied)) return;
      if (isMeddledWith(view, mirror, target.clusterId)) return;
      const moments = view.azure.momentsSince(target.clusterId, view.now() - LOOK_MS);
      if (moments.some((cluster) => holds(view.azure, deed, cluster))) return;
      report(`${shortName(mirror)} cluster ${ordinal} goes on although step ${index} (${deed.subject}) was not done`);
    }

    function checkWrite(mirror: Mirror, write: ArmWrite): void {
      const index = deedOf(deedsOf(mirror.request), write);
      const at = reached.get(`${mirror.id}/${write.invocation.ordinal ?? -1}`) ?? 0;
      if (index === at) return;
      report(
        `${shortName(mirror)} writes ${write.name} of step ${index} on ${write.clusterId}, which is at step ${at}`,
      );
    }
  },
};
