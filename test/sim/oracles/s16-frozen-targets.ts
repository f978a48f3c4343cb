import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S16: nothing is written to a cluster outside the frozen target list, nor by anybody but a rollout. */
export const S16: OracleSpec = {
  id: 'S16',
  about: 'writes go to frozen targets only',
  create: (_, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'writeIssued') return;
      const { write, mirror } = fact;
      if (mirror === undefined) {
        report(`${write.invocation.about} writes to ${write.clusterId} for no rollout`);
        return;
      }
      const target = mirror.targets.find(({ clusterId }) => clusterKey(clusterId) === clusterKey(write.clusterId));
      if (target === undefined) report(`${shortName(mirror)} writes to ${write.clusterId}, which is no target`);
      else if (target.ordinal !== write.invocation.ordinal)
        report(`${shortName(mirror)} writes to ${write.clusterId} from the message of another cluster`);
    },
  }),
};
