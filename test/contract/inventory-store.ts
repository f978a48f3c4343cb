import { beforeEach, describe, expect, it } from 'vitest';
import type { Cluster, Inventory } from '../../src/contracts/cluster.ts';
import type { InventoryStore } from '../../src/ports/inventory-store.ts';
import type { OpenStores } from './stores.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';

/** The inventory is replaced as a whole. */
export function inventoryStoreSuite(open: OpenStores): void {
  describe('InventoryStore', () => {
    let store: InventoryStore;
    beforeEach(async () => {
      store = (await open()).inventory;
    });

    const write = ({ takenAt, clusters }: Inventory): Promise<void> => store.write(takenAt, [clusters]);

    it('is undefined before the first was taken', async () => {
      expect(await store.head()).toBeUndefined();
      expect(await store.read()).toBeUndefined();
      expect(await store.read([SUBSCRIPTION])).toBeUndefined();
    });

    it('keeps an empty fleet', async () => {
      await store.write(NOON, []);
      expect(await store.read()).toEqual({ takenAt: NOON, clusters: [] });
      expect(await store.read([SUBSCRIPTION])).toEqual({ takenAt: NOON, clusters: [] });
      expect(await store.head()).toEqual({ takenAt: NOON, clusters: 0 });
    });

    it('keeps every cluster with every field, in order, and tells how many there are', async () => {
      await write(inventory(NOON, 10_000));
      expect(await store.read()).toEqual(inventory(NOON, 10_000));
      expect(await store.head()).toEqual({ takenAt: NOON, clusters: 10_000 });
    });

    it('is read by subscription, in any casing, however the pages were cut', async () => {
      const [a, b, c] = ['a', 'b', 'c'].map((letter) => subscriptionOf(letter));
      const of = (subscriptionId: string, n: number): Cluster => ({ ...cluster(n, NOON), subscriptionId });
      async function* pages(): AsyncGenerator<readonly Cluster[]> {
        yield [of(c!, 0), of(a!.toUpperCase(), 1)];
        yield [];
        yield [of(a!, 2), of(b!, 3), of(a!, 4), of(c!, 5)];
      }
      await store.write(NOON, pages());
      const numbers = async (...subscriptions: string[]): Promise<unknown> =>
        (await store.read(subscriptions))?.clusters.map(({ name }) => name.replace('cluster-', '')).join(' ');
      expect(await numbers(a!)).toBe('1 2 4');
      expect(await numbers(c!.toUpperCase())).toBe('0 5');
      expect(await numbers(c!, b!, c!)).toBe('3 0 5');
      expect(await numbers('constructor')).toBe('');
      expect(await numbers()).toBe('');
      expect((await store.read())?.clusters.map(({ name }) => name)).toEqual(
        [1, 2, 4, 3, 0, 5].map((n) => `cluster-${n}`),
      );
      expect(await store.head()).toEqual({ takenAt: NOON, clusters: 6 });
    });

    it('stays as it was when the pages end in an error', async () => {
      await write(inventory(NOON, 3));
      async function* pages(): AsyncGenerator<readonly Cluster[]> {
        yield inventory(NOON + 1, 2).clusters;
        throw new Error('no more pages');
      }
      await expect(store.write(NOON + 1, pages())).rejects.toThrow('no more pages');
      expect(await store.read()).toEqual(inventory(NOON, 3));
    });

    it('replaces a large fleet by a small one, and back', async () => {
      for (const [hours, size] of [3000, 2, 3000, 0].entries()) {
        const next = inventory(NOON + hours * HOUR_MS, size);
        await write(next);
        expect(await store.read()).toEqual(next);
      }
    });

    it('takes another inventory of the same moment', async () => {
      await write(inventory(NOON, 3));
      await write(inventory(NOON, 2));
      expect(await store.read()).toEqual(inventory(NOON, 2));
    });

    it('keeps the newer one when an older comes late', async () => {
      await write(inventory(NOON + 1, 3));
      await write(inventory(NOON, 2));
      expect(await store.read()).toEqual(inventory(NOON + 1, 3));
    });

    it('shows readers one of the inventories, never a mix, while several are written', async () => {
      await write(inventory(NOON, 100));
      const writes = [1, 2, 3, 4].map((hours) => write(inventory(NOON + hours * HOUR_MS, hours * 500)));
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
      await write({ takenAt: NOON, clusters });
      clusters[0]!.tags['env'] = 'changed';
      clusters.pop();
      expect(await store.read()).toEqual(inventory(NOON, 1));
    });
  });
}

function subscriptionOf(letter: string): string {
  return `${letter.repeat(8)}-0000-4000-8000-000000000000`;
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
    subscriptionId: SUBSCRIPTION,
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
