import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Action } from '../../core/change/actions.ts';
import { plannedResource } from '../../core/change/planned-resource.ts';
import type { Finding } from '../../core/plan/finding.ts';
import { arbitrate, type Arbitration } from '../../core/policy/arbitrate.ts';
import { policyClaims, type PolicyBook } from '../../core/policy/claims.ts';
import type { Deps } from '../deps.ts';
import type { PresentFleet } from '../present.ts';
import { readPolicyBook } from './read-policy-book.ts';

/**
 * What assignments of Azure Policy say to a rollout, cluster by cluster: which would overwrite it (`PolicyFights`), and which take what it
 * leaves for their own (`PolicyPreempts`). `policy.onFight` says whether a fight refuses the plan; `observe` asks nobody.
 */
export async function arbitratePlan(
  deps: Deps,
  request: RolloutRequest,
  actions: readonly Action[],
  targets: readonly Target[],
  clusters: readonly Cluster[],
  present: PresentFleet,
): Promise<Finding[]> {
  if (request.policy.onFight === 'observe') return [];
  const targetOf = new Map(targets.map((target) => [clusterKey(target.clusterId), target]));
  const findings: Finding[] = [];
  for (const [subscriptionId, group] of Map.groupBy(clusters, (cluster) => cluster.subscriptionId.toLowerCase())) {
    const book = await readPolicyBook(deps, subscriptionId);
    if (book === undefined) findings.push(unknown(subscriptionId));
    else if (book.definitions.size > 0) {
      for (const cluster of group) {
        const target = targetOf.get(clusterKey(cluster.id));
        if (target !== undefined)
          findings.push(...arbitrateCluster(deps, request, book, actions, cluster, target, present));
      }
    }
  }
  return findings;
}

function arbitrateCluster(
  { clock }: Deps,
  request: RolloutRequest,
  book: PolicyBook,
  actions: readonly Action[],
  cluster: Cluster,
  target: Target,
  present: PresentFleet,
): Finding[] {
  const key = clusterKey(cluster.id);
  const claims = policyClaims(book, cluster, clock.now());
  const there = (name: string) => present.configurations.get(name)?.get(key);
  const planned = actions.flatMap((action) => plannedResource(action, target.values, there) ?? []);
  return claims.flatMap((claim) =>
    planned.flatMap((resource) => {
      const others = planned.flatMap(({ kind, name, properties }) =>
        kind === 'configuration' && name !== resource.name && properties !== undefined ? [{ name, properties }] : [],
      );
      return asFinding(request, cluster.id, arbitrate(claim, resource, others));
    }),
  );
}

function asFinding({ policy }: RolloutRequest, clusterId: string, { verdict, detail }: Arbitration): Finding[] {
  switch (verdict) {
    case 'fights': {
      const remedy = 'Exempt the cluster from the assignment, change the assignment, or say policy.onFight: observe.';
      const severity = policy.onFight === 'fail' ? 'block' : 'warn';
      return [{ code: 'PolicyFights', severity, clusterId, detail: `${detail} ${remedy}` }];
    }
    case 'preempts':
      return [{ code: 'PolicyPreempts', severity: 'warn', clusterId, detail }];
    case 'agrees':
    case 'silent':
      return [];
  }
}

function unknown(subscriptionId: string): Finding {
  const detail = `Policy assignments of subscription ${subscriptionId} could not be read; whether one of them fights this rollout is not known.`;
  return { code: 'PolicyUnknown', severity: 'warn', detail };
}
