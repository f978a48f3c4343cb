import { bindingStoreSuite } from './binding-store.ts';
import { budgetStoreSuite } from './budget-store.ts';
import { complianceStoreSuite } from './compliance-store.ts';
import { definitionStoreSuite } from './definition-store.ts';
import { deliveryStoreSuite } from './delivery-store.ts';
import { hookStoreSuite } from './hook-store.ts';
import { inventoryStoreSuite } from './inventory-store.ts';
import { leaseStoreSuite } from './lease-store.ts';
import { rolloutIndexSuite } from './rollout-index.ts';
import { rolloutStoreCommit } from './rollout-store-commit.ts';
import { rolloutStoreCreate } from './rollout-store-create.ts';
import { rolloutStoreLive } from './rollout-store-live.ts';
import { rolloutStoreRead } from './rollout-store-read.ts';
import { sentSecretsStoreSuite } from './sent-secrets-store.ts';
import type { OpenStores } from './stores.ts';

/** Every contract of the stores. */
export function storeContracts(open: OpenStores): void {
  rolloutStoreCreate(open);
  rolloutStoreCommit(open);
  rolloutStoreLive(open);
  rolloutStoreRead(open);
  rolloutIndexSuite(open);
  leaseStoreSuite(open);
  budgetStoreSuite(open);
  bindingStoreSuite(open);
  definitionStoreSuite(open);
  inventoryStoreSuite(open);
  sentSecretsStoreSuite(open);
  complianceStoreSuite(open);
  hookStoreSuite(open);
  deliveryStoreSuite(open);
}
