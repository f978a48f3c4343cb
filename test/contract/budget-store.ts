import { beforeEach, describe, expect, it } from 'vitest';
import type { BudgetStore } from '../../src/ports/budget-store.ts';
import type { OpenStores } from './stores.ts';

/** Budgets: one number per pool, changed by compare-and-set. */
export function budgetStoreSuite(open: OpenStores): void {
  describe('BudgetStore', () => {
    let budgets: BudgetStore;
    beforeEach(async () => {
      budgets = (await open()).budgets;
    });

    it('knows no budget at first', async () => {
      expect(await budgets.read('writes|sub')).toBeUndefined();
    });

    it('inserts once, then replaces the version it was read at only', async () => {
      expect(await budgets.write('p', { fullAt: 1 }, undefined)).toBe('written');
      expect(await budgets.write('p', { fullAt: 2 }, undefined)).toBe('conflict');
      const { version } = (await budgets.read('p'))!;
      expect(await budgets.write('p', { fullAt: 3.5 }, version)).toBe('written');
      expect(await budgets.write('p', { fullAt: 4 }, version)).toBe('conflict');
      expect((await budgets.read('p'))?.value).toEqual({ fullAt: 3.5 });
    });

    it('keeps how often Azure refused', async () => {
      await budgets.write('p', { fullAt: 1, throttled: 3 }, undefined);
      expect((await budgets.read('p'))?.value).toEqual({ fullAt: 1, throttled: 3 });
    });

    it('reads the budgets of many pools at once, without those that have none', async () => {
      const names = Array.from({ length: 1200 }, (_, n) => `arm-reads.${n}`);
      for (const name of ['arm-reads.7', 'arm-reads.1199', 'another'])
        await budgets.write(name, { fullAt: name.length }, undefined);
      const found = await budgets.readAll([...names, 'a/b']);
      expect([...found].sort()).toEqual([
        ['arm-reads.1199', { fullAt: 14 }],
        ['arm-reads.7', { fullAt: 11 }],
      ]);
      expect(await budgets.readAll([])).toEqual(new Map());
    });

    it('loses no reservation of many that are made at once', async () => {
      await budgets.write('p', { fullAt: 0 }, undefined);
      const reserve = async (): Promise<void> => {
        for (;;) {
          const { value, version } = (await budgets.read('p'))!;
          if ((await budgets.write('p', { fullAt: value.fullAt + 1 }, version)) === 'written') return;
        }
      };
      await Promise.all(Array.from({ length: 8 }, reserve));
      expect((await budgets.read('p'))?.value.fullAt).toBe(8);
    });

    it('tells pools apart whatever their names are', async () => {
      const pools = [
        'a',
        'A',
        'a/b',
        'a#b',
        'a?b',
        'a\\b',
        'a|b',
        'a~7cb',
        "a'b",
        '',
        ' ',
        '\u0000',
        'x'.repeat(2000),
        'x'.repeat(2001),
      ];
      for (const [n, pool] of pools.entries())
        expect(await budgets.write(pool, { fullAt: n }, undefined)).toBe('written');
      for (const [n, pool] of pools.entries()) expect((await budgets.read(pool))?.value.fullAt).toBe(n);
    });
  });
}
