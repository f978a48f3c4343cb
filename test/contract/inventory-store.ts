import { beforeEach, describe, expect, it } from 'vitest';
import type { Cluster, Inventory } from '../../src/contracts/cluster.ts';
import type { InventoryStore } from '../../src/ports/inventory-store.ts';
import type { OpenStores } from './stores.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;

/** The inventory is replaced as a whole. */
export function inventoryStoreSuite(open: OpenStores): void {
  describe('InventoryStore', () => {
    let store: InventoryStore;
    beforeEach(async () => {
      store = (await open()).inventory;
    });

    it('is undefined before the first was taken', async () => {
      expect(await store.read()).toBeUndefined();
    });

    it('keeps an empty fleet', async () => {
      await store.write({ takenAt: NOON, clusters: [] });
      expect(await store.read()).toEqual({ takenAt: NOON, clusters: [] });
    });

    it('keeps every cluster with every field, in order', async () => {
      await store.write(inventory(NOON, 10_000));
      expect(await store.read()).toEqual(inventory(NOON, 10_000));
    });

    it('replaces a large fleet by a small one, and back', async () => {
      for (const [hours, size] of [3000, 2, 3000, 0].entries()) {
        const next = inventory(NOON + hours * HOUR_MS, size);
        await store.write(next);
        expect(await store.read()).toEqual(next);
      }
    });

    it('takes another inventory of the same moment', async () => {
      await store.write(inventory(NOON, 3));
      await store.write(inventory(NOON, 2));
      expect(await store.read()).toEqual(inventory(NOON, 2));
    });

    it('keeps the newer one when an older comes late', async () => {
      await store.write(inventory(NOON + 1, 3));
      await store.write(inventory(NOON, 2));
      expect(await store.read()).toEqual(inventory(NOON + 1, 3));
    });

    it('shows readers one of the inventories, never a mix, while several are written', async () => {
      await store.write(inventory(NOON, 100));
      const writes = [1, 2, 3, 4].map((hours) => store.write(inventory(NOON + hours * HOUR_MS, hours * 500)));
      const reads = Array.from({ length: 6 }, async () => (await store.read())!);
      for (const seen of await Promise.all(reads)) {
        const hours = (seen.takenAt - NOON) / HOUR_MS;
        expect(seen).toEqual(inventory(seen.takenAt, hours === 0 ? 100 : hours * 500));
      }
      await Promise.all(writes);
      expect(await store.read()).toEqual(inventory(NOON + 4 * HOUR_MS, 2000));
    });

    it('does not change through what was given or read', async () => {
      const clusters = [...inventory(NOON, 1).clusters];
      await store.write({ takenAt: NOON, clusters });
      clusters[0]!.tags['env'] = 'changed';
      clusters.pop();
      expect(await store.read()).toEqual(inventory(NOON, 1));
    });
  });
}

/** What only some clusters tell. */
const FACTS = {
  provisioningState: 'Succeeded',
  lastConnectedAt: NOON - HOUR_MS + 0.5,
  distribution: 'openshift',
  identityType: 'UserAssigned',
};

function inventory(takenAt: number, size: number): Inventory {
  return { takenAt, clusters: Array.from({ length: size }, (_, n) => cluster(n, takenAt)) };
}

function cluster(n: number, takenAt: number): Cluster {
  return {
    id: `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-${n % 50}/providers/Microsoft.Kubernetes/connectedClusters/cluster-${n}`,
    name: `cluster-${n}`,
    type: 'connectedClusters',
    subscriptionId: '00000000-0000-0000-0000-000000000001',
    resourceGroup: `rg-${n % 50}`,
    location: 'westeurope',
    // Differs from one inventory to the next, so that a mix would show.
    tags: { env: n % 2 === 0 ? 'prod' : 'tést 😀', seen: `${takenAt}` },
    ...(n % 3 === 0 ? {} : { kubernetesVersion: '1.33.1', extensionVersion: '1.21.0' }),
    offline: n % 10 === 0,
    connectivity: n % 10 === 0 ? 'Offline' : 'Connected',
    ...(n % 4 === 0 ? {} : FACTS),
    fluxV1: n % 7 === 0,
    extension: 'Succeeded',
  };
}
