import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import { Beginnings, bindingOf } from './corrections.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S30: a correction is begun only on clusters on which no rollout was at work when that was looked at. */
export const S30: OracleSpec = {
  id: 'S30',
  about: 'no correction of a cluster that a rollout is working on',
  create: (view, report) => {
    const beginnings = new Beginnings();
    const createdAt = new Map<string, number>();
    return {
      observe: (fact) => {
        beginnings.observe(fact, view.now());
        if (fact.kind !== 'created') return;
        const { mirror, invocation } = fact;
        createdAt.set(mirror.id, view.now());
        if (bindingOf(mirror) === undefined) return;
        const mine = new Set(mirror.targets.map(({ clusterId }) => clusterKey(clusterId)));
        for (const other of view.recorder.mirrors.values()) {
          const wasThere = (createdAt.get(other.id) ?? Infinity) < beginnings.of(invocation);
          if (other.id === mirror.id || hasEnded(other.header.status) || !wasThere) continue;
          const shared = other.targets.find(({ clusterId }) => mine.has(clusterKey(clusterId)));
          if (shared !== undefined)
            report(
              `correction ${shortName(mirror)} begins on ${shared.clusterId}, where ${shortName(other)} is at work`,
            );
        }
      },
    };
  },
};
