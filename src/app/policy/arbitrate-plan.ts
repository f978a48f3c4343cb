import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Action } from '../../core/change/actions.ts';
import { plannedResource } from '../../core/change/planned-resource.ts';
import type { Finding } from '../../core/plan/finding.ts';
import { arbitrate, type Arbitration, type PlannedResource } from '../../core/policy/arbitrate.ts';
import { standingBeside } from '../../core/policy/beside.ts';
import { policyClaims, type PolicyClaim } from '../../core/policy/claims.ts';
import type { Deps } from '../deps.ts';
import type { PresentFleet } from '../present.ts';
import { readBeside, type Beside } from './read-beside.ts';
import { readPolicyBook } from './read-policy-book.ts';

/** What assignments and a rollout want of one cluster. */
interface Case {
  readonly clusterId: string;
  readonly claims: readonly PolicyClaim[];
  readonly planned: readonly PlannedResource[];
}

/**
 * What assignments of Azure Policy say to a rollout, cluster by cluster: which would overwrite it (`PolicyFights`), and which take what it
 * leaves for their own (`PolicyPreempts`). `policy.onFight` says whether a fight refuses the plan; `observe` asks nobody.
 *
 * @param present what is on the clusters of what the change is about; undefined when they are too many to be read.
 */
export async function arbitratePlan(
  deps: Deps,
  request: RolloutRequest,
  actions: readonly Action[],
  targets: readonly Target[],
  clusters: readonly Cluster[],
  present: PresentFleet | undefined,
): Promise<Finding[]> {
  if (request.policy.onFight === 'observe') return [];
  const targetOf = new Map(targets.map((target) => [clusterKey(target.clusterId), target]));
  const findings: Finding[] = [];
  for (const [subscriptionId, group] of Map.groupBy(clusters, (cluster) => cluster.subscriptionId.toLowerCase())) {
    const book = await readPolicyBook(deps, subscriptionId);
    if (book === undefined) {
      findings.push(unknown(subscriptionId));
      continue;
    }
    if (book.definitions.size === 0) continue;
    const cases = group.flatMap((cluster): Case[] => {
      const target = targetOf.get(clusterKey(cluster.id));
      if (target === undefined) return [];
      const planned = plannedFor(actions, target, present);
      return [{ clusterId: cluster.id, claims: policyClaims(book, cluster, deps.clock.now()), planned }];
    });
    const fought = cases.filter((one) => arbitrations(one, []).some(isOverConfiguration));
    const beside = await readBeside(deps, subscriptionId, present === undefined ? undefined : idsOf(fought));
    findings.push(...cases.flatMap((one) => findingsOf(request, one, beside)));
  }
  return findings;
}

function idsOf(cases: readonly Case[]): string[] {
  return cases.map(({ clusterId }) => clusterId);
}

function plannedFor(actions: readonly Action[], target: Target, present: PresentFleet | undefined): PlannedResource[] {
  const there = (name: string) => present?.configurations.get(name)?.get(clusterKey(target.clusterId));
  return actions.flatMap((action) => plannedResource(action, target.values, there) ?? []);
}

interface Judged extends Arbitration {
  readonly kind: PlannedResource['kind'];
}

function arbitrations({ claims, planned }: Case, present: Parameters<typeof standingBeside>[2]): Judged[] {
  return claims.flatMap((claim) =>
    planned.map((resource) => {
      const others = standingBeside(resource, planned, present);
      return { ...arbitrate(claim, resource, others), kind: resource.kind };
    }),
  );
}

/** Of the extension there is only one, so that nothing beside it can satisfy an assignment. */
function isOverConfiguration({ verdict, kind }: Judged): boolean {
  return verdict === 'fights' && kind === 'configuration';
}

function findingsOf(request: RolloutRequest, one: Case, beside: Beside): Finding[] {
  const present = beside?.get(clusterKey(one.clusterId)) ?? [];
  return arbitrations(one, present).flatMap((judged) => {
    const isUnsure = beside === undefined && isOverConfiguration(judged);
    return asFinding(request, one.clusterId, isUnsure ? { ...judged, detail: `${judged.detail} ${UNSURE}` } : judged);
  });
}

const UNSURE =
  'Which other configurations are on the cluster could not be read: with one that satisfies the assignment, Policy would leave it alone.';

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
