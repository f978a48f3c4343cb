import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import { REMEDIATION_CLUSTERS_MAX } from '../../../src/contracts/limits.ts';
import type { BindingRecord, Measure } from '../../../src/contracts/policy-binding.ts';
import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import type { RemediationRequest } from '../../../src/ports/policy.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { Beginnings } from './corrections.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** Hosts' clocks may differ by this much. */
const SKEW_MS = 6000;

/** A task as it was decided on. */
interface Decided {
  readonly record: BindingRecord;
  readonly measure: Measure;
  readonly clusters: readonly string[];
  begun: boolean;
}

/** S36: a remediation task is begun as it was decided on and stored, and is held by the same guards as a correction (S30–S32). */
export const S36: OracleSpec = {
  id: 'S36',
  about: 'a remediation task was decided on, where nothing is at work, no brake is on, and no cluster is flapping',
  create: (view, report) => {
    const beginnings = new Beginnings();
    const createdAt = new Map<string, number>();
    /** By the name of the task. */
    const decided = new Map<string, Decided>();
    /** Since when each binding stands still, by its id. */
    const brakedAt = new Map<string, number>();
    return {
      observe: (fact) => {
        beginnings.observe(fact, view.now());
        if (fact.kind === 'created') createdAt.set(fact.mirror.id, view.now());
        if (fact.kind === 'bindingWritten') {
          const { after: record, addClusters } = fact;
          if (record.brake === undefined) brakedAt.delete(record.id);
          else if (!brakedAt.has(record.id)) brakedAt.set(record.id, view.now());
          for (const { measureId, clusterIds } of addClusters) {
            const measure = record.measures.find(({ id }) => id === measureId);
            if (measure?.kind !== 'remediation') continue;
            decided.set(taskName(measure), { record, measure, clusters: clusterIds.map(clusterKey), begun: false });
          }
        }
        if (fact.kind === 'taskBegun') begin(fact.request, fact.invocation);
      },
    };

    function begin({ name, resourceIds }: RemediationRequest, invocation: Invocation): void {
      const own = decided.get(name);
      const clusters = resourceIds.map(clusterKey);
      if (own === undefined || clusters.join() !== own.clusters.join()) {
        report(`task ${name} over ${clusters.join()} was never decided on`);
        return;
      }
      if (clusters.length > REMEDIATION_CLUSTERS_MAX) report(`task ${name} has ${clusters.length} clusters`);
      if (own.begun) return;
      own.begun = true;
      const since = beginnings.of(invocation);
      checkAtWork(name, clusters, since);
      const brake = brakedAt.get(own.record.id);
      if (brake !== undefined && brake < since) report(`task ${name} begins ${view.now() - brake} ms after the brake`);
      checkFlapping(name, own);
    }

    function checkAtWork(name: string, clusters: readonly string[], since: number): void {
      for (const mirror of view.recorder.mirrors.values()) {
        const wasThere = (createdAt.get(mirror.id) ?? Infinity) < since;
        if (!wasThere || hasEnded(mirror.header.status)) continue;
        const shared = mirror.targets.find(({ clusterId }) => clusters.includes(clusterKey(clusterId)));
        if (shared !== undefined)
          report(`task ${name} begins on ${shared.clusterId}, where ${shortName(mirror)} is at work`);
      }
    }

    function checkFlapping(name: string, { record, measure, clusters }: Decided): void {
      const { limits } = record.binding;
      const since = measure.at - limits.per * 1000 + SKEW_MS;
      const counted = [...decided.values()].filter(
        (one) => one.begun && one.record.id === record.id && one.measure.at > since && one.measure.at <= measure.at,
      );
      for (const cluster of clusters) {
        const times = counted.filter((one) => one.clusters.includes(cluster)).length;
        if (times > limits.correctionsPerCluster)
          report(`task ${name} is the ${times}th for ${cluster}; ${limits.correctionsPerCluster} are allowed`);
      }
    }
  },
};

/** As Azure knows the task of a measure. */
export function taskName({ id }: Pick<Measure, 'id'>): string {
  return `flotilla-${id.toLowerCase()}`;
}
