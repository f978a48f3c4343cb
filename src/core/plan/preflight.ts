import type { Cluster } from '../../contracts/cluster.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Finding } from './finding.ts';
import { clusterChecks } from './preflight/cluster.ts';
import { configurationChecks } from './preflight/configurations.ts';
import { newContext, type PreflightFacts } from './preflight/context.ts';
import { extensionChecks } from './preflight/extension.ts';
import { providerChecks } from './preflight/providers.ts';

export type { PreflightFacts, ProviderFact } from './preflight/context.ts';

/**
 * Looks for everything that would keep a change from working on some cluster, before anything is written. Pure; what it has
 * to know beside the inventory comes as facts. Findings come cluster by cluster, the most fundamental first.
 */
export function preflight(request: RolloutRequest, clusters: readonly Cluster[], facts: PreflightFacts): Finding[] {
  const context = newContext(request, facts);
  const checks = [...providerChecks, ...clusterChecks, ...extensionChecks, ...configurationChecks];
  return clusters.flatMap((cluster) =>
    checks.flatMap((check) => check(cluster, context).map((found) => ({ ...found, clusterId: cluster.id }))),
  );
}
