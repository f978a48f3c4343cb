import { describe, expect, it } from 'vitest';
import { textOf } from './support/bicep.ts';
import { kqlErrors } from './support/kql.ts';
import { factsIn, LOGGED, messagesIn } from './support/logged.ts';
import { at, json, resourcesOf } from './support/templates.ts';

interface Item {
  readonly type: number;
  readonly name: string;
  readonly content: { readonly query?: string; readonly resourceType?: string; readonly title?: string };
}

const { items, version } = json<{ readonly version: string; readonly items: readonly Item[] }>('workbook.json');
const queries = items.flatMap(({ content: { query, resourceType, title } }) =>
  query === undefined ? [] : [{ title, query, resourceType }],
);

describe('the workbook', () => {
  it('is one that the portal opens, with names of their own for its parts', () => {
    expect(version).toBe('Notebook/1.0');
    expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
  });

  it.each(queries)('$title asks what can be answered', ({ query, resourceType }) => {
    expect(kqlErrors(query)).toEqual([]);
    const table = query.split('\n')[0];
    expect(table).toBe(
      resourceType === 'microsoft.resourcegraph/resources' ? 'kubernetesconfigurationresources' : 'AppTraces',
    );
  });

  it.each(queries)('$title reads what the application says', ({ query }) => {
    const messages = messagesIn(query);
    expect([...LOGGED.keys()]).toEqual(expect.arrayContaining(messages));
    const calls = messages.map((message) => LOGGED.get(message)).join('\n');
    for (const fact of factsIn(query)) expect(calls).toMatch(new RegExp(`[{,]\\s*${fact}\\s*[,:}]`));
  });

  it('shows the compliance of the fleet, now and over time', () => {
    const asked = queries.map(({ query }) => query).join('\n');
    expect(asked).toContain('complianceState');
    expect(messagesIn(asked)).toContain('shard swept');
  });

  it.each(['rollouts', 'clusters', 'fleet', 'budgets', 'queues', 'overdueSeconds', 'sweepAgeSeconds', 'failed'])(
    'shows %s of what is measured each minute',
    (fact) => {
      const measured = queries.filter(({ query }) => messagesIn(query).includes('fleet measured'));
      expect(measured.flatMap(({ query }) => factsIn(query))).toContain(fact);
    },
  );

  it('asks the workspace of the installation', () => {
    const [workbook] = resourcesOf('Microsoft.Insights/workbooks');
    expect(textOf(at(workbook?.resource.body, 'properties', 'serializedData'))).toBe(
      "string(union(loadJsonContent('../workbook.json'), { fallbackResourceIds: [workspaceId] }))",
    );
  });
});
