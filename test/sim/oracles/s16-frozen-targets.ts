import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import type { Mirror } from '../world/facts.ts';
import { isUnfit } from './causes.ts';
import { shortName, type OracleSpec, type Report, type View } from './oracle.ts';

/** Resource Graph lags, the inventory of a plan may be minutes old, and whoever plans may stand still. */
const PLANNED_MS = 30 * 60_000;

/** S16: nothing is written to a cluster outside the frozen target list or left out of it, nor by anybody but a rollout. */
export const S16: OracleSpec = {
  id: 'S16',
  about: 'writes go to frozen targets only; those left out have a reason',
  create: (view, report) => ({
    observe: (fact) => {
      if (fact.kind === 'created') checkLeftOut(view, fact.mirror, report);
      if (fact.kind !== 'writeIssued') return;
      const { write, mirror } = fact;
      if (mirror === undefined) {
        report(`${write.invocation.about} writes to ${write.clusterId} for no rollout`);
        return;
      }
      const target = mirror.targets.find(({ clusterId }) => clusterKey(clusterId) === clusterKey(write.clusterId));
      if (target === undefined) report(`${shortName(mirror)} writes to ${write.clusterId}, which is no target`);
      else if (target.blocked) report(`${shortName(mirror)} writes to ${write.clusterId}, which is left out`);
      else if (target.ordinal !== write.invocation.ordinal)
        report(`${shortName(mirror)} writes to ${write.clusterId} from the message of another cluster`);
    },
  }),
};

function checkLeftOut(view: View, mirror: Mirror, report: Report): void {
  for (const { clusterId, blocked } of mirror.targets) {
    if (blocked === undefined) continue;
    const moments = view.azure.momentsSince(clusterId, view.now() - PLANNED_MS);
    const isSo = moments.some((cluster) => cluster !== undefined && isUnfit(mirror, blocked.code, cluster));
    if (!isSo) report(`${shortName(mirror)} leaves ${clusterId} out for ${blocked.code}, which was never so`);
  }
}
