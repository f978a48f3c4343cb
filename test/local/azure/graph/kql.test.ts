import { beforeEach, describe, expect, it } from 'vitest';
import { bench, configurationPath, gitBody, type Bench } from '../support.ts';
import { ask, rows } from './support.ts';

const OTHER = 'kubernetesconfigurationresources';

let at: Bench;

beforeEach(async () => {
  at = await bench({ lagMs: 0, fleet: { extensionShare: 0.5 } });
});

/** The value of a scalar expression. */
async function value(expression: string): Promise<unknown> {
  const [row] = await rows(at, `resources | take 1 | project x = ${expression}`);
  return row?.['x'];
}

describe('scalar expressions', () => {
  it.each<[string, unknown]>([
    [`tolower('AbC')`, 'abc'],
    [`tostring(5)`, '5'],
    [`tostring(dynamic(null))`, ''],
    [`tostring(dynamic({"a":1}))`, '{"a":1}'],
    [`tobool('true')`, true],
    [`tobool('x')`, null],
    [`toint('12')`, 12],
    [`toint('x')`, null],
    [`todatetime('2026-01-01')`, '2026-01-01T00:00:00.000Z'],
    [`todatetime('never')`, null],
    [`coalesce(dynamic(null), '', 'c')`, 'c'],
    [`isempty('')`, true],
    [`isnotempty('a')`, true],
    [`isnull(toint('x'))`, true],
    [`isnotnull(1)`, true],
    [`iff(1 == 1, 'y', 'n')`, 'y'],
    [`case(false, 1, true, 2, 3)`, 2],
    [`case(false, 1, 3)`, 3],
    [`strcat('a', 1, true)`, 'a1true'],
    [`split('a/b/c', '/')`, ['a', 'b', 'c']],
    [`split('a/b/c', '/')[1]`, 'b'],
    [`split('a/b/c', '/')[-1]`, 'c'],
    [`extract('x(\\\\d+)', 1, 'ax12')`, '12'],
    [`array_length(split('a,b', ','))`, 2],
    [`array_length('a')`, null],
    [`parse_json('{"a":[1]}').a[0]`, 1],
    [`now() == ago(0s)`, true],
    [`now() - 1d < now()`, true],
    [`ago(1h)`, '2025-12-31T23:00:00.000Z'],
    [`1 + 2 - 4`, -1],
    [`'a' == 'A'`, false],
    [`'a' =~ 'A'`, true],
    [`'a' != 'b'`, true],
    [`'a' !~ 'A'`, false],
    [`'a' in ('A', 'b')`, false],
    [`'a' in~ ('A', 'b')`, true],
    [`'a' !in ('b')`, true],
    [`'abc-def' has 'DEF'`, true],
    [`'abc-def' has 'de'`, false],
    [`'abc' contains 'B'`, true],
    [`'abc' startswith 'AB'`, true],
    [`'abc' endswith 'BC'`, true],
    [`2 > 1 and not(1 >= 2) or false`, true],
    [`@'a\\b'`, 'a\\b'],
    [`"it's"`, "it's"],
    [`datetime(2026-01-02) > todatetime('2026-01-01')`, true],
    [`dynamic(null) == 'a'`, null],
    [`-3`, -3],
  ])('%s', async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  it('read paths, elements and tags', async () => {
    const [row] = await rows(at, `resources | take 1 | project id, tags.ring, tags['env'], properties.nothing.at.all`);
    expect(Object.keys(row!)).toEqual(['id', 'tags_ring', 'tags_env', 'properties_nothing_at_all']);
    const tags = at.azure.fleet.find(String(row!['id']))!.tags;
    expect(row).toMatchObject({ tags_ring: tags['ring'], tags_env: tags['env'], properties_nothing_at_all: null });
  });
});

describe('operators', () => {
  it('where, project and order by select exactly the matching rows, descending unless told otherwise', async () => {
    const names = at.azure.fleet.clusters
      .filter(({ tags }) => tags['ring'] === 'early')
      .map(({ name }) => name)
      .sort();
    const query = `resources | where tags.ring == 'early' | project name | order by name`;
    expect((await rows(at, query)).map(({ name }) => name)).toEqual(names.toReversed());
    expect((await rows(at, `${query} asc`)).map(({ name }) => name)).toEqual(names);
  });

  it('type filters by index find the same as filters without', async () => {
    const kinds = `('Microsoft.Kubernetes/connectedClusters', 'microsoft.containerservice/managedclusters')`;
    const indexed = await rows(at, `resources | where type in~ ${kinds} | count`);
    const scanned = await rows(at, `resources | where tolower(type) in~ ${kinds} | count`);
    expect([indexed, scanned]).toEqual([[{ Count: 48 }], [{ Count: 48 }]]);
    const exact = await rows(at, `resources | where type == 'Microsoft.Kubernetes/connectedClusters' | count`);
    expect(exact).toEqual([{ Count: 0 }]);
  });

  it('extend, project-away, distinct, take and top', async () => {
    const query = `resources | extend ring = tostring(tags.ring) | project ring, name, location`;
    expect(Object.keys((await rows(at, `${query} | project-away location`))[0]!)).toEqual(['ring', 'name']);
    const rings = (await rows(at, `${query} | distinct ring`)).map(({ ring }) => ring);
    expect(new Set(rings)).toEqual(new Set(['canary', 'early', 'main']));
    expect(rings).toHaveLength(3);
    expect(await rows(at, `${query} | take 7`)).toHaveLength(7);
    const last = at.azure.fleet.clusters
      .map(({ name }) => name)
      .sort()
      .slice(-2)
      .toReversed();
    expect((await rows(at, `${query} | top 2 by name`)).map(({ name }) => name)).toEqual(last);
  });

  it('summarize counts by group', async () => {
    const query = `resources | summarize total = count(), prod = countif(tags.env == 'prod') by ring = tostring(tags.ring)`;
    const counted = await rows(at, `${query} | order by ring asc`);
    const expected = ['canary', 'early', 'main'].map((ring) => {
      const inRing = at.azure.fleet.clusters.filter(({ tags }) => tags['ring'] === ring);
      return { ring, total: inRing.length, prod: inRing.filter(({ tags }) => tags['env'] === 'prod').length };
    });
    expect(counted).toEqual(expected);
    expect(await rows(at, `resources | where false | summarize count()`)).toEqual([{ count_: 0 }]);
  });

  it('parse takes ids apart; what does not match is empty', async () => {
    const query = `kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/extensions'
      | parse tolower(id) with clusterId '/providers/microsoft.kubernetesconfiguration/extensions/' name2
      | parse id with * '/nowhere/' rest
      | project clusterId, name2, rest`;
    const found = await rows(at, query);
    const wanted = at.azure.fleet.clusters
      .filter(({ extensions }) => extensions.size > 0)
      .map(({ id }) => id.toLowerCase());
    expect(new Set(found.map(({ clusterId }) => clusterId))).toEqual(new Set(wanted));
    expect(new Set(found.map(({ name2, rest }) => `${String(name2)}|${String(rest)}`))).toEqual(new Set(['flux|']));
  });

  it.each<[string, Record<string, unknown>]>([
    [`'a=1;b=2' with 'a=' x:long ';b=' y`, { x: 1, y: '2' }],
    [`'a=1;b=2' with * ';' y`, { y: 'b=2' }],
    [`'a/b/c/b' with x '/b'`, { x: 'a/b/c' }],
    [`'a/b/c/b' with x '/b' *`, { x: 'a' }],
    [`'2026-01-01 up' with t:datetime ' up'`, { t: '2026-01-01T00:00:00.000Z' }],
    [`'xa=1' with 'a=' x:long`, { x: null }],
    [`'a=1!' with 'a=' x '?'`, { x: '' }],
  ])('parse %s', async (pattern, expected) => {
    const names = Object.keys(expected).join(', ');
    expect(await rows(at, `resources | take 1 | parse ${pattern} | project ${names}`)).toEqual([expected]);
  });

  it('join leftouter finds the clusters without extension, inner the others', async () => {
    const right = `kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/extensions'
      | where tostring(coalesce(properties.extensionType, properties.ExtensionType)) =~ 'microsoft.flux'
      | parse tolower(id) with clusterId '/providers/microsoft.kubernetesconfiguration/extensions' * | project clusterId`;
    const left = 'resources | extend clusterId = tolower(id)';
    const without = await rows(
      at,
      `${left} | join kind=leftouter (${right}) on clusterId | where isempty(clusterId1) | project id`,
    );
    const inner = await rows(
      at,
      `${left} | join kind=inner (${right}) on $left.clusterId == $right.clusterId | project id`,
    );
    const ids = (has: boolean) =>
      at.azure.fleet.clusters.filter(({ extensions }) => extensions.size > 0 === has).map(({ id }) => id);
    expect(new Set(without.map(({ id }) => id))).toEqual(new Set(ids(false)));
    expect(new Set(inner.map(({ id }) => id))).toEqual(new Set(ids(true)));
    expect(without.length + inner.length).toBe(48);
  });

  it('join without kind takes one row per key from the left', async () => {
    const query = `resources | extend k = tostring(tags.ring) | join (resourcecontainers | where type endswith 'subscriptions'
      | extend k = 'main') on k | count`;
    expect(await rows(at, query)).toEqual([{ Count: 3 }]);
    expect((await rows(at, query.replace('join', 'join kind=inner')))[0]!['Count']).toBe(36 * 3);
  });

  it('one table joins itself twice, and with its containers', async () => {
    const names = 'resources | project id, name';
    const query = `resources | join (${names}) on id | join (${names}) on id
      | join kind=leftouter (resourcecontainers) on $left.id == $right.id | count`;
    expect(await rows(at, query)).toEqual([{ Count: 48 }]);
  });

  it('mv-expand makes a row of each status', async () => {
    const each = at.azure.fleet.clusters.find(
      ({ extensions, failure }) => extensions.size > 0 && failure === undefined,
    )!;
    await at.call('PUT', configurationPath(each), gitBody());
    at.clock.advance(60_000);
    const query = `kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/fluxconfigurations'
      | mv-expand status = properties.statuses | where status.kind == 'Kustomization' | project n = status.name, c = status.statusConditions`;
    expect(await rows(at, query)).toEqual([
      { n: 'cluster-config-infra', c: null },
      { n: 'cluster-config-apps', c: null },
    ]);
    expect(await rows(at, `resources | take 1 | mv-expand e = dynamic([]) | count`)).toEqual([{ Count: 0 }]);
    expect(await rows(at, `resources | take 1 | mv-expand e = dynamic(null) | count`)).toEqual([{ Count: 1 }]);
  });

  it('let binds values and tables', async () => {
    const query = `let ring = 'canary'; let canaries = resources | where tags.ring == ring; canaries | count`;
    expect(await rows(at, query)).toEqual([{ Count: 2 }]);
  });
});

describe('a query that cannot be answered', () => {
  it.each([
    ['resources | where (a', 'ParserFailure', 'Expected: )'],
    ['resources | where nothere == 1', 'SemanticError', "named 'nothere'"],
    ['nothere | take 1', 'SemanticError', "table 'nothere'"],
    ['resources | project id | where name == 1', 'SemanticError', "named 'name'"],
    ['resources | where properties.x > ago(1h)', 'SemanticError', 'dynamic and datetime'],
    ['resources | join kind=rightanti (resources) on id', 'UnsupportedQuery', 'join kind=rightanti'],
    ['resources | extend x = bin(1, 2)', 'UnsupportedQuery', 'The function bin() with 2 arguments'],
    ['resources | summarize max(name)', 'UnsupportedQuery', "aggregate 'max'"],
    [
      `${'resources | join (resources) on id | join (resources) on id '}${'| join (resources) on id '.repeat(2)}`,
      'UnsupportedQuery',
      'more than 3 joins',
    ],
    [
      `resources | join (${OTHER}) on id | join kind=leftouter (${OTHER}) on id`,
      'DisallowedMaxNumberOfRemoteTables',
      'Only 1 join',
    ],
    ['resources | render table', 'UnsupportedQuery', "operator 'render'"],
    ['resources | union resources', 'UnsupportedQuery', "operator 'union'"],
    ['let x = 1;', 'ParserFailure', 'empty'],
  ])('%s', async (query, code, message) => {
    const { status, body } = await ask(at, query);
    expect(status).toBe(400);
    expect(body.error.code).toBe('BadRequest');
    expect(body.error.details[0]!.code).toBe('InvalidQuery');
    const reason = body.error.details.at(-1)!;
    expect(reason.code).toBe(code);
    expect(reason.message).toContain(message);
  });
});
