import { beforeEach, describe, expect, it } from 'vitest';
import type { BindingRecord } from '../../src/contracts/policy-binding.ts';
import type { BindingStore } from '../../src/ports/binding-store.ts';
import { bindingRecord } from '../core/bindings/records.ts';
import { cluster } from '../core/clusters.ts';
import type { OpenStores } from './stores.ts';

/** Policy bindings: a record each, guarded by its version, with lists of clusters that come and go with it. */
export function bindingStoreSuite(open: OpenStores): void {
  describe('BindingStore', () => {
    let bindings: BindingStore;
    beforeEach(async () => {
      bindings = (await open()).bindings;
    });

    const write = (
      record: BindingRecord,
      version?: string,
      addClusters: { measureId: string; clusterIds: string[] }[] = [],
      dropClusters: string[] = [],
    ) => bindings.write({ record, version, addClusters, dropClusters });

    it('knows nothing at first', async () => {
      expect(await bindings.list()).toEqual([]);
      expect(await bindings.read('a')).toBeUndefined();
      expect(await bindings.clusters('a', 'm')).toEqual([]);
      expect(await bindings.remove('a', 'W/"none"')).toBe('conflict');
    });

    it('inserts once, then replaces the version it was read at only', async () => {
      const first = await write(bindingRecord({ name: 'a' }));
      expect(await write(bindingRecord({ name: 'a', id: 'other' }))).toBeUndefined();
      const second = await write(bindingRecord({ name: 'a', deleting: true }), first);
      expect(second).toBeDefined();
      expect(await write(bindingRecord({ name: 'a' }), first)).toBeUndefined();
      expect(await bindings.read('a')).toEqual({
        value: bindingRecord({ name: 'a', deleting: true }),
        version: second,
      });
    });

    it('lists by name, lists of clusters aside', async () => {
      for (const name of ['b', 'a-b', 'a', 'c'])
        await write(bindingRecord({ name }), undefined, [{ measureId: 'm', clusterIds: [] }]);
      expect((await bindings.list()).map(({ value }) => value.name)).toEqual(['a', 'a-b', 'b', 'c']);
    });

    it('keeps lists as large as a rollout may be', async () => {
      const clusterIds = Array.from({ length: 1000 }, (_, n) => cluster(`${'x'.repeat(200)}${n}`).id);
      const version = await write(bindingRecord({ name: 'a' }), undefined, [
        { measureId: 'm1', clusterIds },
        { measureId: 'm2', clusterIds: ['only'] },
      ]);
      expect(await bindings.clusters('a', 'm1')).toEqual(clusterIds);
      await write(bindingRecord({ name: 'a' }), version, [], ['m1']);
      expect(await bindings.clusters('a', 'm1')).toEqual([]);
      expect(await bindings.clusters('a', 'm2')).toEqual(['only']);
    });

    it('writes the record with its lists, or nothing', async () => {
      const version = await write(bindingRecord({ name: 'a' }), undefined, [{ measureId: 'm', clusterIds: ['old'] }]);
      const changed = bindingRecord({ name: 'a', deleting: true });
      expect(await write(changed, version, [{ measureId: 'm', clusterIds: ['new'] }])).toBeUndefined();
      expect(await write(changed, version, [{ measureId: 'n', clusterIds: [] }], ['unknown'])).toBeUndefined();
      expect(await write(changed, 'W/"datetime\'2020\'"', [{ measureId: 'n', clusterIds: ['x'] }])).toBeUndefined();
      expect((await bindings.read('a'))?.version).toBe(version);
      expect(await bindings.clusters('a', 'm')).toEqual(['old']);
      expect(await bindings.clusters('a', 'n')).toEqual([]);
    });

    it('removes one with its lists, at its version only', async () => {
      await write(bindingRecord({ name: 'a-b' }), undefined, [{ measureId: 'm', clusterIds: ['kept'] }]);
      const old = await write(bindingRecord({ name: 'a' }), undefined, [{ measureId: 'm', clusterIds: ['x'] }]);
      const version = await write(bindingRecord({ name: 'a' }), old);
      expect(await bindings.remove('a', old!)).toBe('conflict');
      expect(await bindings.clusters('a', 'm')).toEqual(['x']);
      expect(await bindings.remove('a', version!)).toBe('removed');
      expect(await bindings.read('a')).toBeUndefined();
      expect(await bindings.clusters('a', 'm')).toEqual([]);
      expect(await bindings.clusters('a-b', 'm')).toEqual(['kept']);
    });
  });
}
