import { z } from 'zod';
import type { LocalClock } from '../../clock.ts';
import { clusterId, CONNECTED, MANAGED, PROVISIONED, type ClusterType } from '../ids.ts';
import { FLUX_VERSIONS } from './extension-manager.ts';
import type { Cluster, FailureKind, SystemData } from './cluster.ts';
import { Fleet, type Subscription } from './fleet.ts';
import { commitId, guid, pick, shuffled, unit } from './random.ts';
import { Timeline } from './timeline.ts';

const count = z.number().int().nonnegative();

/** What a fleet is generated from; the same options always give the same fleet. */
export const fleetOptions = z.strictObject({
  clusters: count.max(200_000).default(48),
  subscriptions: z.number().int().min(1).max(200).default(3),
  seed: z.number().int().default(1),
  /** Clusters in ring `main` on which Flux fails. */
  brokenClusters: count.default(1),
  /** Arc clusters in ring `main` whose agents are silent. */
  offlineClusters: count.default(1),
  /** AKS clusters in ring `main` that their owner stopped. */
  stoppedClusters: count.default(0),
  /** Clusters of type provisionedClusters (AKS hybrid) among all clusters; the others are AKS and Arc. */
  hybridClusters: count.default(0),
  /** Arc clusters that still carry a Flux v1 configuration (and therefore no extension). */
  fluxV1Clusters: count.default(0),
  /** Share of the clusters that have the microsoft.flux extension already. */
  extensionShare: z.number().min(0).max(1).default(0.5),
});
export type FleetOptions = z.infer<typeof fleetOptions>;

const REGIONS = [
  ['westeurope', 'weu'],
  ['northeurope', 'neu'],
  ['germanywestcentral', 'gwc'],
  ['eastus', 'eus'],
  ['westus2', 'wus2'],
  ['southeastasia', 'sea'],
] as const;
const TEAMS = ['retail', 'logistics', 'payments', 'factory', 'media'] as const;
const KUBERNETES_VERSIONS = ['1.31.8', '1.32.5', '1.33.2'] as const;
const CANARY_SHARE = 0.04;
const CANARY_MIN = 2;
const EARLY_SHARE = 0.2;
const FAILURES: readonly FailureKind[] = [
  'HealthCheckFailed',
  'BuildFailed',
  'GitOperationFailed',
  'ReconciliationFailed',
];
const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes a fleet of AKS and Arc clusters over several subscriptions, regions and resource groups. */
export function generateFleet(options: FleetOptions, clock: LocalClock): Fleet {
  const { seed } = options;
  const subscriptions = Array.from({ length: options.subscriptions }, (_, index) => subscription(seed, index));
  const fleet = new Fleet(seed, new Timeline(clock), guid(seed, 'tenant'), subscriptions);
  const rings = assignRings(seed, options.clusters);
  const createdAt = new Date(clock.now() - 90 * DAY_MS).toISOString();
  for (let index = 0; index < options.clusters; index++) {
    fleet.add(cluster(options, subscriptions, index, rings[index] ?? 'main', createdAt));
  }
  trouble(fleet, options, clock.now());
  installExtensions(fleet, options, createdAt);
  return fleet;
}

function subscription(seed: number, index: number): Subscription {
  const displayName = `fleet-${String(index + 1).padStart(2, '0')}`;
  return { id: guid(seed, `subscription/${index}`), displayName, registrations: new Map() };
}

function assignRings(seed: number, clusters: number): string[] {
  const canaries = Math.min(clusters, Math.max(CANARY_MIN, Math.round(clusters * CANARY_SHARE)));
  const early = Math.min(clusters - canaries, Math.round(clusters * EARLY_SHARE));
  const ordered = Array.from({ length: clusters }, (_, position) => {
    if (position < canaries) return 'canary';
    return position < canaries + early ? 'early' : 'main';
  });
  return shuffled(seed, 'rings', ordered);
}

function cluster(
  options: FleetOptions,
  subscriptions: readonly Subscription[],
  index: number,
  ring: string,
  createdAt: string,
): Cluster {
  const { seed } = options;
  const type = clusterType(options, index);
  const [location, short] = pick(seed, `region/${index}`, REGIONS);
  const team = pick(seed, `team/${index}`, TEAMS);
  const kind = type === MANAGED ? 'aks' : type === CONNECTED ? 'arc' : 'hci';
  const name = `${kind}-${team}-${short}-${String(index + 1).padStart(4, '0')}`;
  const resourceGroup = `rg-${team}-${short}`;
  const subscriptionId = subscriptions[index % subscriptions.length]?.id ?? '';
  return {
    id: clusterId(subscriptionId, resourceGroup, type, name),
    name,
    type,
    subscriptionId,
    resourceGroup,
    location,
    tags: { env: environment(seed, index), ring, region: short, team },
    kubernetesVersion: pick(seed, `kubernetes/${index}`, KUBERNETES_VERSIONS),
    systemData: systemData('platform-team@fleet.example', 'User', createdAt),
    principalId: guid(seed, `identity/${index}`),
    identityType: 'SystemAssigned',
    distribution: type === MANAGED ? 'aks' : 'k3s',
    provisioningState: 'Succeeded',
    stopped: false,
    offlineSinceMs: undefined,
    deleted: false,
    failure: undefined,
    extensions: new Map(),
    configurations: new Map(),
    sourceControlConfigurations: new Map(),
    inventory: new Map(),
    parked: new Map(),
  };
}

function clusterType(options: FleetOptions, index: number): ClusterType {
  if (index >= options.clusters - options.hybridClusters) return PROVISIONED;
  return unit(options.seed, `type/${index}`) < 0.5 ? MANAGED : CONNECTED;
}

function environment(seed: number, index: number): string {
  const draw = unit(seed, `env/${index}`);
  return draw < 0.7 ? 'prod' : draw < 0.9 ? 'staging' : 'dev';
}

/** Chooses the clusters in trouble: all of ring `main`, none twice. */
function trouble(fleet: Fleet, options: FleetOptions, nowMs: number): void {
  const main = shuffled(options.seed, 'trouble', fleet.clusters).filter(({ tags }) => tags['ring'] === 'main');
  const take = (wanted: number, fits: (candidate: Cluster) => boolean): Cluster[] => {
    const taken = main.filter(fits).slice(0, wanted);
    for (const each of taken) main.splice(main.indexOf(each), 1);
    return taken;
  };
  for (const each of take(options.offlineClusters, ({ type }) => type === CONNECTED))
    each.offlineSinceMs = nowMs - DAY_MS;
  for (const each of take(options.stoppedClusters, ({ type }) => type === MANAGED)) each.stopped = true;
  for (const each of take(options.fluxV1Clusters, ({ type }) => type === CONNECTED)) {
    const name = 'cluster-config';
    const repositoryUrl = 'https://github.com/fleet-example/flux-v1-config';
    each.sourceControlConfigurations.set(name, { name, repositoryUrl, systemData: each.systemData });
  }
  for (const [index, each] of take(options.brokenClusters, () => true).entries()) {
    each.failure = FAILURES[index % FAILURES.length];
  }
}

function installExtensions(fleet: Fleet, options: FleetOptions, createdAt: string): void {
  for (const each of fleet.clusters) {
    if (each.sourceControlConfigurations.size > 0) continue;
    if (unit(options.seed, `extension/${each.name}`) >= options.extensionShare) continue;
    each.extensions.set('flux', {
      name: 'flux',
      spec: {
        extensionType: 'microsoft.flux',
        autoUpgradeMinorVersion: true,
        releaseTrain: 'Stable',
        version: null,
        scope: { cluster: { releaseNamespace: 'flux-system' } },
        configurationSettings: {},
      },
      protectedSettings: [],
      systemData: systemData(commitId(options.seed, 'installer').slice(0, 8), 'Application', createdAt),
      provisioningState: 'Succeeded',
      currentVersion: FLUX_VERSIONS[2],
      errorInfo: null,
      statuses: [],
      operation: undefined,
    });
  }
}

function systemData(by: string, type: string, at: string): SystemData {
  return {
    createdBy: by,
    createdByType: type,
    createdAt: at,
    lastModifiedBy: by,
    lastModifiedByType: type,
    lastModifiedAt: at,
  };
}
