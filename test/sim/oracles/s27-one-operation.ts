import { configurationOperation, EXTENSION_OPERATION } from '../../../src/adapters/memory/azure-cluster.ts';
import type { ArmWrite } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

interface Begun {
  readonly write: ArmWrite;
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
          const { write } = fact;
          const cluster = view.azure.cluster(write.clusterId);
          if (cluster?.operation !== operationOf(write)) begun.delete(write.clusterId);
          else begun.set(write.clusterId, { write, incarnation: cluster.incarnation });
        }
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined || fact.write.body['force'] === true) return;
        const { write, mirror } = fact;
        const former = begun.get(write.clusterId);
        if (former === undefined || former.write.invocation.rolloutId !== mirror.id || !isNoted(former.write)) return;
        // Without a gap since then: somebody else's operation on the same configuration is called the same.
        const isOver = view.azure
          .momentsSince(write.clusterId, former.write.landedAt ?? 0)
          .some((one) => one?.operation !== operationOf(former.write) || one.incarnation !== former.incarnation);
        if (isOver) return;
        report(`${shortName(mirror)} ${write.method} on ${write.clusterId} while ${former.write.method} is under way`);
      },
    };
  },
};

/** What Azure works on because of a write; a forced deletion, and that of Flux v1, is done at once. */
function operationOf({ kind, name, body }: ArmWrite): string {
  if (body['force'] === true || kind === 'fluxV1') return 'none';
  return kind === 'extension' ? EXTENSION_OPERATION : configurationOperation(name);
}

/** The answer was heard, and nothing kept its hearer from noting it. */
function isNoted({ told, invocation }: ArmWrite): boolean {
  return told === 'accepted' && invocation.alive && !invocation.disturbed;
}
