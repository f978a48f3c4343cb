import { beforeEach, describe, expect, it } from 'vitest';
import type { RolloutStore } from '../../src/ports/rollout-store.ts';
import { command, insertLive, live, newRollout, original, ROLLOUT_ID, step } from './rows.ts';
import type { OpenStores } from './stores.ts';

/** Live rows and commands: what handlers write beside the engine. */
export function rolloutStoreLive(open: OpenStores): void {
  describe('RolloutStore: live rows and commands', () => {
    let store: RolloutStore;
    beforeEach(async () => {
      store = (await open()).rolloutStore;
      await store.create(newRollout(10));
      await insertLive(store, 3);
    });

    async function liveVersioned(ordinal: number) {
      return (await store.liveRow(ROLLOUT_ID, ordinal))!;
    }

    it('saves a live row and answers its new version', async () => {
      const { version } = await liveVersioned(1);
      const answer = await store.saveLive(ROLLOUT_ID, { value: live(1, { state: 'claimed' }), version });
      expect(await liveVersioned(1)).toEqual({
        value: live(1, { state: 'claimed' }),
        version: answer.saved && answer.version,
      });
      expect(answer.saved && answer.version).not.toBe(version);
    });

    it('saves again at the version it answered', async () => {
      const first = await store.saveLive(ROLLOUT_ID, await liveVersioned(1));
      if (!first.saved) throw new Error('Nobody else writes here.');
      expect(await store.saveLive(ROLLOUT_ID, { value: live(1, { tries: 2 }), version: first.version })).toMatchObject({
        saved: true,
      });
    });

    it('saves nothing at an old version', async () => {
      const old = await liveVersioned(1);
      await store.saveLive(ROLLOUT_ID, { ...old, value: live(1, { tries: 1 }) });
      const late = { ...old, value: live(1, { tries: 7 }) };
      expect(await store.saveLive(ROLLOUT_ID, late)).toEqual({ saved: false });
      expect(await store.saveLive(ROLLOUT_ID, late, original(1, 0))).toEqual({ saved: false });
      expect((await liveVersioned(1)).value.tries).toBe(1);
      expect(await store.original(ROLLOUT_ID, 1, 0)).toBeUndefined();
    });

    it('saves no row that is gone, and of no unknown rollout', async () => {
      const row = await liveVersioned(1);
      expect(await store.saveLive('01JDZZZZZZZZZZZZZZZZZZZZZZ', row)).toEqual({ saved: false });
      await store.commit(await step(store, { deleteLive: [row] }));
      expect(await store.saveLive(ROLLOUT_ID, row)).toEqual({ saved: false });
      expect(await store.liveRow(ROLLOUT_ID, 1)).toBeUndefined();
    });

    it('lets one of many concurrent claims win', async () => {
      const row = await liveVersioned(0);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, tries) => store.saveLive(ROLLOUT_ID, { ...row, value: live(0, { tries }) })),
      );
      expect(answers.filter(({ saved }) => saved)).toHaveLength(1);
      expect((await liveVersioned(0)).value.tries).toBe(answers.findIndex(({ saved }) => saved));
    });

    it('records the original once', async () => {
      const first = await store.saveLive(ROLLOUT_ID, await liveVersioned(0), original(0, 0, { kept: true }));
      expect(first.saved).toBe(true);
      const again = { ...(await liveVersioned(0)), value: live(0, { state: 'written' }) };
      expect(await store.saveLive(ROLLOUT_ID, again, original(0, 0, { kept: false }))).toMatchObject({ saved: true });
      expect((await liveVersioned(0)).value.state).toBe('written');
      expect(await store.original(ROLLOUT_ID, 0, 0)).toEqual(original(0, 0, { kept: true }));
    });

    it('records one original for each action', async () => {
      await store.saveLive(ROLLOUT_ID, await liveVersioned(0), original(0, 1, { of: 'the second' }));
      expect(await store.original(ROLLOUT_ID, 0, 0)).toBeUndefined();
      await store.saveLive(ROLLOUT_ID, await liveVersioned(0), original(0, 0, null));
      await store.saveLive(ROLLOUT_ID, await liveVersioned(0), original(0, 15, { of: 'the last' }));
      expect(await store.original(ROLLOUT_ID, 0, 1)).toEqual(original(0, 1, { of: 'the second' }));
      expect(await store.original(ROLLOUT_ID, 0, 0)).toEqual(original(0, 0, null));
      expect(await store.original(ROLLOUT_ID, 0, 15)).toEqual(original(0, 15, { of: 'the last' }));
      expect(await store.original(ROLLOUT_ID, 1, 0)).toBeUndefined();
    });

    it('answers a version that can be saved at after it recorded the original', async () => {
      const first = await store.saveLive(ROLLOUT_ID, await liveVersioned(0), original(0, 0, null));
      expect(first.saved && first.version).toBe((await liveVersioned(0)).version);
      expect(await store.original(ROLLOUT_ID, 0, 0)).toEqual(original(0, 0, null));
    });

    it('records an original of any JSON and size', async () => {
      const resource = {
        '': [null, 1.5, { 'odata.etag': 'x', partitionKey: 'y' }],
        text: '😀\u2028'.repeat(20_000),
      };
      await store.saveLive(ROLLOUT_ID, await liveVersioned(0), original(0, 0, resource));
      expect(await store.original(ROLLOUT_ID, 0, 0)).toEqual(original(0, 0, resource));
    });

    it('makes a commit that would remove a row saved meanwhile a conflict', async () => {
      const late = await step(store, { deleteLive: [await liveVersioned(0)], insertLive: [live(5)] });
      await store.saveLive(ROLLOUT_ID, { ...(await liveVersioned(0)), value: live(0, { state: 'claimed' }) });
      expect(await store.commit(late)).toBe('conflict');
      expect((await liveVersioned(0)).value.state).toBe('claimed');
      expect(await store.liveRow(ROLLOUT_ID, 5)).toBeUndefined();
    });

    it('makes a commit that would take back a row claimed meanwhile a conflict', async () => {
      const row = await liveVersioned(0);
      const stop = await step(store, { updateLive: [{ ...row, value: live(0, { state: 'held' }) }] });
      await store.saveLive(ROLLOUT_ID, { ...row, value: live(0, { state: 'claimed' }) });
      expect(await store.commit(stop)).toBe('conflict');
    });

    it('lets either the claim or the commit that takes the row back win, never both', async () => {
      const row = await liveVersioned(0);
      const stop = await step(store, { updateLive: [{ ...row, value: live(0, { state: 'held' }) }] });
      const [stopped, claimed] = await Promise.all([
        store.commit(stop),
        store.saveLive(ROLLOUT_ID, { ...row, value: live(0, { state: 'claimed' }) }),
      ]);
      expect(stopped === 'committed').not.toBe(claimed.saved);
      expect((await liveVersioned(0)).value.state).toBe(claimed.saved ? 'claimed' : 'held');
    });

    it('does not disturb commits by saving a row they do not touch', async () => {
      const other = await step(store, { deleteLive: [await liveVersioned(0)] });
      await store.saveLive(ROLLOUT_ID, { ...(await liveVersioned(1)), value: live(1, { state: 'claimed' }) });
      expect(await store.commit(other)).toBe('committed');
    });

    it('gives a row that was removed and inserted again a new version', async () => {
      const old = await liveVersioned(0);
      await store.commit(await step(store, { deleteLive: [old] }));
      await store.commit(await step(store, { insertLive: [live(0)] }));
      expect(await store.saveLive(ROLLOUT_ID, old)).toEqual({ saved: false });
    });

    it('keeps a stored row from being changed through what was given or read', async () => {
      const given = live(4);
      await store.commit(await step(store, { insertLive: [given] }));
      given.state = 'done';
      given.target.values['cluster.name'] = 'changed';
      expect((await liveVersioned(4)).value).toEqual(live(4));
      const read = await liveVersioned(4);
      try {
        read.value.target.values['cluster.name'] = 'changed';
      } catch {
        // A store may also hand out frozen rows.
      }
      expect((await liveVersioned(4)).value).toEqual(live(4));
    });

    it('loads commands in the order they were given', async () => {
      for (const [id, at] of [
        ['02', 30],
        ['01', 20],
        ['10', 10],
        ['03', 20],
      ] as const) {
        await store.addCommand(ROLLOUT_ID, command(id, at));
      }
      expect((await store.load(ROLLOUT_ID))?.commands.map(({ id }) => id)).toEqual(['10', '01', '03', '02']);
    });

    it('keeps the first of two commands with one id', async () => {
      await store.addCommand(ROLLOUT_ID, command('01', 10));
      await store.addCommand(ROLLOUT_ID, { ...command('01', 99), kind: 'cancel' });
      expect((await store.load(ROLLOUT_ID))?.commands).toEqual([command('01', 10)]);
    });

    it('takes commands while commits are under way, and never loses one', async () => {
      const before = await step(store, { insertLive: [live(7)] });
      await store.addCommand(ROLLOUT_ID, command('01', 10));
      expect(await store.commit(before)).toBe('committed');
      expect((await store.load(ROLLOUT_ID))?.commands).toEqual([command('01', 10)]);
    });

    it('lets one of two commits consume a command', async () => {
      await store.addCommand(ROLLOUT_ID, command('01', 10));
      const consume = await step(store, { deleteCommands: ['01'] });
      expect(await store.commit(consume)).toBe('committed');
      expect(await store.commit(await step(store, { deleteCommands: ['01'] }))).toBe('conflict');
    });
  });
}
