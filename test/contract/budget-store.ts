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
