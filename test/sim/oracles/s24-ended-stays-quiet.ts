import { ARM_REQUEST_SECONDS } from '../../../src/contracts/timing.ts';
import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S24: an old message never brings an ended rollout back: no row of it is saved and nothing is written for it. */
export const S24: OracleSpec = {
  id: 'S24',
  about: 'nothing is saved or written for a rollout that has ended',
  create: (view, report) => ({
    observe: (fact) => {
      if (fact.kind === 'liveSaved' && hasEnded(fact.mirror.header.status)) {
        report(
          `${shortName(fact.mirror)} has ended, then cluster ${fact.after.ordinal} was saved as ${fact.after.state}`,
        );
      }
      if (fact.kind !== 'writeIssued' || fact.mirror === undefined) return;
      const { endedAt } = fact.mirror.header;
      // A claim that was under way when a person cancelled may still send its one request.
      if (endedAt !== undefined && view.now() > endedAt + ARM_REQUEST_SECONDS * 1000) {
        report(`${shortName(fact.mirror)} ended ${view.now() - endedAt} ms ago, now writes to ${fact.write.clusterId}`);
      }
    },
  }),
};
