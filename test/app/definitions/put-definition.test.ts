import { describe, expect, it } from 'vitest';
import { putDefinition } from '../../../src/app/definitions/put-definition.ts';
import { DEFINITION_BYTES_MAX, DEFINITIONS_MAX } from '../../../src/contracts/limits.ts';
import { rawConfiguration } from '../../core/clusters.ts';
import { alice, SECOND } from '../support.ts';
import { definition, definitionRecord } from './records.ts';
import { commitOf, DefinitionBench, pushTo, replaced } from './support.ts';

const [A, B] = [commitOf(1), commitOf(2)];

describe('a definition that is put', () => {
  it('is created, then a new version of itself when something changes, and only then', async () => {
    const bench = new DefinitionBench([{}]);
    expect(await bench.put()).toMatchObject({
      outcome: 'created',
      record: { version: 1, repository: 'git.example/shop' },
    });
    bench.clock.advance(SECOND);
    expect(await bench.put()).toMatchObject({ outcome: 'unchanged', record: { version: 1 } });
    expect(await bench.put({ debounce: '1m' })).toMatchObject({ outcome: 'changed', record: { version: 2 } });
    const versions = await bench.deps.definitions.versions('shop');
    expect(versions).toMatchObject([
      { version: 2, at: bench.clock.now(), by: alice, definition: { debounce: 60 } },
      { version: 1, at: bench.clock.now() - SECOND, definition: { debounce: 10 } },
    ]);
    expect(await bench.deps.definitions.followers('git.example/shop')).toEqual(['shop']);
  });

  it.each([
    [
      'a repository that is none',
      { follows: { repository: 'shop', branch: 'main' } },
      'InvalidRepository',
      'follows.repository',
    ],
    [
      'nothing of it in the template',
      { follows: { repository: 'https://git.example/other', branch: 'main' } },
      'FollowsNothing',
      'rollout.change.configurations',
    ],
    [
      'no range',
      { follows: { repository: 'https://git.example/shop', semver: 'latest' } },
      'InvalidRange',
      'follows.semver',
    ],
  ])('is refused: %s', async (_what, changes, code, field) => {
    const bench = new DefinitionBench([{}]);
    await expect(bench.put(changes)).rejects.toMatchObject({ status: 400, code, problems: [{ field }] });
    expect(await bench.deps.definitions.list()).toEqual([]);
  });

  it('is refused under a name that is none, and beyond the limits', async () => {
    const bench = new DefinitionBench([{}]);
    await expect(bench.put({}, 'Shop')).rejects.toMatchObject({ status: 400, code: 'InvalidDefinitionName' });
    const annotations = Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [`v${n}`, { value: 'x', overrides: overrides(n) }]),
    );
    const { name: _name, ...rollout } = { name: '', ...definition().rollout, variables: annotations };
    expect(JSON.stringify(rollout).length).toBeGreaterThan(DEFINITION_BYTES_MAX);
    await expect(bench.put({ rollout })).rejects.toMatchObject({ status: 413, code: 'DefinitionTooLarge' });
    for (let n = 0; n < DEFINITIONS_MAX; n++) {
      const record = definitionRecord({ name: `d${n}` });
      await bench.deps.definitions.write({ record, version: undefined, addDecisions: [] });
    }
    await expect(bench.put()).rejects.toMatchObject({ status: 409, code: 'TooManyDefinitions' });
    expect(await bench.put({ debounce: '1m' }, 'd7')).toMatchObject({ outcome: 'changed' });
  });

  it('that follows something else forgets what it knew of refs, and what was to start', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    await bench.settle(30 * SECOND);
    await bench.push(pushTo(B, { before: A }));
    const { record } = await bench.put({ follows: { repository: 'https://git.example/shop', branch: 'release' } });
    expect(record).toMatchObject({ refs: [], running: { revision: { commit: A } } });
    expect(record).not.toHaveProperty('pending');
    expect(record).not.toHaveProperty('target');
    expect((await bench.decisions()).at(-1)).toMatchObject({ code: 'Replaced', commit: B });
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await bench.push(pushTo(B, { before: A }))).toEqual([]);
  });

  it('that follows the same written otherwise keeps them, and what waits starts as the new version has it', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    const repository = 'git@git.example:shop.git';
    const change = { configurations: [rawConfiguration({ namespace: 'elsewhere' })] };
    const rollout = { change, strategy: { stages: [{ name: 'all' }] } };
    await bench.put({ follows: { repository, branch: 'main', paths: ['apps/**'] }, rollout });
    await bench.settle();
    const [started] = await bench.rollouts();
    expect(started?.definition).toMatchObject({ version: 2, commit: A });
    const request = await bench.deps.store.request(started!.id);
    expect(request.change.configurations).toMatchObject([{ namespace: 'elsewhere' }]);
  });

  it('at the same time as another and a push loses neither', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    const puts = [1, 2, 3].map((minutes) => bench.put({ debounce: `${minutes}m` }));
    await Promise.all([...puts, bench.push(pushTo(A, { before: null }))]);
    expect(await bench.record()).toMatchObject({ version: 4, target: { commit: A } });
    expect(await bench.deps.definitions.versions('shop')).toHaveLength(4);
  });

  it('says so when it is changed by too many at once', async () => {
    const bench = new DefinitionBench([{}]);
    const definitions = replaced(bench.deps.definitions, { write: async () => undefined });
    const put = putDefinition({ ...bench.deps, definitions }, { name: 'shop', definition: definition(), actor: alice });
    await expect(put).rejects.toMatchObject({ name: 'Transient', code: 'DefinitionContended' });
  });
});

/** A value for each of some clusters. */
function overrides(n: number) {
  return Array.from({ length: 50 }, (_, m) => ({ selector: { names: [`c${n}-${m}`] }, value: 'y'.repeat(100) }));
}
