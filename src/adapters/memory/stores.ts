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
import { MemoryBindingStore } from './binding-store.ts';
import { MemoryBudgetStore } from './budget-store.ts';
import { MemoryComplianceStore } from './compliance-store.ts';
import { MemoryDefinitionStore } from './definition-store.ts';
import { MemoryDeliveryStore } from './delivery-store.ts';
import { createFrozenCopy } from './frozen-copy.ts';
import { MemoryHookStore } from './hook-store.ts';
import { MemoryInventoryStore } from './inventory-store.ts';
import { MemoryLeaseStore } from './lease-store.ts';
import { MemoryRolloutIndex } from './rollout-index.ts';
import { MemoryRolloutStore } from './rollout-store.ts';
import { MemorySentSecretsStore } from './sent-secrets-store.ts';

/** The stores in memory. */
export interface MemoryStores {
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

/** Empty stores that behave as those on Table Storage do, without time or chance. */
export function createMemoryStores(): MemoryStores {
  const copy = createFrozenCopy();
  return {
    rolloutStore: new MemoryRolloutStore(copy),
    rolloutIndex: new MemoryRolloutIndex(copy),
    leases: new MemoryLeaseStore(copy),
    budgets: new MemoryBudgetStore(copy),
    bindings: new MemoryBindingStore(copy),
    definitions: new MemoryDefinitionStore(copy),
    inventory: new MemoryInventoryStore(copy),
    sentSecrets: new MemorySentSecretsStore(copy),
    compliance: new MemoryComplianceStore(copy),
    hooks: new MemoryHookStore(copy),
    deliveries: new MemoryDeliveryStore(copy),
  };
}
