import type { LocalClock } from '../../clock.ts';
import { clusterId, CONFIGURATION_PROVIDER, CONNECTED, MANAGED, PROVISIONED, type ClusterType } from '../ids.ts';
import { FLUX_VERSIONS, OUTDATED_VERSION } from './extension-versions.ts';
import { REGIONS } from './regions.ts';
import type { Cluster, SystemData } from './cluster.ts';
import { Fleet, type Subscription } from './fleet.ts';
import type { FleetOptions } from './options.ts';
import { placeTrouble } from './trouble.ts';
import { commitId, guid, pick, shuffled, unit } from './random.ts';
import { Timeline } from './timeline.ts';

export type { FleetOptions } from './options.ts';

const TEAMS = ['retail', 'logistics', 'payments', 'factory', 'media'] as const;
const KUBERNETES_VERSIONS = ['1.31.8', '1.32.5', '1.33.2'] as const;
const CANARY_SHARE = 0.04;
const CANARY_MIN = 2;
const EARLY_SHARE = 0.2;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes a fleet of AKS and Arc clusters over several subscriptions, regions and resource groups. */
export function generateFleet(options: FleetOptions, clock: LocalClock): Fleet {
  const { seed } = options;
  const subscriptions = Array.from({ length: options.subscriptions }, (_, index) => subscription(options, index));
  const fleet = new Fleet(seed, new Timeline(clock), guid(seed, 'tenant'), subscriptions);
  const rings = assignRings(seed, options.clusters);
  const createdAt = new Date(clock.now() - 90 * DAY_MS).toISOString();
  for (let index = 0; index < options.clusters; index++) {
    fleet.add(cluster(options, subscriptions, index, rings[index] ?? 'main', createdAt));
  }
  fleet.regionsWithoutFlux = new Set(options.regionsWithoutFlux);
  const { outdated } = placeTrouble(fleet, options, clock.now());
  installExtensions(fleet, options, createdAt, outdated);
  return fleet;
}

function subscription({ seed, subscriptions, unregisteredSubscriptions }: FleetOptions, index: number): Subscription {
  const displayName = `fleet-${String(index + 1).padStart(2, '0')}`;
  const registrations: Subscription['registrations'] = new Map();
  if (index >= subscriptions - unregisteredSubscriptions) {
    registrations.set(CONFIGURATION_PROVIDER.toLowerCase(), 'Unregistered');
  }
  return { id: guid(seed, `subscription/${index}`), displayName, registrations };
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
  const { name: location, short } = pick(seed, `region/${index}`, REGIONS);
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
    isAgentDead: false,
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

function installExtensions(
  fleet: Fleet,
  options: FleetOptions,
  createdAt: string,
  outdated: ReadonlySet<Cluster>,
): void {
  for (const each of fleet.clusters) {
    if (!canHaveFlux(fleet, each)) continue;
    const isChosen = unit(options.seed, `extension/${each.name}`) < options.extensionShare;
    if (!isChosen && !outdated.has(each)) continue;
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
      currentVersion: outdated.has(each) ? OUTDATED_VERSION : FLUX_VERSIONS[2],
      errorInfo: null,
      statuses: [],
      operation: undefined,
    });
  }
}

function canHaveFlux(fleet: Fleet, cluster: Cluster): boolean {
  return (
    cluster.sourceControlConfigurations.size === 0 &&
    cluster.identityType !== undefined &&
    !fleet.regionsWithoutFlux.has(cluster.location) &&
    fleet.findSubscription(cluster.subscriptionId)?.registrations.size === 0
  );
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
