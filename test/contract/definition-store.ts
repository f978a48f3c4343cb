import { encodeTime } from 'ulid';
import { beforeEach, describe, expect, it } from 'vitest';
import { Definition, type Decision, type DefinitionRecord } from '../../src/contracts/definition.ts';
import { DEFINITION_VERSIONS_KEPT_MAX, REF_EDGES_MAX, REFS_PER_DEFINITION_MAX } from '../../src/contracts/limits.ts';
import type { DefinitionStore, DefinitionWrite } from '../../src/ports/definition-store.ts';
import { definitionRecord } from '../app/definitions/records.ts';
import type { OpenStores } from './stores.ts';

/** An id of a time. */
const idAt = (at: number, n = 0): string => `${encodeTime(at, 10)}${String(n).padStart(16, '0')}`;

const decision = (at: number, n = 0): Decision => ({
  id: idAt(at, n),
  at,
  code: 'Pending',
  detail: `number ${n}`,
  ref: { kind: 'branch', name: 'main' },
  commit: 'a'.repeat(40),
});

/** Definitions: a record each, guarded by its version, with its history beside it, and who follows which repository. */
export function definitionStoreSuite(open: OpenStores): void {
  describe('DefinitionStore', () => {
    let definitions: DefinitionStore;
    beforeEach(async () => {
      definitions = (await open()).definitions;
    });

    const write = (record: DefinitionRecord, version?: string, more: Partial<DefinitionWrite> = {}) =>
      definitions.write({ record, version, addDecisions: [], ...more });
    /** As a person's change is written: with its version. */
    const put = (record: DefinitionRecord, version?: string) =>
      write(record, version, { addVersion: versionOf(record) });
    const versionOf = ({ version, changedAt, changedBy, definition }: DefinitionRecord) =>
      ({ schema: 1, version, at: changedAt, by: changedBy, definition }) as const;
    const decisionIds = async (name: string, limit = 10) =>
      (await definitions.decisions(name, { limit })).items.map(({ id }) => id);

    it('knows nothing at first', async () => {
      expect(await definitions.list()).toEqual([]);
      expect(await definitions.read('a')).toBeUndefined();
      expect(await definitions.followers('git.example/shop')).toEqual([]);
      expect(await definitions.versions('a')).toEqual([]);
      expect(await definitions.decisions('a', { limit: 5 })).toEqual({ items: [] });
      expect(await definitions.remove('a', 'W/"none"')).toBe('conflict');
    });

    it('inserts once, then replaces the version it was read at only', async () => {
      const first = await write(definitionRecord({ name: 'a' }));
      expect(await write(definitionRecord({ name: 'a', id: 'other' }))).toBeUndefined();
      const second = await write(definitionRecord({ name: 'a', generation: 1 }), first);
      expect(second).toBeDefined();
      expect(await write(definitionRecord({ name: 'a' }), first)).toBeUndefined();
      expect(await definitions.read('a')).toEqual({
        value: definitionRecord({ name: 'a', generation: 1 }),
        version: second,
      });
    });

    it('lists by name, and nothing but records', async () => {
      for (const name of ['b', 'a-b', 'a', 'c'])
        await write(definitionRecord({ name }), undefined, {
          addVersion: versionOf(definitionRecord({ name })),
          addDecisions: [decision(1000)],
        });
      expect((await definitions.list()).map(({ value }) => value.name)).toEqual(['a', 'a-b', 'b', 'c']);
    });

    it('holds a record with everything that it may remember', async () => {
      const commit = (n: number): string => String(n).padStart(6, '0').repeat(7).slice(0, 40);
      const edges = Array.from({ length: REF_EDGES_MAX }, (_, n) => ({
        before: commit(n),
        after: commit(n + 1),
        at: n,
        receivedAt: n,
        timed: true,
        matches: true,
        by: '名前😀'.repeat(20),
      }));
      const refs = Array.from({ length: REFS_PER_DEFINITION_MAX }, (_, n) => ({
        ref: { kind: 'branch' as const, name: `${n}-${'x'.repeat(200)}` },
        edges,
      }));
      const text = (n: number): string => Array.from({ length: 24 }, (_, m) => commit((n * 24 + m) * 7919)).join('');
      const variables = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`v${n}`, text(n)]));
      const { rollout, ...definition } = definitionRecord().definition;
      const large = Definition.parse({ ...definition, rollout: { ...rollout, variables } });
      const record = definitionRecord({ name: 'a', refs, definition: large });
      await put(record);
      expect((await definitions.read('a'))?.value).toEqual(record);
      expect((await definitions.versions('a'))[0]?.definition).toEqual(large);
    });

    it('writes the record with its version and decisions, or nothing', async () => {
      const record = definitionRecord({ name: 'a' });
      const version = await write(record, undefined, { addDecisions: [decision(1000)] });
      const next = definitionRecord({ name: 'a', generation: 1, version: 2 });
      const more = { addVersion: versionOf(next), addDecisions: [decision(2000)] };
      expect(await write(next, 'W/"datetime\'2020\'"', more)).toBeUndefined();
      expect(await write(next, undefined, more)).toBeUndefined();
      expect(await write(next, version, { addDecisions: [decision(2000), decision(1000)] })).toBeUndefined();
      expect((await definitions.read('a'))?.version).toBe(version);
      expect(await definitions.versions('a')).toEqual([]);
      expect(await decisionIds('a')).toEqual([idAt(1000)]);
      expect(await write(next, version, more)).toBeDefined();
      expect(await definitions.versions('a')).toEqual([versionOf(next)]);
      expect(await decisionIds('a')).toEqual([idAt(2000), idAt(1000)]);
    });

    it('knows who follows a repository, and nobody of another one', async () => {
      const fleet = { repository: 'github.com/contoso/fleet' };
      const first = await put(definitionRecord({ name: 'b', ...fleet }));
      await put(definitionRecord({ name: 'a', ...fleet }));
      await put(definitionRecord({ name: 'c', repository: 'github.com/contoso/fleet-2' }));
      expect(await definitions.followers(fleet.repository)).toEqual(['a', 'b']);
      expect(await definitions.followers('github.com/contoso')).toEqual([]);
      expect(await definitions.followers('github.com/contoso/fleet/')).toEqual([]);
      await put(definitionRecord({ name: 'b', version: 2, repository: 'localhost:3000/x y/ä' }), first);
      expect(await definitions.followers('localhost:3000/x y/ä')).toEqual(['b']);
      expect(await definitions.followers(fleet.repository)).toContain('a');
    });

    it('keeps the versions, the newest first, the oldest no longer than the limit', async () => {
      const last = DEFINITION_VERSIONS_KEPT_MAX + 3;
      let written: string | undefined;
      for (let version = 1; version <= last; version++)
        written = await put(definitionRecord({ name: 'a', version }), written);
      const kept = (await definitions.versions('a')).map(({ version }) => version);
      expect(kept).toEqual(Array.from({ length: DEFINITION_VERSIONS_KEPT_MAX }, (_, n) => last - n));
      expect(await definitions.versions('a-b')).toEqual([]);
    }, 30_000);

    it('pages through the decisions, the newest first', async () => {
      const ids = [1000, 2000, 3000].flatMap((at) => [0, 1].map((n) => idAt(at, n)));
      const first = await write(definitionRecord({ name: 'a' }), undefined, {
        addDecisions: [decision(2000), decision(1000), decision(1000, 1)],
      });
      await write(definitionRecord({ name: 'a' }), first, {
        addDecisions: [decision(3000, 1), decision(2000, 1), decision(3000)],
      });
      await write(definitionRecord({ name: 'a-b' }), undefined, { addDecisions: [decision(2000)] });
      const pages = [];
      let continuation: string | undefined;
      do {
        const page = await definitions.decisions('a', {
          limit: 4,
          ...(continuation !== undefined && { continuation }),
        });
        pages.push(page.items.map(({ id }) => id));
        continuation = page.continuation;
      } while (continuation !== undefined);
      expect(pages).toEqual([ids.slice(2).reverse(), ids.slice(0, 2).reverse()]);
      expect((await definitions.decisions('a', { limit: 1 })).items).toEqual([decision(3000, 1)]);
      expect(await definitions.decisions('a', { limit: 6 })).not.toHaveProperty('continuation');
    });

    it.each(['', 'nonsense', 'after', 'zzz='])('refuses the continuation %j', async (continuation) => {
      await write(definitionRecord({ name: 'a' }), undefined, { addDecisions: [decision(1000)] });
      const refused = definitions.decisions('a', { limit: 1, continuation });
      await expect(refused).rejects.toMatchObject({ status: 400, code: 'InvalidContinuation' });
    });

    it('drops the decisions that are older than a time', async () => {
      await write(definitionRecord({ name: 'a' }), undefined, {
        addDecisions: [999, 1000, 1001].map((at) => decision(at)),
      });
      await write(definitionRecord({ name: 'a-b' }), undefined, { addDecisions: [decision(1)] });
      await definitions.dropDecisionsBefore('a', 1000);
      expect(await decisionIds('a')).toEqual([idAt(1001), idAt(1000)]);
      expect(await decisionIds('a-b')).toEqual([idAt(1)]);
      await definitions.dropDecisionsBefore('unknown', 1000);
    });

    it('removes one with its history, at its version only', async () => {
      const repository = 'github.com/contoso/fleet';
      await put(definitionRecord({ name: 'a-b', repository }));
      const old = await put(definitionRecord({ name: 'a', repository }));
      const version = await write(definitionRecord({ name: 'a', repository }), old, {
        addDecisions: Array.from({ length: 90 }, (_, n) => decision(1000, n)),
      });
      expect(await definitions.remove('a', old!)).toBe('conflict');
      expect(await decisionIds('a', 100)).toHaveLength(90);
      expect(await definitions.remove('a', version!)).toBe('removed');
      expect(await definitions.read('a')).toBeUndefined();
      expect(await definitions.versions('a')).toEqual([]);
      expect(await definitions.decisions('a', { limit: 5 })).toEqual({ items: [] });
      expect(await definitions.followers(repository)).toEqual(['a-b']);
      expect(await definitions.versions('a-b')).toHaveLength(1);
    });

    it('knows a definition that came back under the name of a removed one', async () => {
      const repository = 'github.com/contoso/fleet';
      const version = await put(definitionRecord({ name: 'a', repository }));
      await definitions.remove('a', version!);
      await put(definitionRecord({ name: 'a', repository, id: 'another' }));
      expect(await definitions.followers(repository)).toEqual(['a']);
      expect(await definitions.versions('a')).toHaveLength(1);
    });
  });
}
