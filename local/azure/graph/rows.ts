import type { LocalClock } from '../../clock.ts';
import type { Cluster, Extension, FluxConfiguration, SourceControlConfiguration } from '../fleet/cluster.ts';
import { unit } from '../fleet/random.ts';
import { CONFIGURATION_PROVIDER, CONNECTED } from '../ids.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { clusterView, configurationProperties, extensionProperties, sourceControlView } from '../resources/views.ts';
import { pascalCased } from './casing.ts';
import type { Row } from './values.ts';

/** What can lie on a cluster, as ARM ids spell it. */
export type ChildKind = 'extensions' | 'fluxConfigurations' | 'sourceControlConfigurations';

/** Share of extension rows that show the service's PascalCase names; the others are camelCase: both occur (flux.md e). */
const PASCAL_CASE_SHARE = 0.8;

/** Makes rows of Resource Graph out of resources as they are at the moment. */
export class Rows {
  readonly #tenantId: string;
  readonly #seed: number;
  readonly #clock: LocalClock;
  readonly #lagMs: number;

  constructor(fleet: { readonly tenantId: string; readonly seed: number }, clock: LocalClock, lagMs: number) {
    this.#tenantId = fleet.tenantId;
    this.#seed = fleet.seed;
    this.#clock = clock;
    this.#lagMs = lagMs;
  }

  cluster(cluster: Cluster): Row {
    const { id, name, tags, systemData } = cluster;
    const { identity, properties } = clusterView(cluster, this.#tenantId, this.#clock.now());
    const isHeardOf = cluster.type === CONNECTED && cluster.offlineSinceMs === undefined;
    return {
      ...this.#inGroup(cluster),
      ...{ id, name, tags, systemData, type: clusterTypeName(cluster), identity: identity ?? null },
      properties: isHeardOf && isJsonObject(properties) ? this.#heardOf(properties) : properties,
    };
  }

  extension(cluster: Cluster, extension: Extension): Row {
    const properties = extensionProperties(extension);
    const isPascal = unit(this.#seed, `casing/${cluster.name}`) < PASCAL_CASE_SHARE;
    return this.#child(cluster, 'extensions', extension, isPascal ? pascalCased(properties) : properties);
  }

  configuration(cluster: Cluster, configuration: FluxConfiguration): Row {
    const properties = configurationProperties(configuration, 'list');
    return this.#child(cluster, 'fluxConfigurations', configuration, properties);
  }

  sourceControl(cluster: Cluster, configuration: SourceControlConfiguration): Row {
    const { properties } = sourceControlView(cluster, configuration);
    return this.#child(cluster, 'sourceControlConfigurations', configuration, properties);
  }

  subscription(id: string, name: string): Row {
    const type = 'microsoft.resources/subscriptions';
    const own = { id: `/subscriptions/${id}`, name, type, subscriptionId: id };
    return { ...this.#blank(), ...own, properties: { state: 'Enabled' } };
  }

  /** The resource group that a cluster lies in. */
  group(cluster: Cluster): Row {
    const type = 'microsoft.resources/subscriptions/resourcegroups';
    const id = `/subscriptions/${cluster.subscriptionId}/resourceGroups/${cluster.resourceGroup}`;
    const own = { id, name: cluster.resourceGroup, type, properties: { provisioningState: 'Succeeded' } };
    return { ...this.#inGroup(cluster), ...own };
  }

  #child(
    cluster: Cluster,
    kind: ChildKind,
    { name, systemData }: { readonly name: string; readonly systemData: unknown },
    properties: unknown,
  ): Row {
    return { ...this.#inGroup(cluster), ...childKeys(cluster, kind, name), name, properties, systemData };
  }

  #inGroup({ subscriptionId, location, resourceGroup }: Cluster): Row {
    return { ...this.#blank(), subscriptionId, location, resourceGroup: resourceGroup.toLowerCase() };
  }

  #blank(): Row {
    const dynamic = { sku: null, plan: null, tags: null, identity: null, zones: null, extendedLocation: null };
    const text = { kind: '', location: '', resourceGroup: '', managedBy: '' };
    return { tenantId: this.#tenantId, ...text, ...dynamic, systemData: null };
  }

  /** Agents that answer are heard of all the time, without any change that would make a new row. */
  #heardOf(properties: JsonObject): JsonObject {
    const lastHeard = (): string => new Date(this.#clock.now() - this.#lagMs).toISOString();
    return Object.defineProperty({ ...properties }, 'lastConnectivityTime', { get: lastHeard, enumerable: true });
  }
}

/** A cluster's type as Resource Graph writes types: in lower case. */
export function clusterTypeName({ type }: Cluster): string {
  return `${type.provider}/${type.segment}`.toLowerCase();
}

/** Ids of the graph have a casing of their own, which differs from the one clients write (azure.md 2.5). */
export function childKeys(
  { subscriptionId, resourceGroup, type, name: clusterName }: Cluster,
  kind: ChildKind,
  name: string,
): { readonly type: string; readonly id: string } {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const parent = `${group}/providers/${type.provider}/${type.pathSegment}/${clusterName}`;
  const segment = kind.charAt(0).toUpperCase() + kind.slice(1);
  return {
    type: `${CONFIGURATION_PROVIDER}/${kind}`.toLowerCase(),
    id: `${parent}/providers/${CONFIGURATION_PROVIDER}/${segment}/${name}`,
  };
}
