import { CONNECTED, MANAGED } from '../ids.ts';
import type { Cluster, FailureKind } from './cluster.ts';
import type { Fleet } from './fleet.ts';
import type { FleetOptions } from './options.ts';
import { shuffled } from './random.ts';

const FAILURES: readonly FailureKind[] = [
  'HealthCheckFailed',
  'BuildFailed',
  'GitOperationFailed',
  'ReconciliationFailed',
];
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Chooses the clusters in trouble: all of ring `main`, none twice. What is asked for later never changes who was chosen before.
 *
 * @returns the clusters that are to get an outdated extension
 */
export function placeTrouble(
  fleet: Fleet,
  options: FleetOptions,
  nowMs: number,
): { readonly outdated: ReadonlySet<Cluster> } {
  const main = shuffled(options.seed, 'trouble', fleet.clusters).filter(({ tags }) => tags['ring'] === 'main');
  const take = (wanted: number, fits: (candidate: Cluster) => boolean): Cluster[] => {
    const taken = main.filter(fits).slice(0, wanted);
    for (const each of taken) main.splice(main.indexOf(each), 1);
    return taken;
  };
  const isArc = ({ type }: Cluster): boolean => type === CONNECTED;
  const isAks = ({ type }: Cluster): boolean => type === MANAGED;
  for (const each of take(options.offlineClusters, isArc)) each.offlineSinceMs = nowMs - DAY_MS;
  for (const each of take(options.stoppedClusters, isAks)) each.stopped = true;
  for (const each of take(options.fluxV1Clusters, isArc)) addFluxV1(each);
  for (const [index, each] of take(options.brokenClusters, () => true).entries()) {
    each.failure = FAILURES[index % FAILURES.length];
  }
  for (const each of take(options.servicePrincipalClusters, isAks)) each.identityType = undefined;
  for (const each of take(options.openShiftClusters, isArc)) each.distribution = 'openshift';
  for (const each of take(options.failedClusters, () => true)) each.provisioningState = 'Failed';
  return { outdated: new Set(take(options.outdatedExtensionClusters, () => true)) };
}

function addFluxV1(cluster: Cluster): void {
  const name = 'cluster-config';
  const repositoryUrl = 'https://github.com/fleet-example/flux-v1-config';
  cluster.sourceControlConfigurations.set(name, { name, repositoryUrl, systemData: cluster.systemData });
}
