import { beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/contracts/errors.ts';
import type { RolloutStatus } from '../../src/contracts/rollout-state.ts';
import type { RolloutIndex, RolloutListItem } from '../../src/ports/rollout-index.ts';
import type { OpenStores } from './stores.ts';

/** The list, the active set and idempotency keys. */
export function rolloutIndexSuite(open: OpenStores): void {
  describe('RolloutIndex', () => {
    let index: RolloutIndex;
    beforeEach(async () => {
      index = (await open()).rolloutIndex;
    });

    describe('idempotency keys', () => {
      it('gives a key to the first who claims it, and tells the second whose it is', async () => {
        const first = { key: 'k', requestHash: 'h1', rolloutId: id(1) };
        expect(await index.claimKey(first)).toEqual(first);
        expect(await index.claimKey({ key: 'k', requestHash: 'h2', rolloutId: id(2) })).toEqual(first);
        expect(await index.claimKey(first)).toEqual(first);
      });

      it('gives a key to one of many who claim it at once', async () => {
        const claims = await Promise.all(
          Array.from({ length: 8 }, (_, n) => index.claimKey({ key: 'k', requestHash: 'h', rolloutId: id(n) })),
        );
        expect(new Set(claims.map(({ rolloutId }) => rolloutId)).size).toBe(1);
      });

      it('tells keys apart by every character', async () => {
        const keys = [
          'a',
          'A',
          'a ',
          'a/b',
          'a\\b',
          'a#b',
          'a?b',
          'a%2fb',
          "a'b",
          'é',
          'e\u0301',
          '\u0000',
          'x'.repeat(128),
        ];
        for (const [n, key] of keys.entries()) await index.claimKey({ key, requestHash: 'h', rolloutId: id(n) });
        for (const [n, key] of keys.entries()) {
          expect(await index.claimKey({ key, requestHash: 'h', rolloutId: id(99) })).toMatchObject({
            key,
            rolloutId: id(n),
          });
        }
      });
    });

    describe('active rollouts', () => {
      it('starts empty, with a version', async () => {
        const { rollouts, version } = await index.active();
        expect(rollouts).toEqual([]);
        expect(await index.activate(active(1), version)).toBe('added');
        expect((await index.active()).rollouts).toEqual([active(1)]);
      });

      it('adds at the present version only', async () => {
        const empty = await index.active();
        await index.activate(active(1), empty.version);
        expect(await index.activate(active(2), empty.version)).toBe('conflict');
        expect((await index.active()).rollouts).toEqual([active(1)]);
        expect(await index.activate(active(2), (await index.active()).version)).toBe('added');
        expect((await index.active()).rollouts).toEqual([active(1), active(2)]);
      });

      it('lets one of many who saw the same set add theirs', async () => {
        for (const round of [0, 1]) {
          const { version } = await index.active();
          const answers = await Promise.all(
            Array.from({ length: 8 }, (_, n) => index.activate(active(round * 10 + n), version)),
          );
          expect(answers.filter((answer) => answer === 'added')).toHaveLength(1);
          expect((await index.active()).rollouts).toHaveLength(round + 1);
        }
      });

      it('takes one that is there for added, at any version, and changes nothing', async () => {
        const { version } = await index.active();
        await index.activate(active(1), version);
        const before = await index.active();
        expect(await index.activate({ ...active(1), subjects: ['other'] }, version)).toBe('added');
        expect(await index.activate({ ...active(1), subjects: ['other'] }, before.version)).toBe('added');
        expect(await index.active()).toEqual(before);
      });

      it('removes one, and an unknown one without effect', async () => {
        await index.activate(active(1), (await index.active()).version);
        await index.activate(active(2), (await index.active()).version);
        await index.deactivate(id(1));
        await index.deactivate(id(1));
        await index.deactivate(id(7));
        expect((await index.active()).rollouts).toEqual([active(2)]);
      });

      it('keeps its version when one is removed: fewer rollouts cannot overlap more', async () => {
        await index.activate(active(1), (await index.active()).version);
        const { version } = await index.active();
        await index.deactivate(id(1));
        expect(await index.activate(active(2), version)).toBe('added');
        expect((await index.active()).rollouts).toEqual([active(2)]);
      });
    });

    describe('list', () => {
      async function add(count: number, statusOf: (n: number) => RolloutStatus = () => 'Running'): Promise<void> {
        for (let n = 0; n < count; n++) await index.upsertListItem(item(n, statusOf(n)));
      }

      async function readAll(limit: number, status?: RolloutStatus): Promise<{ ids: string[]; pages: number }> {
        const ids: string[] = [];
        let continuation: string | undefined;
        for (let pages = 1; ; pages++) {
          const page = await index.list({
            limit,
            ...(status === undefined ? {} : { status }),
            ...(continuation === undefined ? {} : { continuation }),
          });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          ids.push(...page.items.map(({ rolloutId }) => rolloutId));
          continuation = page.continuation;
          if (continuation === undefined) return { ids, pages };
        }
      }

      it('is empty at first', async () => {
        expect(await index.list({ limit: 10 })).toEqual({ items: [] });
      });

      it('shows the newest first, whatever the order of writing', async () => {
        for (const n of [5, 1, 30, 2, 11]) await index.upsertListItem(item(n, 'Running'));
        const { items } = await index.list({ limit: 10 });
        expect(items).toEqual([30, 11, 5, 2, 1].map((n) => item(n, 'Running')));
      });

      it('replaces the line of a rollout', async () => {
        await index.upsertListItem(item(1, 'Running'));
        await index.upsertListItem(item(1, 'Failed'));
        expect((await index.list({ limit: 10 })).items).toEqual([item(1, 'Failed')]);
      });

      it.each([
        { count: 7, limit: 3, pages: 3 },
        { count: 6, limit: 3, pages: 2 },
        { count: 6, limit: 6, pages: 1 },
        { count: 6, limit: 7, pages: 1 },
      ])('pages $count lines by $limit', async ({ count, limit, pages }) => {
        await add(count);
        const expected = Array.from({ length: count }, (_, n) => id(count - 1 - n));
        expect(await readAll(limit)).toEqual({ ids: expected, pages });
      });

      it('filters by status over pages', async () => {
        await add(30, (n) => (n % 3 === 0 ? 'Halted' : 'Succeeded'));
        const expected = Array.from({ length: 10 }, (_, n) => id(27 - 3 * n));
        expect((await readAll(4, 'Halted')).ids).toEqual(expected);
        expect((await readAll(10, 'Halted')).ids).toEqual(expected);
        expect((await readAll(4, 'Paused')).ids).toEqual([]);
      });

      it('goes on where it stopped when newer rollouts have come meanwhile', async () => {
        await add(4);
        const first = await index.list({ limit: 2 });
        await index.upsertListItem(item(9, 'Running'));
        const second = await index.list({ limit: 2, continuation: first.continuation! });
        expect(second.items).toEqual([item(1, 'Running'), item(0, 'Running')]);
      });

      it.each([
        ['nothing', ''],
        ['a letter', 'x'],
        ['an id in the form of no store', 'MDFKREFCQ0RFRkdISktNTlBRUlNUVldYWVo='],
        ['a filter', "' or 1 eq 1"],
        ['a very long text', 'x'.repeat(10_000)],
      ])('refuses %s as a continuation', async (_, continuation) => {
        await add(2);
        const refused = index.list({ limit: 1, continuation });
        await expect(refused).rejects.toBeInstanceOf(Refusal);
        await expect(refused).rejects.toMatchObject({ status: 400, code: 'InvalidContinuation' });
      });
    });
  });
}

/** ULIDs that differ in digits near both ends and sort by `n`. */
function id(n: number): string {
  const digits = n.toString(32).toUpperCase().padStart(2, '0');
  return `01JD0000000000${digits.replace(/[I-V]/g, (digit) => 'JKMNPQRSTVWXYZ'.charAt(digit.charCodeAt(0) - 73))}0000000ZZZ`;
}

function active(n: number) {
  return { rolloutId: id(n), subjects: ['shop'], createdAt: 1000 + n };
}

function item(n: number, status: RolloutStatus): RolloutListItem {
  return {
    rolloutId: id(n),
    name: `rollout-${n}`,
    actions: ['apply shop'],
    status,
    createdAt: 1000 + n,
    createdBy: 'ops',
    targets: 10,
  };
}
