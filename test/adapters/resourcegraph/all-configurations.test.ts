import { describe, expect, test } from 'vitest';
import { GRAPH_SUBSCRIPTIONS_MAX } from '../../../src/contracts/limits.ts';
import type { Answer } from '../http-fixture.ts';
import { arc, collect, rows, setUp, SUB } from './set-up.ts';

const row = (name: string, more: object = {}) => ({ id: name, clusterKey: arc('c').toLowerCase(), name, ...more });

/** How Resource Graph names a column that a table does not have. */
const NO_SUCH_COLUMN: Answer = {
  status: 400,
  body: {
    error: {
      code: 'BadRequest',
      message: 'Please provide below info when asking for support.',
      details: [
        { code: 'InvalidQuery', message: 'Query is invalid. Please refer to the documentation.' },
        { code: 'Default', message: "'project' operator: Failed to resolve column named 'systemData'" },
      ],
    },
  },
};

describe('all configurations', () => {
  test('come with the properties that are there, and who wrote them when', async () => {
    const { graph } = await setUp(() =>
      rows([
        row('full', {
          ...{ scope: 'cluster', namespace: 'apps', sourceKind: 'GitRepository', suspend: false, bucket: null },
          ...{ gitRepository: { url: 'u', localAuthRef: null }, kustomizations: { a: {} }, unknown: 1, statuses: [1] },
          ...{ complianceState: 'Compliant', errorMessage: '' },
          ...{ modifiedBy: 'someone@example.com', modifiedAt: '2026-01-02T03:04:05.1234567Z' },
        }),
        row('bare', { modifiedBy: '', modifiedAt: '' }),
        row('odd', { modifiedBy: 7, modifiedAt: 'yesterday' }),
        { id: 'x', clusterKey: '/subscriptions/x', name: 'on something else' },
      ]),
    );
    const clusterId = arc('c').toLowerCase();
    expect(await collect(graph.allConfigurations([SUB]))).toEqual([
      {
        ...{ clusterId, name: 'full' },
        properties: {
          ...{ scope: 'cluster', namespace: 'apps', sourceKind: 'GitRepository', suspend: false },
          ...{ gitRepository: { url: 'u', localAuthRef: null }, kustomizations: { a: {} } },
          ...{ complianceState: 'Compliant', errorMessage: '' },
        },
        ...{ modifiedBy: 'someone@example.com', modifiedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 123) },
      },
      { clusterId, name: 'bare', properties: {} },
      { clusterId, name: 'odd', properties: {} },
    ]);
  });

  test('do not ask for what was deployed, which may be thousands of objects', async () => {
    const { graph, asked } = await setUp(() => rows([]));
    await collect(graph.allConfigurations([SUB]));
    expect(asked[0]!.query).not.toMatch(/statuses|[,=] properties[,\n]/i);
  });

  test('are read page by page, when somebody wants the page', async () => {
    const { graph, asked } = await setUp(({ options }) =>
      options['$skipToken'] === undefined ? rows([row('a')], 'next') : rows([row('b')]),
    );
    const names: string[] = [];
    for await (const page of graph.allConfigurations([SUB])) {
      names.push(...page.map(({ name }) => name));
      expect(asked).toHaveLength(names.length);
    }
    expect(names).toEqual(['a', 'b']);
    expect(asked.map(({ options }) => options['$top'])).toEqual([1000, 1000]);
  });

  test('name so many subscriptions at once, each in one query', async () => {
    const { graph, asked } = await setUp(() => rows([]));
    const subscriptions = Array.from({ length: GRAPH_SUBSCRIPTIONS_MAX + 1 }, (_, at) =>
      SUB.replace(/0{3}1$/, String(at + 1000)),
    );
    await collect(graph.allConfigurations(subscriptions));
    expect(asked.map((each) => each.subscriptions.length)).toEqual([GRAPH_SUBSCRIPTIONS_MAX, 1]);
  });

  test('come without who wrote them where Resource Graph does not have the column', async () => {
    const { graph, asked } = await setUp(({ query }) =>
      query.includes('systemData') ? NO_SUCH_COLUMN : rows([row('a')]),
    );
    expect((await collect(graph.allConfigurations([SUB]))).map(({ name }) => name)).toEqual(['a']);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['a refusal for another reason', 400, 'no'],
    ['trouble', 503, 'systemData'],
  ])('are not asked for again after %s', async (_name, status, message) => {
    const { graph, asked } = await setUp(() => ({ status, body: { error: { code: 'x', message } } }));
    await expect(collect(graph.allConfigurations([SUB]))).rejects.toThrow(String(status));
    expect(asked).toHaveLength(1);
  });
});
