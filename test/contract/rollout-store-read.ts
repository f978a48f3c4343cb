import { describe, expect, it } from 'vitest';
import { deferred, event, insertLive, live, newRollout, result, ROLLOUT_ID, step } from './rows.ts';
import type { RolloutStore } from '../../src/ports/rollout-store.ts';
import type { OpenStores } from './stores.ts';

/** Reading many rows: order, ranges, limits. */
export function rolloutStoreRead(open: OpenStores): void {
  describe('RolloutStore: ranges', () => {
    async function withRows(count: number): Promise<RolloutStore> {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(1));
      for (let from = 0; from < count; from += 90) {
        const ordinals = Array.from({ length: Math.min(90, count - from) }, (_, index) => from + index);
        // Backwards, so that the order of reading is not that of writing.
        await store.commit(await step(store, { insertResults: ordinals.reverse().map((ordinal) => result(ordinal)) }));
      }
      return store;
    }

    it('loads 2,000 live rows in order', async () => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(1));
      await insertLive(store, 2000);
      const loaded = (await store.load(ROLLOUT_ID))!;
      expect(loaded.live.map(({ value }) => value.ordinal)).toEqual(Array.from({ length: 2000 }, (_, index) => index));
      expect(loaded.live[1234]?.value).toEqual(live(1234));
      const update = loaded.live
        .slice(1900, 1990)
        .map(({ version }, index) => ({ value: live(1900 + index), version }));
      expect(await store.commit(await step(store, { updateLive: update }))).toBe('committed');
    });

    it.each([
      { from: 0, to: 0 },
      { from: 5, to: 11 },
      { from: 95, to: 2_000_000_000 },
      { from: 100, to: 200 },
      { from: 8, to: 7 },
    ])('reads live rows $from to $to', async ({ from, to }) => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(1));
      await insertLive(store, 100);
      const expected = Array.from({ length: 100 }, (_, index) => live(index)).slice(from, to + 1);
      expect(await store.liveRows(ROLLOUT_ID, { from, to })).toEqual(expected);
    });

    it.each([
      { from: 0, to: 1099 },
      { from: 9, to: 10 },
      { from: 99, to: 101 },
      { from: 999, to: 1001 },
      { from: 1100, to: 1200 },
    ])('reads results $from to $to', async ({ from, to }) => {
      const store = await withRows(1100);
      const found = await store.results(ROLLOUT_ID, { from, to });
      const expected = Array.from({ length: 1100 }, (_, index) => result(index)).slice(from, to + 1);
      expect(found.map(({ value }) => value)).toEqual(expected);
    });

    it('limits deferred rows, and reads on from the next ordinal', async () => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(1));
      await store.commit(await step(store, { insertDeferred: [9, 3, 100, 20, 1].map((ordinal) => deferred(ordinal)) }));
      expect(await store.deferred(ROLLOUT_ID, { from: 0, to: 99 }, 2)).toEqual([deferred(1), deferred(3)]);
      expect(await store.deferred(ROLLOUT_ID, { from: 4, to: 99 }, 2)).toEqual([deferred(9), deferred(20)]);
      expect(await store.deferred(ROLLOUT_ID, { from: 21, to: 99 }, 2)).toEqual([]);
      expect(await store.deferred(ROLLOUT_ID, { from: 0, to: 999 }, 0)).toEqual([]);
    });

    it('pages events, oldest first', async () => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(1));
      for (let sequence = 2; sequence <= 12; sequence++)
        await store.commit(await step(store, { event: event(sequence) }));
      const first = await store.events(ROLLOUT_ID, 0, 5);
      expect(first.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
      expect(first[1]).toEqual(event(2));
      expect((await store.events(ROLLOUT_ID, 5, 5)).map(({ sequence }) => sequence)).toEqual([6, 7, 8, 9, 10]);
      expect((await store.events(ROLLOUT_ID, 10, 5)).map(({ sequence }) => sequence)).toEqual([11, 12]);
      expect(await store.events(ROLLOUT_ID, 12, 5)).toEqual([]);
      expect(await store.events(ROLLOUT_ID, 0, 0)).toEqual([]);
    });
  });
}
