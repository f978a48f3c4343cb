import { child, pinnedCommit } from '../../../src/adapters/memory/azure-cluster.ts';
import { configurationName, pinned, shortName, type OracleSpec } from './oracle.ts';

/** S13: every cluster of a rollout is sent the same commit and the same properties; the plan hash never changes. */
export const S13: OracleSpec = {
  id: 'S13',
  about: 'all clusters of a rollout are sent one revision, and its plan hash never changes',
  create: (_, report) => {
    const bodies = new Map<string, string>();
    return {
      observe: (fact) => {
        if (fact.kind === 'committed' && fact.before.planHash !== fact.mirror.header.planHash) {
          report(`${shortName(fact.mirror)}: its plan hash changed`);
        }
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined || fact.write.kind !== 'configuration') return;
        const { mirror, write } = fact;
        const properties = child(write.body, 'properties');
        if (write.name !== configurationName(mirror))
          report(`${shortName(mirror)} writes the configuration ${write.name}`);
        const { commit } = pinnedCommit(properties);
        if (commit !== pinned(mirror))
          report(`${shortName(mirror)} sends commit ${commit ?? 'none'} instead of ${pinned(mirror) ?? 'none'}`);
        const body = JSON.stringify(properties);
        const first = bodies.get(mirror.id) ?? body;
        bodies.set(mirror.id, first);
        if (first !== body) report(`${shortName(mirror)} sends different bodies to different clusters`);
      },
    };
  },
};
