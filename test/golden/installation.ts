import { TableClient, type TableEntity } from '@azure/data-tables';
import { type Azurite } from '../../local/azurite.ts';
import { createTables, TABLE_NAMES } from '../../src/adapters/tables/tables.ts';
import type { ClusterSeed } from '../../src/adapters/memory/azure-world.ts';
import type { ArmJson } from '../../src/ports/arm.ts';
import { SUBSCRIPTION_A, SUBSCRIPTION_B } from '../core/clusters.ts';
import { Bench } from '../app/support.ts';

/** A row as Table Storage keeps it: every column but its keys with its type (`Edm.…`). */
export type StoredRow = Record<string, string | number | { readonly type: string; readonly value: string }>;

/** An installation at one moment: all that another version of Flotilla finds when it takes over. */
export interface Golden {
  /** Commit of the version that wrote it. */
  readonly writtenBy: string;
  readonly at: number;
  readonly tables: Readonly<Record<string, readonly StoredRow[]>>;
  readonly messages: readonly {
    readonly queue: string;
    readonly id: string;
    readonly body: string;
    readonly at: number;
  }[];
  readonly secrets: Readonly<Record<string, string>>;
  /** The fleet at its beginning, and what was written to it since. */
  readonly fleet: {
    readonly startsAt: number;
    readonly clusters: readonly ClusterSeed[];
    readonly writes: readonly FleetWrite[];
  };
  /** Ids by what they stand for. */
  readonly ids: Readonly<Record<string, string>>;
}

/** `method` is one of the ARM port; `portal` writes a configuration behind Flotilla's back. */
export interface FleetWrite {
  readonly at: number;
  readonly method: string;
  readonly args: unknown[];
}

/** The application over real tables in Azurite, and everything else in memory. */
export class InstallationBench extends Bench {
  readonly #azurite: Azurite;
  readonly writesToFleet: FleetWrite[] = [];

  constructor(azurite: Azurite, secrets: Golden['secrets']) {
    super([]);
    this.#azurite = azurite;
    for (const [reference, value] of Object.entries(secrets)) this.secrets.values.set(reference, value);
    const { rolloutStore, rolloutIndex, ...stores } = createTables(azurite);
    Object.assign(this.deps, stores, {
      store: rolloutStore,
      index: rolloutIndex,
      arm: this.#recorded(),
      subscriptions: [SUBSCRIPTION_A, SUBSCRIPTION_B],
    });
  }

  portal(clusterId: string, name: string, properties: ArmJson): void {
    this.writesToFleet.push({ at: this.clock.now(), method: 'portal', args: [clusterId, name, properties] });
    this.azure.configurations.put(clusterId, name, properties);
  }

  /** Does to the fleet what was done to it, each at its time. */
  async replay({ fleet, at }: Golden): Promise<void> {
    this.clock.advance(fleet.startsAt - this.clock.now());
    for (const seed of fleet.clusters) this.azure.add(seed);
    for (const { at: time, method, args } of fleet.writes) {
      this.clock.advance(time - this.clock.now());
      const [clusterId, name, properties] = args as [string, string, ArmJson];
      if (method === 'portal') this.azure.configurations.put(clusterId, name, properties);
      else await (Reflect.get(this.real, method) as (...call: unknown[]) => Promise<unknown>).apply(this.real, args);
    }
    this.clock.advance(at - this.clock.now());
  }

  #recorded(): Bench['deps']['arm'] {
    return new Proxy(this.real, {
      get: (real, method: string) => {
        const call = Reflect.get(real, method) as (...args: unknown[]) => unknown;
        return (...args: unknown[]): unknown => {
          if (/^(put|patch|delete)/.test(method)) this.writesToFleet.push({ at: this.clock.now(), method, args });
          return call.apply(real, args);
        };
      },
    });
  }

  /** Every message that is in a queue, and when it is to arrive. Takes them off. */
  takeMessages(): Golden['messages'] {
    return [...this.bus.queues].flatMap(([queue, held]) => {
      const taken: { queue: string; id: string; body: string; at: number }[] = [];
      for (let at = held.nextVisibleAt(); at !== undefined; at = held.nextVisibleAt()) {
        const delivery = held.receive(at);
        if (delivery === undefined) break;
        held.complete(delivery, at);
        taken.push({ queue, id: delivery.id, body: delivery.body, at });
      }
      return taken;
    });
  }

  putMessages(messages: Golden['messages']): void {
    for (const { queue, id, body, at } of messages) this.bus.queues.get(queue)?.send(id, body, at, this.clock.now());
  }

  async readTables(): Promise<Golden['tables']> {
    const rowsOf = async (table: string): Promise<readonly StoredRow[]> => {
      const rows: StoredRow[] = [];
      const entities = this.#client(table).listEntities<Record<string, unknown>>({ disableTypeConversion: true });
      for await (const entity of entities) rows.push(storedRow(entity));
      return rows;
    };
    return Object.fromEntries(await Promise.all(TABLE_NAMES.map(async (name) => [name, await rowsOf(name)] as const)));
  }

  async writeTables(tables: Golden['tables']): Promise<void> {
    await createTables(this.#azurite).ensureTables();
    for (const [table, rows] of Object.entries(tables)) {
      for (const row of rows) await this.#client(table).createEntity(row as unknown as TableEntity);
    }
  }

  #client(table: string): TableClient {
    return TableClient.fromConnectionString(this.#azurite.connectionString, table, { allowInsecureConnection: true });
  }
}

function storedRow({ etag: _etag, timestamp: _at, ...columns }: Record<string, unknown>): StoredRow {
  const entries = Object.entries(columns).filter(([name]) => !name.startsWith('odata.'));
  return Object.fromEntries(entries) as StoredRow;
}
