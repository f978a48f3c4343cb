import { beforeEach, describe, expect, it } from 'vitest';
import { Hook } from '../../src/contracts/webhook.ts';
import type { HookRecord, HookStore } from '../../src/ports/hook-store.ts';
import type { OpenStores } from './stores.ts';

/** Hooks by name: the last write counts. */
export function hookStoreSuite(open: OpenStores): void {
  describe('HookStore', () => {
    let hooks: HookStore;
    beforeEach(async () => {
      hooks = (await open()).hooks;
    });

    const record = (name: string, changedAt = 1): HookRecord => ({
      schema: 1,
      name,
      hook: Hook.parse({ provider: 'github', secret: 'env:HOOK' }),
      changedAt,
      changedBy: { kind: 'local', name: 'local' },
    });

    it('knows nothing at first', async () => {
      expect(await hooks.list()).toEqual([]);
      expect(await hooks.read('a')).toBeUndefined();
      expect(await hooks.remove('a')).toBe('absent');
    });

    it('writes, replaces, lists by name and removes', async () => {
      for (const name of ['b', 'a-b', 'a']) expect(await hooks.write(record(name))).toBe('created');
      expect(await hooks.write(record('a', 2))).toBe('replaced');
      expect(await hooks.read('a')).toEqual(record('a', 2));
      expect((await hooks.list()).map(({ name }) => name)).toEqual(['a', 'a-b', 'b']);
      expect(await hooks.remove('a')).toBe('removed');
      expect(await hooks.read('a')).toBeUndefined();
      expect(await hooks.read('a-b')).toEqual(record('a-b'));
    });
  });
}
