import type { WorldCluster } from '../../../src/adapters/memory/azure-cluster.ts';
import { objectOf, timeOf } from '../../../src/core/flux/raw-json.ts';
import type { ArmWrite } from '../world/facts.ts';
import { CLAIM_SECONDS } from '../../../src/contracts/timing.ts';
import { originalKey } from '../world/recorder.ts';
import { deedOf, deedsOf, isPlain } from './deeds.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S18: before a step first writes to a cluster, what is there is recorded, so that it can be looked up and brought back. */
export const S18: OracleSpec = {
  id: 'S18',
  about: 'what was there is recorded before the first write of each step',
  create: (view, report) => {
    const begun = new Set<string>();
    return {
      observe: (fact) => {
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined) return;
        const { write, mirror } = fact;
        const deeds = deedsOf(mirror.request);
        const index = deedOf(deeds, write);
        const deed = deeds[index];
        const key = originalKey(write.invocation.ordinal ?? -1, index);
        const isFirst = !begun.has(`${mirror.id}/${key}`);
        begun.add(`${mirror.id}/${key}`);
        const original = mirror.originals.get(key);
        if (original === undefined) {
          report(
            `${shortName(mirror)} ${write.method} ${write.name} on ${write.clusterId}: nothing was recorded before`,
          );
          return;
        }
        // Without a lease somebody else may come between the look and the write.
        if (!isFirst || deed === undefined || isPlain(deed)) return;
        const then = timeOf(objectOf(original.resource?.['systemData']).lastModifiedAt);
        const found = original.resource === null ? undefined : (then ?? 'unknown');
        const moments = view.azure.momentsSince(write.clusterId, view.now() - CLAIM_SECONDS * 1000);
        if (!moments.some((cluster) => modifiedAt(cluster, write) === found))
          report(
            `${shortName(mirror)} ${write.method} ${write.name} on ${write.clusterId}: something else was recorded`,
          );
      },
    };
  },
};

/** When what a write is about was last written; `unknown` where Azure does not say, undefined where there is nothing. */
function modifiedAt(cluster: WorldCluster | undefined, { kind, name }: ArmWrite): number | 'unknown' | undefined {
  switch (kind) {
    case 'configuration':
      return cluster?.configurations.get(name)?.modifiedAt;
    case 'extension':
      return cluster?.extension?.modifiedAt;
    case 'fluxV1':
      return cluster?.fluxV1.has(name) === true ? 'unknown' : undefined;
  }
}
