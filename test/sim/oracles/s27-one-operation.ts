import type { ArmWrite } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

interface Begun {
  readonly write: ArmWrite;
  /** What Azure is working on because of it. */
  readonly operation: string;
  readonly incarnation: number;
}

/**
 * S27: a rollout that was told that Azure has begun an operation on a cluster writes nothing there before that is over: a
 * replacement waits for the removal, a configuration for the extension. Forced deletions wait for nothing.
 */
export const S27: OracleSpec = {
  id: 'S27',
  about: 'a rollout has one operation at a time on a cluster',
  create: (view, report) => {
    const begun = new Map<string, Begun>();
    return {
      observe: (fact) => {
        if (fact.kind === 'writeLanded' && fact.write.answer === 'accepted') {
          const cluster = view.azure.cluster(fact.write.clusterId);
          const { clusterId } = fact.write;
          if (cluster?.operation === undefined) begun.delete(clusterId);
          else
            begun.set(clusterId, { write: fact.write, operation: cluster.operation, incarnation: cluster.incarnation });
        }
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined || fact.write.body['force'] === true) return;
        const { write, mirror } = fact;
        const former = begun.get(write.clusterId);
        if (former === undefined || former.write.invocation.rolloutId !== mirror.id || !isNoted(former.write)) return;
        const cluster = view.azure.cluster(write.clusterId);
        if (cluster?.operation !== former.operation || cluster.incarnation !== former.incarnation) return;
        report(`${shortName(mirror)} ${write.method} on ${write.clusterId} while ${former.write.method} is under way`);
      },
    };
  },
};

/** The answer was heard, and nothing kept its hearer from noting it. */
function isNoted({ told, invocation }: ArmWrite): boolean {
  return told === 'accepted' && invocation.alive && !invocation.disturbed;
}
