import { beforeEach, describe, expect, it } from 'vitest';
import type { ComplianceStore } from '../../src/ports/compliance-store.ts';
import { finished, sweepAt } from './compliance-rows.ts';
import type { OpenStores } from './stores.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;

/** Sweeps and their shards. */
export function complianceSweeps(open: OpenStores): void {
  describe('sweeps', () => {
    let store: ComplianceStore;
    beforeEach(async () => {
      store = (await open()).compliance;
    });

    it('are unknown at first', async () => {
      expect(await store.sweep(sweepAt(NOON, 1).sweep.id)).toBeUndefined();
      expect(await store.sweep("no'such/sweep")).toBeUndefined();
      expect(await store.listSweeps(10)).toEqual([]);
    });

    it('are kept with all of their shards in order', async () => {
      const { sweep, shards } = sweepAt(NOON, 230);
      await store.createSweep(sweep, shards);
      expect(await store.sweep(sweep.id)).toEqual({ sweep, shards });
      expect(await store.listSweeps(10)).toEqual([sweep]);
    });

    it('that are there already stay as they are', async () => {
      const { sweep, shards } = sweepAt(NOON, 2);
      const done = finished(shards[1]!, NOON + 1);
      await store.createSweep(sweep, shards);
      await store.finishShard(done);
      await store.createSweep({ ...sweep, startedAt: NOON + 5 }, shards);
      expect(await store.sweep(sweep.id)).toEqual({ sweep, shards: [shards[0], done] });
    });

    it('have shards that finish, more than once too', async () => {
      const { sweep, shards } = sweepAt(NOON, 3);
      await store.createSweep(sweep, shards);
      await store.finishShard(finished(shards[2]!, NOON + 1));
      await store.finishShard(finished(shards[2]!, NOON + 2));
      expect((await store.sweep(sweep.id))?.shards).toEqual([shards[0], shards[1], finished(shards[2]!, NOON + 2)]);
    });

    it('have shards that fail, until they are done: that lasts', async () => {
      const { sweep, shards } = sweepAt(NOON, 2);
      await store.createSweep(sweep, shards);
      const failed = { ...shards[0]!, failure: { at: NOON, detail: 'ten times' } };
      await store.finishShard(failed);
      expect((await store.sweep(sweep.id))?.shards).toEqual([failed, shards[1]]);
      await store.finishShard(finished(shards[0]!, NOON + 1));
      await store.finishShard({ ...failed, failure: { at: NOON + 2, detail: 'too late' } });
      expect((await store.sweep(sweep.id))?.shards).toEqual([finished(shards[0]!, NOON + 1), shards[1]]);
    });

    it('that nobody knows do not come to be by a shard that finishes', async () => {
      const { sweep, shards } = sweepAt(NOON, 1);
      await store.finishShard(finished(shards[0]!, NOON));
      expect(await store.sweep(sweep.id)).toBeUndefined();
      await store.createSweep(sweep, shards);
      expect((await store.sweep(sweep.id))?.shards).toEqual(shards);
    });

    it('are listed newest first, as many as asked for', async () => {
      const all = [3, 1, 4, 0, 2].map((hours) => sweepAt(NOON + hours * HOUR, 1));
      for (const { sweep, shards } of all) await store.createSweep(sweep, shards);
      const hours = async (limit: number): Promise<number[]> =>
        (await store.listSweeps(limit)).map(({ startedAt }) => (startedAt - NOON) / HOUR);
      expect(await hours(10)).toEqual([4, 3, 2, 1, 0]);
      expect(await hours(2)).toEqual([4, 3]);
    });

    it('are forgotten with their shards from before a time', async () => {
      const all = [0, 1, 2].map((hours) => sweepAt(NOON + hours * HOUR, 2));
      for (const { sweep, shards } of all) await store.createSweep(sweep, shards);
      await store.dropSweepsBefore(NOON + HOUR);
      expect(await store.listSweeps(10)).toEqual([all[2]!.sweep, all[1]!.sweep]);
      expect(await store.sweep(all[0]!.sweep.id)).toBeUndefined();
      expect(await store.sweep(all[1]!.sweep.id)).toEqual(all[1]);
      await store.finishShard(finished(all[0]!.shards[0]!, NOON));
      expect(await store.sweep(all[0]!.sweep.id)).toBeUndefined();
    });
  });
}
