import { describe, expect, it } from 'vitest';
import { changeDefinition } from '../../../src/app/definitions/change-definition.ts';
import { RecentDefinitions } from '../../../src/app/definitions/recent-definitions.ts';
import type { DefinitionRecord } from '../../../src/contracts/definition.ts';
import { REPOSITORY } from './records.ts';
import { DefinitionBench, replaced } from './support.ts';

const note = (seen: number) => (record: DefinitionRecord) => ({
  record: { ...record, webhookSeenAt: seen },
  decisions: [],
});

async function remembering() {
  const bench = new DefinitionBench([{}]);
  await bench.put();
  let reads = 0;
  const { definitions } = bench.deps;
  const read = (name: string) => {
    reads++;
    return definitions.read(name);
  };
  const recent = new RecentDefinitions();
  const deps = { ...bench.deps, definitions: replaced(definitions, { read }) };
  await changeDefinition(deps, 'shop', note(1), recent);
  return { bench, deps, recent, reads: () => reads };
}

describe('a definition that this process wrote last', () => {
  it('is written again without being read', async () => {
    const { bench, deps, recent, reads } = await remembering();
    await changeDefinition(deps, 'shop', note(2), recent);
    await changeDefinition(deps, 'shop', note(3), recent);
    expect(reads()).toBe(1);
    expect((await bench.record()).webhookSeenAt).toBe(3);
  });

  it('is read when another has written it since, and nothing of that is lost', async () => {
    const { bench, deps, recent } = await remembering();
    await bench.hold('c'.repeat(40));
    await changeDefinition(deps, 'shop', note(2), recent);
    expect(await bench.record()).toMatchObject({ webhookSeenAt: 2, holds: [{ revision: 'c'.repeat(40) }] });
  });

  it('is read before it is said that there is nothing to change', async () => {
    const { bench, deps, recent } = await remembering();
    await changeDefinition(bench.deps, 'shop', note(7));
    const seven = (record: DefinitionRecord) => (record.webhookSeenAt === 7 ? note(8)(record) : undefined);
    expect(await changeDefinition(deps, 'shop', seven, recent)).toBeDefined();
    expect((await bench.record()).webhookSeenAt).toBe(8);
  });

  it('is forgotten when it was removed', async () => {
    const { bench, deps, recent } = await remembering();
    const { version } = (await bench.deps.definitions.read('shop'))!;
    await bench.deps.definitions.remove('shop', version);
    expect(await changeDefinition(deps, 'shop', note(2), recent)).toBeUndefined();
  });

  it('is looked for among the followers of its repository once a second at most', async () => {
    const { bench, recent } = await remembering();
    const { definitions, clock } = bench.deps;
    let reads = 0;
    const followers = (repository: string) => {
      reads++;
      return definitions.followers(repository);
    };
    const of = (repository: string) =>
      recent.followers({ definitions: replaced(definitions, { followers }), clock }, repository);
    expect([await of(REPOSITORY), await of(REPOSITORY), await of('other')]).toEqual([['shop'], ['shop'], []]);
    expect(reads).toBe(2);
    await bench.put({}, 'shop-2');
    bench.clock.advance(1000);
    expect(await of(REPOSITORY)).toEqual(['shop', 'shop-2']);
  });

  it('is one of few', async () => {
    const { bench } = await remembering();
    const recent = new RecentDefinitions();
    const value = await bench.record();
    for (let n = 0; n < 300; n++) recent.remember({ value: { ...value, name: `d${n}` }, version: '1' });
    expect([recent.take('d0'), recent.take('d299')?.version]).toEqual([undefined, '1']);
  });
});
