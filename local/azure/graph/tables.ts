import type { LocalClock } from '../../clock.ts';
import type { Cluster, Extension, FluxConfiguration } from '../fleet/cluster.ts';
import type { Fleet, FleetObserver } from '../fleet/fleet.ts';
import { childKeys, clusterTypeName, Rows, type ChildKind } from './rows.ts';
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

/**
 * What Resource Graph knows: rows by table and type, each as it was `lagMs` ago. Changes wait in a queue, which is drained
 * when somebody looks.
 */
export class Graph implements FleetObserver {
  readonly #fleet: Fleet;
  readonly #clock: LocalClock;
  readonly #lagMs: number;
  readonly #rows: Rows;
  readonly #tables = new Map<TableName, Map<string, Map<string, Row>>>();
  #changes: Change[] = [];
  #drained = 0;

  constructor(fleet: Fleet, clock: LocalClock, lagMs: number) {
    this.#fleet = fleet;
    this.#clock = clock;
    this.#lagMs = lagMs;
    this.#rows = new Rows(fleet, clock, lagMs);
    for (const table of TABLES) this.#tables.set(table, new Map());
    this.#loadContainers();
    for (const cluster of fleet.clusters) this.#loadCluster(cluster);
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
    this.#put('resources', clusterTypeName(cluster), cluster.id, this.#rows.cluster(cluster));
  }

  extensionChanged(cluster: Cluster, extension: Extension): void {
    this.#childPut(cluster, 'extensions', extension.name, this.#rows.extension(cluster, extension));
  }

  configurationChanged(cluster: Cluster, configuration: FluxConfiguration): void {
    const row = this.#rows.configuration(cluster, configuration);
    this.#childPut(cluster, 'fluxConfigurations', configuration.name, row);
  }

  extensionRemoved(cluster: Cluster, name: string): void {
    this.#childPut(cluster, 'extensions', name, undefined);
  }

  configurationRemoved(cluster: Cluster, name: string): void {
    this.#childPut(cluster, 'fluxConfigurations', name, undefined);
  }

  sourceControlRemoved(cluster: Cluster, name: string): void {
    this.#childPut(cluster, 'sourceControlConfigurations', name, undefined);
  }

  clusterRemoved(cluster: Cluster): void {
    this.#put('resources', clusterTypeName(cluster), cluster.id, undefined);
    for (const { name } of cluster.extensions.values()) this.extensionRemoved(cluster, name);
    for (const { name } of cluster.configurations.values()) this.configurationRemoved(cluster, name);
    for (const { name } of cluster.sourceControlConfigurations.values()) this.sourceControlRemoved(cluster, name);
  }

  #loadCluster(cluster: Cluster): void {
    this.#put('resources', clusterTypeName(cluster), cluster.id, this.#rows.cluster(cluster), 0);
    for (const each of cluster.extensions.values())
      this.#childPut(cluster, 'extensions', each.name, this.#rows.extension(cluster, each), 0);
    for (const each of cluster.configurations.values())
      this.#childPut(cluster, 'fluxConfigurations', each.name, this.#rows.configuration(cluster, each), 0);
    for (const each of cluster.sourceControlConfigurations.values())
      this.#childPut(cluster, 'sourceControlConfigurations', each.name, this.#rows.sourceControl(cluster, each), 0);
  }

  #loadContainers(): void {
    const groups = new Map<string, Cluster>();
    for (const cluster of this.#fleet.clusters)
      groups.set(`${cluster.subscriptionId}/${cluster.resourceGroup}`, cluster);
    const rows = [
      ...this.#fleet.subscriptions.map(({ id, displayName }) => this.#rows.subscription(id, displayName)),
      ...[...groups.values()].map((cluster) => this.#rows.group(cluster)),
    ];
    for (const row of rows) this.#put('resourcecontainers', String(row['type']), String(row['id']), row, 0);
  }

  #childPut(cluster: Cluster, kind: ChildKind, name: string, row: Row | undefined, lagMs = this.#lagMs): void {
    const { type, id } = childKeys(cluster, kind, name);
    this.#put('kubernetesconfigurationresources', type, id, row, lagMs);
  }

  #put(table: TableName, type: string, id: string, row: Row | undefined, lagMs = this.#lagMs): void {
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
}
