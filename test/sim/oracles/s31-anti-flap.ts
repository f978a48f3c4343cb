import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import type { BindingRecord, Measure } from '../../../src/contracts/policy-binding.ts';
import type { Mirror } from '../world/facts.ts';
import { bindingOf } from './corrections.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** Hosts' clocks may differ by this much. */
const SKEW_MS = 6000;

/** A correction as it was decided on. */
interface Decided {
  readonly bindingId: string;
  readonly measure: Measure;
  readonly clusters: readonly string[];
  readonly limits: BindingRecord['binding']['limits'];
  begun: boolean;
}

/** S31: a binding corrects a cluster at most so often within its period; every correction was decided on and stored before. */
export const S31: OracleSpec = {
  id: 'S31',
  about: 'at most correctionsPerCluster within the period, and none that was not decided on',
  create: (_, report) => {
    const decided: Decided[] = [];
    return {
      observe: (fact) => {
        if (fact.kind === 'bindingWritten') {
          const { after, addClusters } = fact;
          for (const { measureId, clusterIds } of addClusters) {
            const measure = after.measures.find(({ id }) => id === measureId);
            const [bindingId, { limits }] = [after.id, after.binding];
            if (measure === undefined) report(`binding ${after.name} stores clusters of no measure`);
            else decided.push({ bindingId, measure, clusters: clusterIds.map(clusterKey), limits, begun: false });
          }
        }
        if (fact.kind === 'created') begin(fact.mirror);
      },
    };

    function begin(mirror: Mirror): void {
      const name = bindingOf(mirror);
      if (name === undefined) return;
      const clusters = mirror.targets.map(({ clusterId }) => clusterKey(clusterId)).sort();
      const own = decided.findLast((one) => !one.begun && [...one.clusters].sort().join() === clusters.join());
      if (own === undefined) {
        report(`correction ${shortName(mirror)} of binding ${name} was never decided on`);
        return;
      }
      own.begun = true;
      const { bindingId, measure, limits } = own;
      const since = measure.at - limits.per * 1000 + SKEW_MS;
      const counted = decided.filter(
        (one) => one.begun && one.bindingId === bindingId && one.measure.at > since && one.measure.at <= measure.at,
      );
      for (const cluster of own.clusters) {
        const times = counted.filter((one) => one.clusters.includes(cluster)).length;
        if (times > limits.correctionsPerCluster)
          report(
            `binding ${name} corrects ${cluster} for the ${times}th time; ${limits.correctionsPerCluster} are allowed`,
          );
      }
    }
  },
};
