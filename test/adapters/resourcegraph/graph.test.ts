import { describe, expect, test } from 'vitest';
import { Transient } from '../../../src/contracts/errors.ts';
import { GRAPH_IDS_MAX, GRAPH_SUBSCRIPTIONS_MAX } from '../../../src/contracts/limits.ts';
import { countedIn } from '../azure-requests.ts';
import type { Answer } from '../http-fixture.ts';
import { arc, collect, rows, setUp, SUB } from './set-up.ts';

describe('questions', () => {
  test('ask for pages of 1,000 with our token, and go on with the skip token', async () => {
    const { graph, asked, requests, telemetry } = await setUp(({ options }) =>
      options['$skipToken'] === undefined
        ? rows([{ id: arc('a'), name: 'a' }], 'next')
        : rows([{ id: arc('b'), name: 'b' }]),
    );
    expect((await collect(graph.clusters([SUB]))).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(asked.map(({ options }) => options)).toEqual([
      { $top: 1000, resultFormat: 'objectArray' },
      { $top: 1000, resultFormat: 'objectArray', $skipToken: 'next' },
    ]);
    expect(requests[0]!.url).toMatch(/^\/providers\/Microsoft.ResourceGraph\/resources\?api-version=/);
    expect(requests[0]!.headers.authorization).toBe('Bearer local-cloud');
    expect(countedIn(telemetry)).toEqual([
      { kind: 'graph', status: '200' },
      { kind: 'graph', status: '200' },
    ]);
  });

  test('read a page only when somebody wants it', async () => {
    const each = (name: string) => ({ id: arc(name), name });
    const { graph, asked } = await setUp(() => rows([each('a'), each('b')], 'more'));
    for await (const page of graph.clusters([SUB])) {
      expect(page.map(({ name }) => name)).toEqual(['a']);
      break;
    }
    expect(asked).toHaveLength(1);
  });

  test('name so many subscriptions at once, each in one query', async () => {
    const { graph, asked } = await setUp(() => rows([]));
    const subscriptions = Array.from({ length: GRAPH_SUBSCRIPTIONS_MAX + 1 }, (_, at) =>
      SUB.replace(/0{3}1$/, String(at + 1000)),
    );
    expect(await collect(graph.clusters([...subscriptions, subscriptions[0]!.toUpperCase()]))).toEqual([]);
    expect(asked.map((each) => each.subscriptions.length)).toEqual([GRAPH_SUBSCRIPTIONS_MAX, 1]);
    expect(asked.flatMap((each) => each.subscriptions)).toEqual(subscriptions);
  });

  test('name so many clusters at once, each in one query, with their subscriptions only', async () => {
    const { graph, asked } = await setUp(() => rows([]));
    const ids = Array.from({ length: GRAPH_IDS_MAX + 1 }, (_, at) => arc(`c${at}`));
    const elsewhere = arc('z').replace(SUB, SUB.replace(/1$/, '2'));
    await collect(graph.connectivity([...ids, ...ids, elsewhere, 'no id']));
    expect(asked.map((each) => each.query.match(/connectedclusters\/[cz]/g)?.length)).toEqual([GRAPH_IDS_MAX, 2]);
    expect(asked.map((each) => each.subscriptions)).toEqual([[SUB], [SUB, SUB.replace(/1$/, '2')]]);
  });

  test('never go out without subscriptions, which would mean the whole tenant', async () => {
    const { graph, asked } = await setUp(() => rows([]));
    await collect(graph.clusters([]));
    await collect(graph.configurations({ name: 'a', subscriptions: [] }));
    await collect(graph.configurations({ name: 'a', subscriptions: [], clusterIds: [arc('a')] }));
    await collect(graph.allConfigurations([]));
    await collect(graph.connectivity([]));
    await collect(graph.extensions(['no id']));
    expect(asked).toEqual([]);
  });
});

describe('trouble', () => {
  async function troubleOf(answer: Answer, requestTimeoutMs?: number): Promise<unknown> {
    const { graph, asked } = await setUp(() => answer, requestTimeoutMs);
    const error: unknown = await collect(graph.clusters([SUB])).catch((reason: unknown) => reason);
    expect(asked).toHaveLength(1);
    return error;
  }
  const html = { headers: { 'content-type': 'text/html' }, body: '<h1>no</h1>' };

  test.each([
    ['Retry-After', { 'retry-after': '3', 'x-ms-user-quota-resets-after': '00:00:09' }, 3000],
    ['the reset of the quota', { 'x-ms-user-quota-resets-after': '00:01:05' }, 65_000],
    ['neither', {}, 5000],
  ])('429 with %s', async (_name, headers, retryAfterMs) => {
    const error = await troubleOf({ status: 429, headers, body: { error: { code: 'RateLimiting', message: 'slow' } } });
    expect(error).toBeInstanceOf(Transient);
    expect(error).toMatchObject({ code: 'GraphThrottled', retryAfterMs });
  });

  test.each([
    [{ status: 503, body: { error: { code: 'Busy', message: 'x' } } }, 'GraphUnavailable'],
    [{ status: 502, ...html }, 'GraphUnavailable'],
    [{ status: 302, headers: { location: '/elsewhere' } }, 'GraphUnavailable'],
    [{ status: 200, ...html }, 'GraphUnavailable'],
    [{ status: 200, body: '{"data":[' }, 'GraphUnavailable'],
    [{ status: 200, body: { data: { rows: [] } } }, 'GraphUnavailable'],
    [{ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'x' } } }, 'GraphForbidden'],
    [
      {
        status: 400,
        body: { error: { code: 'BadRequest', details: [{ code: 'NoValidSubscriptionsInQueryRequest' }] } },
      },
      'GraphForbidden',
    ],
    [{ byHand: (response: { destroy: () => unknown }) => void response.destroy() }, 'GraphUnavailable'],
  ])('%j passes: %s', async (answer, code) => {
    const error = await troubleOf(answer);
    expect(error).toBeInstanceOf(Transient);
    expect(error).toMatchObject({ code });
  });

  test('a silent server is given up at the deadline', async () => {
    expect(await troubleOf({ byHand: () => undefined }, 100)).toMatchObject({
      name: 'Transient',
      code: 'GraphTimedOut',
    });
  });

  test('a query that is refused is a bug, with the reason', async () => {
    const details = [
      { code: 'InvalidQuery', message: 'general' },
      { code: 'ParserFailure', message: 'at character 7' },
    ];
    const error = await troubleOf({ status: 400, body: { error: { code: 'BadRequest', message: 'x', details } } });
    expect(error).not.toBeInstanceOf(Transient);
    expect(String(error)).toContain('at character 7');
  });

  test('an answer that was cut and cannot be continued is a bug: clusters would be missing', async () => {
    expect(String(await troubleOf(rows([], undefined, 'true')))).toContain('cut the answer');
  });
});
