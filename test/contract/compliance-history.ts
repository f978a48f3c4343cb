import { beforeEach, describe, expect, it } from 'vitest';
import type { ComplianceStore } from '../../src/ports/compliance-store.ts';
import { CLUSTER, clusterIn, collect, OTHER_SUBSCRIPTION, snapshot, SUBSCRIPTION } from './compliance-rows.ts';
import type { OpenStores } from './stores.ts';

const JANUARY = Date.UTC(2026, 0, 31, 23, 59, 59, 999);
const FEBRUARY = Date.UTC(2026, 1, 1);
const MAY = Date.UTC(2026, 4, 5);

/** What changed on a cluster, and how long that is kept. */
export function complianceHistory(open: OpenStores): void {
  describe('history', () => {
    let store: ComplianceStore;
    beforeEach(async () => {
      store = (await open()).compliance;
    });

    async function change(...times: number[]): Promise<void> {
      for (const changedAt of times) {
        await store.writeSnapshots(SUBSCRIPTION, { changed: [snapshot({ changedAt, revision: `at ${changedAt}` })] });
      }
    }

    async function times(query: { since?: number; limit?: number; subject?: string } = {}): Promise<number[]> {
      const entries = await store.history(CLUSTER.toUpperCase(), { since: 0, limit: 1000, ...query });
      return entries.map(({ changedAt }) => changedAt);
    }

    it('is empty at first, also of what is no cluster', async () => {
      expect(await times()).toEqual([]);
      expect(await store.history('nothing', { since: 0, limit: 10 })).toEqual([]);
    });

    it('holds every change as it was, the newest first, over all months', async () => {
      await change(MAY, JANUARY, FEBRUARY, JANUARY - 1, MAY + 1);
      expect(await times()).toEqual([MAY + 1, MAY, FEBRUARY, JANUARY, JANUARY - 1]);
      const [newest] = await store.history(CLUSTER, { since: 0, limit: 1 });
      expect(newest).toEqual(snapshot({ changedAt: MAY + 1, revision: `at ${MAY + 1}` }));
    });

    it('is narrowed by time and number', async () => {
      await change(JANUARY, FEBRUARY, MAY, MAY + 1);
      expect(await times({ since: FEBRUARY })).toEqual([MAY + 1, MAY, FEBRUARY]);
      expect(await times({ since: FEBRUARY + 1 })).toEqual([MAY + 1, MAY]);
      expect(await times({ since: MAY + 2 })).toEqual([]);
      expect(await times({ limit: 3 })).toEqual([MAY + 1, MAY, FEBRUARY]);
      expect(await times({ limit: 1 })).toEqual([MAY + 1]);
    });

    it('is narrowed by subject, before it is cut', async () => {
      await change(JANUARY, MAY);
      await store.writeSnapshots(SUBSCRIPTION, { changed: [snapshot({ subject: 'infra', changedAt: MAY })] });
      await store.writeSnapshots(SUBSCRIPTION, { changed: [snapshot({ subject: 'infra', changedAt: MAY + 5 })] });
      expect(await times()).toEqual([MAY + 5, MAY, MAY, JANUARY]);
      expect(await times({ subject: 'shop' })).toEqual([MAY, JANUARY]);
      expect(await times({ subject: 'shop', limit: 1 })).toEqual([MAY]);
      expect(await times({ subject: 'none' })).toEqual([]);
    });

    it('does not grow when a write is repeated', async () => {
      await change(MAY, MAY);
      expect(await times()).toEqual([MAY]);
    });

    it('is that of one cluster', async () => {
      await change(MAY);
      const other = snapshot({ clusterId: clusterIn(SUBSCRIPTION, 'Two'), changedAt: MAY });
      await store.writeSnapshots(SUBSCRIPTION, { changed: [other] });
      expect(await store.history(other.clusterId, { since: 0, limit: 10 })).toEqual([other]);
      expect(await times()).toEqual([MAY]);
    });

    it('is forgotten by whole months, in one subscription; snapshots and newer history stay', async () => {
      await change(JANUARY - 1, JANUARY, FEBRUARY, MAY);
      const other = snapshot({ clusterId: clusterIn(OTHER_SUBSCRIPTION, 'x'), changedAt: JANUARY });
      await store.writeSnapshots(OTHER_SUBSCRIPTION, { changed: [other] });
      await store.dropHistoryBefore(SUBSCRIPTION, JANUARY);
      expect(await times()).toEqual([MAY, FEBRUARY, JANUARY, JANUARY - 1]);
      await store.dropHistoryBefore(SUBSCRIPTION.toUpperCase(), FEBRUARY + 1);
      expect(await times()).toEqual([MAY, FEBRUARY]);
      await store.dropHistoryBefore(SUBSCRIPTION, MAY);
      expect(await times()).toEqual([MAY]);
      expect(await collect(store.snapshots(SUBSCRIPTION))).toHaveLength(1);
      expect(await store.history(other.clusterId, { since: 0, limit: 10 })).toEqual([other]);
    });

    it('is forgotten by the thousand', async () => {
      const changed = Array.from({ length: 1103 }, (_, n) =>
        snapshot({ clusterId: clusterIn(SUBSCRIPTION, `c${n}`), changedAt: JANUARY }),
      );
      await store.writeSnapshots(SUBSCRIPTION, { changed });
      await store.dropHistoryBefore(SUBSCRIPTION, MAY);
      for (const n of [0, 500, 1102]) {
        expect(await store.history(clusterIn(SUBSCRIPTION, `c${n}`), { since: 0, limit: 1 })).toEqual([]);
      }
      expect(await collect(store.snapshots(SUBSCRIPTION))).toHaveLength(1103);
    });
  });
}
