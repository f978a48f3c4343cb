import type { LocalClock } from '../../clock.ts';
import { CONFIGURATION_PROVIDER } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Cluster, Extension, FluxConfiguration } from '../fleet/cluster.ts';
import type { Fleet, FleetObserver } from '../fleet/fleet.ts';
import { unit } from '../fleet/random.ts';
import { clusterView, configurationProperties, extensionProperties } from '../resources/views.ts';
import type { Row, ValueType } from './values.ts';

export const TABLES = ['resources', 'kubernetesconfigurationresources', 'resourcecontainers'] as const;
export type TableName = (typeof TABLES)[number];

/** Columns that every table of Resource Graph has. */
export const COLUMNS: ReadonlyMap<string, ValueType> = new Map<string, ValueType>([
  ['id', 'string'],
  ['name', 'string'],
  ['type', 'string'],
  ['tenantId', 'string'],
  ['kind', 'string'],
  ['location', 'string'],
  ['resourceGroup', 'string'],
  ['subscriptionId', 'string'],
  ['managedBy', 'string'],
  ['sku', 'dynamic'],
  ['plan', 'dynamic'],
  ['properties', 'dynamic'],
  ['tags', 'dynamic'],
  ['identity', 'dynamic'],
  ['zones', 'dynamic'],
  ['extendedLocation', 'dynamic'],
  ['systemData', 'dynamic'],
]);

interface Change {
  readonly dueMs: number;
  readonly table: TableName;
  readonly type: string;
  readonly key: string;
  /** undefined removes the row. */
  readonly row: Row | undefined;
}

/** Changes that wait before their memory is given back; only a number for amortisation. */
const COMPACT_AFTER = 4096;
/** Share of extension rows that show the service's PascalCase names; the others are camelCase: both occur (flux.md e). */
const PASCAL_CASE_SHARE = 0.8;

/**
 * What Resource Graph knows: rows by table and type, each as it was `lagMs` ago. Changes wait in a queue, which is drained
 * when somebody looks.
 */
export class Graph implements FleetObserver {
  readonly #fleet: Fleet;
  readonly #clock: LocalClock;
  readonly #lagMs: number;
  readonly #tables = new Map<TableName, Map<string, Map<string, Row>>>();
  #changes: Change[] = [];
  #drained = 0;

  constructor(fleet: Fleet, clock: LocalClock, lagMs: number) {
    this.#fleet = fleet;
    this.#clock = clock;
    this.#lagMs = lagMs;
    for (const table of TABLES) this.#tables.set(table, new Map());
    this.#loadContainers();
    for (const cluster of fleet.clusters) {
      this.#put(0, 'resources', clusterTypeName(cluster), cluster.id, this.#clusterRow(cluster));
      for (const extension of cluster.extensions.values()) this.#extensionPut(0, cluster, extension);
      for (const configuration of cluster.configurations.values()) this.#configurationPut(0, cluster, configuration);
    }
    this.#drain();
  }

  /** Rows of a table, of some types (lower case) when given, in no particular order. */
  rows(table: TableName, types?: readonly string[]): Row[] {
    this.#drain();
    const byType = this.#tables.get(table);
    if (byType === undefined) return [];
    const wanted = types ?? [...byType.keys()];
    return wanted.flatMap((type) => [...(byType.get(type)?.values() ?? [])]);
  }

  clusterChanged(cluster: Cluster): void {
    this.#put(this.#lagMs, 'resources', clusterTypeName(cluster), cluster.id, this.#clusterRow(cluster));
  }

  extensionChanged(cluster: Cluster, extension: Extension): void {
    this.#extensionPut(this.#lagMs, cluster, extension);
  }

  configurationChanged(cluster: Cluster, configuration: FluxConfiguration): void {
    this.#configurationPut(this.#lagMs, cluster, configuration);
  }

  extensionRemoved(cluster: Cluster, name: string): void {
    const { type, id } = childKeys(cluster, 'extensions', name);
    this.#put(this.#lagMs, 'kubernetesconfigurationresources', type, id, undefined);
  }

  configurationRemoved(cluster: Cluster, name: string): void {
    const { type, id } = childKeys(cluster, 'fluxConfigurations', name);
    this.#put(this.#lagMs, 'kubernetesconfigurationresources', type, id, undefined);
  }

  clusterRemoved(cluster: Cluster): void {
    this.#put(this.#lagMs, 'resources', clusterTypeName(cluster), cluster.id, undefined);
    for (const { name } of cluster.extensions.values()) this.extensionRemoved(cluster, name);
    for (const { name } of cluster.configurations.values()) this.configurationRemoved(cluster, name);
  }

  #extensionPut(lagMs: number, cluster: Cluster, extension: Extension): void {
    const { type, id } = childKeys(cluster, 'extensions', extension.name);
    const properties = extensionProperties(extension);
    const isPascal = unit(this.#fleet.seed, `casing/${cluster.name}`) < PASCAL_CASE_SHARE;
    const shown = { ...extension, properties: isPascal ? pascalCased(properties) : properties };
    this.#put(lagMs, 'kubernetesconfigurationresources', type, id, this.#childRow(cluster, type, id, shown));
  }

  #configurationPut(lagMs: number, cluster: Cluster, configuration: FluxConfiguration): void {
    const { type, id } = childKeys(cluster, 'fluxConfigurations', configuration.name);
    const shown = { ...configuration, properties: configurationProperties(configuration, 'list') };
    this.#put(lagMs, 'kubernetesconfigurationresources', type, id, this.#childRow(cluster, type, id, shown));
  }

  #put(lagMs: number, table: TableName, type: string, id: string, row: Row | undefined): void {
    this.#changes.push({ dueMs: this.#clock.now() + lagMs, table, type, key: id.toLowerCase(), row });
    if (this.#changes.length - this.#drained > COMPACT_AFTER) this.#drain();
  }

  #drain(): void {
    const nowMs = this.#clock.now();
    for (let change = this.#changes[this.#drained]; change !== undefined; change = this.#changes[this.#drained]) {
      if (change.dueMs > nowMs) break;
      this.#apply(change);
      this.#drained++;
    }
    if (this.#drained < this.#changes.length && this.#drained < COMPACT_AFTER) return;
    this.#changes = this.#changes.slice(this.#drained);
    this.#drained = 0;
  }

  #apply({ table, type, key, row }: Change): void {
    const byType = this.#tables.get(table);
    const rows = byType?.get(type) ?? new Map<string, Row>();
    byType?.set(type, rows);
    if (row === undefined) rows.delete(key);
    else rows.set(key, row);
  }

  #clusterRow(cluster: Cluster): Row {
    const nowMs = this.#clock.now();
    const view = clusterView(cluster, this.#fleet.tenantId, nowMs);
    const rest = { ...emptyRow(this.#fleet.tenantId, cluster), tags: cluster.tags, systemData: cluster.systemData };
    return {
      ...rest,
      id: cluster.id,
      name: cluster.name,
      type: clusterTypeName(cluster),
      properties: view['properties'],
    };
  }

  #childRow(
    cluster: Cluster,
    type: string,
    id: string,
    shown: { name: string; properties: JsonObject; systemData: unknown },
  ): Row {
    const { name, properties, systemData } = shown;
    return { ...emptyRow(this.#fleet.tenantId, cluster), id, name, type, properties, systemData };
  }

  #loadContainers(): void {
    const groups = new Map<string, Cluster>();
    for (const cluster of this.#fleet.clusters)
      groups.set(`${cluster.subscriptionId}/${cluster.resourceGroup}`, cluster);
    for (const { id, displayName } of this.#fleet.subscriptions) {
      const type = 'microsoft.resources/subscriptions';
      const row = {
        ...blankRow(this.#fleet.tenantId),
        id: `/subscriptions/${id}`,
        name: displayName,
        type,
        subscriptionId: id,
      };
      this.#put(0, 'resourcecontainers', type, row.id, { ...row, properties: { state: 'Enabled' } });
    }
    for (const cluster of groups.values()) {
      const type = 'microsoft.resources/subscriptions/resourcegroups';
      const id = `/subscriptions/${cluster.subscriptionId}/resourceGroups/${cluster.resourceGroup}`;
      const row = { ...emptyRow(this.#fleet.tenantId, cluster), id, name: cluster.resourceGroup, type };
      this.#put(0, 'resourcecontainers', type, id, { ...row, properties: { provisioningState: 'Succeeded' } });
    }
  }
}

function clusterTypeName(cluster: Cluster): string {
  return `${cluster.type.provider}/${cluster.type.segment}`.toLowerCase();
}

/** Ids of the graph have a casing of their own, and the one of extensions differs once more (azure.md 2.5). */
function childKeys(
  cluster: Cluster,
  kind: 'extensions' | 'fluxConfigurations',
  name: string,
): { type: string; id: string } {
  const { subscriptionId, resourceGroup, type } = cluster;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const parent = `${group}/providers/${type.provider}/${type.pathSegment}/${cluster.name}`;
  const segment = kind === 'extensions' ? 'Extensions' : 'FluxConfigurations';
  return {
    type: `${CONFIGURATION_PROVIDER}/${kind}`.toLowerCase(),
    id: `${parent}/providers/${CONFIGURATION_PROVIDER}/${segment}/${name}`,
  };
}

function emptyRow(tenantId: string, cluster: Cluster): Row {
  const { subscriptionId, location } = cluster;
  const resourceGroup = cluster.resourceGroup.toLowerCase();
  return { ...blankRow(tenantId), subscriptionId, location, resourceGroup };
}

function blankRow(tenantId: string): Row {
  const dynamic = { sku: null, plan: null, tags: null, identity: null, zones: null, extendedLocation: null };
  return { tenantId, kind: '', location: '', resourceGroup: '', managedBy: '', ...dynamic, systemData: null };
}

/** Names of the first two levels, as the docs sample shows them (`properties.ExtensionType`, `Statuses[].Message`). */
function pascalCased(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [pascal(name), nestedPascal(name, value)]),
  );
}

function nestedPascal(name: string, value: unknown): unknown {
  if (name === 'statuses' && Array.isArray(value)) {
    return value.map((entry: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(entry).map(([field, inner]) => [pascal(field), inner])),
    );
  }
  return value;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
