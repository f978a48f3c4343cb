import type { BindingStore } from '../../src/ports/binding-store.ts';
import type { BudgetStore } from '../../src/ports/budget-store.ts';
import type { ComplianceStore } from '../../src/ports/compliance-store.ts';
import type { DefinitionStore } from '../../src/ports/definition-store.ts';
import type { DeliveryStore } from '../../src/ports/delivery-store.ts';
import type { HookStore } from '../../src/ports/hook-store.ts';
import type { InventoryStore } from '../../src/ports/inventory-store.ts';
import type { LeaseStore } from '../../src/ports/lease-store.ts';
import type { RolloutIndex } from '../../src/ports/rollout-index.ts';
import type { RolloutStore } from '../../src/ports/rollout-store.ts';
import type { SentSecretsStore } from '../../src/ports/sent-secrets.ts';

/** The stores under test; every suite runs on each implementation. */
export interface Stores {
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
}

/** Gives empty stores. */
export type OpenStores = () => Promise<Stores>;

/** Names that a key of a table does not take as they are, or that encodings confuse. */
export const NASTY_NAMES = [
  'a(b)',
  'a#b',
  'a?b',
  'a\\b',
  'a%2Fb',
  "a'b",
  'a b',
  'a+b',
  'a\u0007b',
  'ä',
  '名前😀',
  '.',
  'x'.repeat(260),
];
