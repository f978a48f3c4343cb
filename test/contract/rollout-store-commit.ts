import { beforeEach, describe, expect, it } from 'vitest';
import type { RolloutStore } from '../../src/ports/rollout-store.ts';
import { command, deferred, event, insertLive, live, newRollout, result, rollout, ROLLOUT_ID, step } from './rows.ts';
import type { OpenStores } from './stores.ts';

const ALL = { from: 0, to: 1_000_000 };

/** One commit is all or nothing (law 2). */
export function rolloutStoreCommit(open: OpenStores): void {
  describe('RolloutStore: commit', () => {
    let store: RolloutStore;
    beforeEach(async () => {
      store = (await open()).rolloutStore;
      await store.create(newRollout(200));
      await insertLive(store, 3);
    });

    /** Everything that a commit can change, to see that a refused one changed nothing. */
    async function everything(): Promise<unknown> {
      return {
        loaded: await store.load(ROLLOUT_ID),
        results: await store.results(ROLLOUT_ID, ALL),
        deferred: await store.deferred(ROLLOUT_ID, ALL, 100),
        events: await store.events(ROLLOUT_ID, 0, 100),
      };
    }

    async function liveVersioned(ordinal: number) {
      return (await store.liveRow(ROLLOUT_ID, ordinal))!;
    }

    it('writes every kind of row at once', async () => {
      await store.addCommand(ROLLOUT_ID, command('c1', 1));
      await store.commit(await step(store, { insertDeferred: [deferred(50)], insertResults: [result(60)] }));
      const [found] = await store.results(ROLLOUT_ID, ALL);
      const regressed = { ...result(60), regressed: { at: 1, code: 'NotCompliant', detail: 'It went bad.' } };
      const header = (await store.header(ROLLOUT_ID))!;
      const done = await store.commit(
        await step(store, {
          rollout: { ...header, value: rollout(200, { status: 'Halted' }) },
          insertLive: [live(50)],
          updateLive: [{ ...(await liveVersioned(0)), value: live(0, { state: 'held' }) }],
          deleteLive: [await liveVersioned(1)],
          insertResults: [result(1)],
          updateResults: [{ value: regressed, version: found!.version }],
          insertDeferred: [deferred(51)],
          deleteDeferred: [50],
          deleteCommands: ['c1'],
          event: event(2),
        }),
      );
      expect(done).toBe('committed');
      const loaded = (await store.load(ROLLOUT_ID))!;
      expect(loaded.rollout.value.status).toBe('Halted');
      expect(loaded.commands).toEqual([]);
      expect(loaded.live.map(({ value }) => value)).toEqual([live(0, { state: 'held' }), live(2), live(50)]);
      expect((await store.results(ROLLOUT_ID, ALL)).map(({ value }) => value)).toEqual([result(1), regressed]);
      expect(await store.deferred(ROLLOUT_ID, ALL, 10)).toEqual([deferred(51)]);
      expect(await store.events(ROLLOUT_ID, 1, 10)).toEqual([event(2)]);
    });

    it('commits 100 rows', async () => {
      const rows = Array.from({ length: 98 }, (_, index) => live(100 + index));
      expect(await store.commit(await step(store, { insertLive: rows, event: event(2) }))).toBe('committed');
      expect((await store.load(ROLLOUT_ID))?.live).toHaveLength(101);
    });

    it('commits a header alone', async () => {
      const header = (await store.header(ROLLOUT_ID))!;
      const changed = rollout(200, { nextCheckAt: 9999 });
      expect(await store.commit(await step(store, { rollout: { ...header, value: changed } }))).toBe('committed');
      expect((await store.header(ROLLOUT_ID))?.value).toEqual(changed);
    });

    it('refuses more than 100 rows as a bug', async () => {
      const before = await everything();
      const rows = Array.from({ length: 100 }, (_, index) => live(100 + index));
      await expect(store.commit(await step(store, { insertLive: rows }))).rejects.toThrow(/at most 100/);
      expect(await everything()).toEqual(before);
    });

    it('refuses one row twice as a bug', async () => {
      const before = await everything();
      const row = await liveVersioned(0);
      await expect(store.commit(await step(store, { updateLive: [row], deleteLive: [row] }))).rejects.toThrow(/twice/);
      expect(await everything()).toEqual(before);
    });

    it('changes the version of the header, so that the same step cannot be committed again', async () => {
      const once = await step(store, { insertLive: [live(10)] });
      expect(await store.commit(once)).toBe('committed');
      expect(await store.commit({ ...once, insertLive: [live(11)] })).toBe('conflict');
      expect(await store.liveRow(ROLLOUT_ID, 11)).toBeUndefined();
    });

    it('lets exactly one of many concurrent commits win', async () => {
      const steps = await Promise.all(
        Array.from({ length: 8 }, async (_, index) => step(store, { insertLive: [live(20 + index)] })),
      );
      const answers = await Promise.all(steps.map((one) => store.commit(one)));
      expect(answers.filter((answer) => answer === 'committed')).toHaveLength(1);
      const winner = answers.indexOf('committed');
      expect((await store.load(ROLLOUT_ID))?.live.map(({ value }) => value.ordinal)).toEqual([0, 1, 2, 20 + winner]);
    });

    it('is a conflict for an unknown rollout', async () => {
      const known = await step(store);
      const value = rollout(1, { id: '01JDZZZZZZZZZZZZZZZZZZZZZZ' });
      expect(await store.commit({ ...known, rollout: { value, version: known.rollout.version } })).toBe('conflict');
      expect(await store.load(value.id)).toBeUndefined();
    });

    // Each of these lets everything but one row be as the step wants it.
    const stale = { version: `W/"datetime'2020-01-01T00%3A00%3A00.0000000Z'"` };
    it.each([
      ['an updated live row changed', async () => ({ updateLive: [{ ...stale, value: live(0) }] })],
      ['a deleted live row changed', async () => ({ deleteLive: [{ ...stale, value: live(0) }] })],
      ['a deleted live row is gone', async () => ({ deleteLive: [{ ...stale, value: live(150) }] })],
      ['an updated live row is gone', async () => ({ updateLive: [{ ...stale, value: live(150) }] })],
      ['an inserted live row is there', async () => ({ insertLive: [live(0)] })],
      ['an inserted result is there', async () => ({ insertResults: [result(60)] })],
      ['an updated result changed', async () => ({ updateResults: [{ ...stale, value: result(60) }] })],
      ['an inserted deferred row is there', async () => ({ insertDeferred: [deferred(50)] })],
      ['a deleted deferred row is gone', async () => ({ deleteDeferred: [51] })],
      ['a consumed command is gone', async () => ({ deleteCommands: ['c9'] })],
      ['the event is there', async () => ({ event: event(1) })],
    ])('leaves nothing behind when %s', async (_, changes) => {
      await store.addCommand(ROLLOUT_ID, command('c1', 1));
      await store.commit(await step(store, { insertDeferred: [deferred(50)], insertResults: [result(60)] }));
      const before = await everything();
      const good = await step(store, {
        insertLive: [live(90)],
        deleteLive: [await liveVersioned(2)],
        insertResults: [result(91)],
        deleteCommands: ['c1'],
        event: event(2),
      });
      const bad = await changes();
      const both = Object.fromEntries(
        Object.entries({ ...good, ...bad }).map(([name, value]) => {
          const mine: unknown = good[name as keyof typeof good];
          return [name, Array.isArray(mine) && name in bad ? [...(mine as unknown[]), ...(value as unknown[])] : value];
        }),
      ) as unknown as typeof good;
      expect(await store.commit(both)).toBe('conflict');
      expect(await everything()).toEqual(before);
      expect(await store.commit(good)).toBe('committed');
    });
  });
}
