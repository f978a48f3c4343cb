import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { TableClient } from '@azure/data-tables';
import type { BindingStore } from '../../ports/binding-store.ts';
import type { BudgetStore } from '../../ports/budget-store.ts';
import type { ComplianceStore } from '../../ports/compliance-store.ts';
import type { DefinitionStore } from '../../ports/definition-store.ts';
import type { DeliveryStore } from '../../ports/delivery-store.ts';
import type { HookStore } from '../../ports/hook-store.ts';
import type { InventoryStore } from '../../ports/inventory-store.ts';
import type { LeaseStore } from '../../ports/lease-store.ts';
import type { RolloutIndex } from '../../ports/rollout-index.ts';
import type { RolloutStore } from '../../ports/rollout-store.ts';
import type { SentSecretsStore } from '../../ports/sent-secrets.ts';
import { TableBindingStore } from './binding-store.ts';
import { TableBudgetStore } from './budget-store.ts';
import { TableComplianceStore } from './compliance-store.ts';
import { TableDefinitionStore } from './definition-store.ts';
import { TableDeliveryStore } from './delivery-store.ts';
import { translateError } from './errors.ts';
import { TableHookStore } from './hook-store.ts';
import { TableInventoryStore } from './inventory-store.ts';
import { TableLeaseStore } from './lease-store.ts';
import { TableRolloutIndex } from './rollout-index.ts';
import { TableRolloutStore } from './rollout-store.ts';
import { TableSentSecretsStore } from './sent-secrets-store.ts';
import { Table, type TransactionKind } from './table.ts';
import { createTransport } from './transport.ts';

/** Every table the application uses; `infra/` creates the same ones. */
export const TABLE_NAMES = [
  'rollouts',
  'index',
  'leases',
  'budgets',
  'inventory',
  'sentsecrets',
  'compliance',
  'sweeps',
  'bindings',
  'definitions',
  'webhooks',
] as const;

/** The service ends an operation after 30 s itself ("Setting timeouts for Table service operations"). */
const REQUEST_MS_MAX = 35_000;

/** Where the tables are: an emulator or an account key, or an account that a token opens. */
export type TablesOptions = (
  { readonly connectionString: string } | { readonly endpoint: string; readonly credential: TokenCredential }
) & {
  /** Called for every billed transaction, before it is sent. */
  readonly onTransaction?: (kind: TransactionKind, table: string) => void;
};

/** The stores on Table Storage. */
export interface Tables {
  readonly rolloutStore: RolloutStore;
  readonly rolloutIndex: RolloutIndex;
  readonly leases: LeaseStore;
  readonly budgets: BudgetStore;
  readonly bindings: BindingStore;
  readonly definitions: DefinitionStore;
  readonly inventory: InventoryStore;
  readonly sentSecrets: SentSecretsStore;
  readonly compliance: ComplianceStore;
  readonly hooks: HookStore;
  readonly deliveries: DeliveryStore;
  /** Creates the tables that are missing. In Azure `infra/` does that, since it takes rights the app should not have. */
  ensureTables(): Promise<void>;
}

/** Opens the stores. Nothing is sent before the first call. */
export function createTables(options: TablesOptions): Tables {
  const http = createTransport(REQUEST_MS_MAX);
  const clientOf = (name: (typeof TABLE_NAMES)[number]): TableClient => createClient(options, name, http);
  const tableOf = (name: (typeof TABLE_NAMES)[number]): Table =>
    new Table(clientOf(name), http, options.onTransaction ?? (() => undefined));
  return {
    rolloutStore: new TableRolloutStore(tableOf('rollouts')),
    rolloutIndex: new TableRolloutIndex(tableOf('index')),
    leases: new TableLeaseStore(tableOf('leases')),
    budgets: new TableBudgetStore(tableOf('budgets')),
    bindings: new TableBindingStore(tableOf('bindings')),
    definitions: new TableDefinitionStore(tableOf('definitions')),
    inventory: new TableInventoryStore(tableOf('inventory')),
    sentSecrets: new TableSentSecretsStore(tableOf('sentsecrets')),
    compliance: new TableComplianceStore(tableOf('compliance'), tableOf('sweeps')),
    hooks: new TableHookStore(tableOf('webhooks')),
    deliveries: new TableDeliveryStore(tableOf('webhooks')),
    ensureTables: async () => {
      await Promise.all(
        TABLE_NAMES.map((name) =>
          clientOf(name)
            .createTable()
            .catch((error: unknown) => {
              throw translateError(error, name);
            }),
        ),
      );
    },
  };
}

function createClient(options: TablesOptions, table: string, httpClient: HttpClient): TableClient {
  // Retries are the caller's: a hidden one turns our own success into a conflict (law 12), and waits inside a function (law 4).
  const common = { httpClient, retryOptions: { maxRetries: 0 } };
  if ('connectionString' in options) {
    const plain = /(^|;)(TableEndpoint=http:|UseDevelopmentStorage=true)/i.test(options.connectionString);
    return TableClient.fromConnectionString(options.connectionString, table, {
      ...common,
      allowInsecureConnection: plain,
    });
  }
  return new TableClient(options.endpoint, table, options.credential, common);
}
