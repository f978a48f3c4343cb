import { describe, expect, it } from 'vitest';
import { newRollout, request, rollout, ROLLOUT_ID, targets } from './rows.ts';
import type { OpenStores } from './stores.ts';

/** Creating a rollout, and its frozen parts. */
export function rolloutStoreCreate(open: OpenStores): void {
  describe('RolloutStore: create and frozen parts', () => {
    it('creates a rollout with its header, request, targets and first event', async () => {
      const { rolloutStore: store } = await open();
      expect(await store.create(newRollout(3))).toBe('created');
      expect((await store.load(ROLLOUT_ID))?.rollout.value).toEqual(rollout(3));
      expect(await store.request(ROLLOUT_ID)).toEqual(request());
      expect(await store.targets(ROLLOUT_ID, { from: 0, to: 2 })).toEqual(targets(3));
      expect(await store.events(ROLLOUT_ID, 0, 10)).toHaveLength(1);
    });

    it('starts without commands and live rows', async () => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(3));
      expect(await store.load(ROLLOUT_ID)).toMatchObject({ commands: [], live: [] });
    });

    it('knows nothing of a rollout that was never created', async () => {
      const { rolloutStore: store } = await open();
      expect(await store.load(ROLLOUT_ID)).toBeUndefined();
      expect(await store.header(ROLLOUT_ID)).toBeUndefined();
      expect(await store.liveRow(ROLLOUT_ID, 0)).toBeUndefined();
      expect(await store.original(ROLLOUT_ID, 0, 0)).toBeUndefined();
      expect(await store.liveRows(ROLLOUT_ID, { from: 0, to: 9 })).toEqual([]);
      expect(await store.results(ROLLOUT_ID, { from: 0, to: 9 })).toEqual([]);
      expect(await store.deferred(ROLLOUT_ID, { from: 0, to: 9 }, 5)).toEqual([]);
      expect(await store.events(ROLLOUT_ID, 0, 5)).toEqual([]);
    });

    it('throws for the frozen parts of an unknown rollout', async () => {
      const { rolloutStore: store } = await open();
      await expect(store.request(ROLLOUT_ID)).rejects.toThrow(ROLLOUT_ID);
      await expect(store.targets(ROLLOUT_ID, { from: 0, to: 1 })).rejects.toThrow(ROLLOUT_ID);
    });

    it.each([
      ['a filter', "x' or PartitionKey ne '"],
      ['a path', 'a/b/../c'],
      ['dots', '..'],
      ['what no key may hold', 'a#b?c\\d\u0000\u0085'],
      ['a blank', ' '],
      ['an escape', '%2f~2f'],
      ['letters of the world', 'é😀'],
      ['a very long text', 'x'.repeat(3000)],
      ['nothing', ''],
    ])('takes %s for an unknown rollout', async (_, id) => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(1));
      expect(await store.header(id)).toBeUndefined();
      expect(await store.load(id)).toBeUndefined();
      expect(await store.events(id, 0, 5)).toEqual([]);
    });

    it('changes nothing when the rollout exists', async () => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(3));
      const other = newRollout(5, { rollout: rollout(5, { planHash: 'other' }), request: request(['./other']) });
      expect(await store.create(other)).toBe('exists');
      expect((await store.header(ROLLOUT_ID))?.value).toEqual(rollout(3));
      expect(await store.request(ROLLOUT_ID)).toEqual(request());
      expect(await store.targets(ROLLOUT_ID, { from: 0, to: 9 })).toEqual(targets(3));
    });

    it('never mixes the parts of two hosts that create one rollout at the same time', async () => {
      const { rolloutStore: store } = await open();
      const sizes = [1500, 1200, 900];
      const answers = await Promise.all(
        sizes.map((size) => store.create(newRollout(size, { request: request([`./apps-${size}`]) }))),
      );
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      const size = sizes[answers.indexOf('created')]!;
      expect((await store.header(ROLLOUT_ID))?.value.targets).toBe(size);
      expect(await store.request(ROLLOUT_ID)).toEqual(request([`./apps-${size}`]));
      expect(await store.targets(ROLLOUT_ID, { from: 0, to: 2000 })).toEqual(targets(size));
    });

    it.each([
      { from: 0, to: 0 },
      { from: 998, to: 1001 },
      { from: 999, to: 999 },
      { from: 1000, to: 1000 },
      { from: 0, to: 2002 },
      { from: 1999, to: 2001 },
      { from: 2000, to: 5000 },
      { from: 2003, to: 2010 },
      { from: 5, to: 4 },
    ])('reads targets $from to $to across page borders', async ({ from, to }) => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(2003));
      expect(await store.targets(ROLLOUT_ID, { from, to })).toEqual(targets(2003).slice(from, to + 1));
    });

    it.each([999, 1000, 1001])('keeps all of %i targets', async (size) => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(size));
      expect(await store.targets(ROLLOUT_ID, { from: 0, to: 100_000 })).toEqual(targets(size));
    });

    it('keeps targets whose values take megabytes', async () => {
      const { rolloutStore: store } = await open();
      // Text without pattern, so that compression does not make it small.
      const noise = (seed: number): string =>
        Array.from({ length: 3000 }, (_, index) =>
          String.fromCharCode(33 + ((seed * 7919 + index * index * 104_729) % 90)),
        ).join('');
      const large = targets(1100).map((target) => ({ ...target, values: { noise: noise(target.ordinal) } }));
      await store.create(newRollout(1100, { targets: large }));
      expect(await store.targets(ROLLOUT_ID, { from: 0, to: 1099 })).toEqual(large);
    });

    it('keeps a rollout without targets', async () => {
      const { rolloutStore: store } = await open();
      await store.create(newRollout(0));
      expect(await store.targets(ROLLOUT_ID, { from: 0, to: 10 })).toEqual([]);
    });

    it('keeps a request of more than 64 KiB with every character', async () => {
      const { rolloutStore: store } = await open();
      const paths = Array.from({ length: 100 }, (_, index) => `./${index}/${'日本語😀é\u2028"\\'.repeat(100)}`);
      await store.create(newRollout(1, { request: request(paths) }));
      expect(await store.request(ROLLOUT_ID)).toEqual(request(paths));
    });

    it('keeps a header that is larger than one property, and text with characters of every kind', async () => {
      const { rolloutStore: store } = await open();
      // One character of two halves lies at every odd and every even place.
      const detail = `x${'😀'.repeat(20_000)}\u0000\r\n--changeset\u2028\ud800 {"odata.error":1}`;
      const large = rollout(1, {
        warnings: [
          { code: 'Long', detail },
          { code: 'Long', detail: `y${detail}` },
        ],
      });
      await store.create(newRollout(1, { rollout: large }));
      expect((await store.header(ROLLOUT_ID))?.value).toEqual(large);
    });
  });
}
