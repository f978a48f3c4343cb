import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { ArmError } from '../http/errors.ts';
import type { ArmHandler, ArmRequest, ArmResponse } from '../http/exchange.ts';
import { compileQuery } from './kql-compile.ts';
import { lazyKqlParser } from './kql-parse.ts';
import { materialise, type Relation } from './kql-relation.ts';
import { decodeToken, encodeToken, ResultCache, type Result } from './paging.ts';
import { GraphQuota } from './quota.ts';
import type { Row } from './values.ts';

const ROWS_DEFAULT = 100;
const ROWS_MAX = 1000;
const PLANS_MAX = 200;

const queryBody = z.object({
  subscriptions: z.array(z.string()).nullish(),
  managementGroups: z.array(z.string()).nullish(),
  query: z.string().min(1),
  options: z
    .object({
      $skipToken: z.string().nullish(),
      $top: z.number().int().min(1).max(ROWS_MAX).nullish(),
      $skip: z.number().int().min(0).nullish(),
      resultFormat: z.enum(['objectArray', 'table']).nullish(),
    })
    .nullish(),
});
type QueryBody = z.infer<typeof queryBody>;

/**
 * `POST /providers/Microsoft.ResourceGraph/resources`. Compiled queries are kept by their text; the sorted rows of a query
 * whose pages are being read are kept too, so that only the first page costs an evaluation.
 */
export function graphEndpoint(cloud: Cloud): ArmHandler {
  const parse = lazyKqlParser();
  const plans = new Map<string, Relation>();
  const results = new ResultCache(cloud.clock);
  const quota = new GraphQuota(cloud.clock);
  const plan = (query: string): Relation => {
    const known = plans.get(query) ?? compileQuery(parse(query));
    if (plans.size >= PLANS_MAX) plans.clear();
    plans.set(query, known);
    return known;
  };
  return (request) => {
    const headers = takeQuota(cloud, quota);
    const body = parseBody(request);
    const relation = plan(body.query);
    const token = body.options?.$skipToken;
    const result = resultOf(cloud, results, relation, body, typeof token === 'string' ? token : undefined);
    return { ...answer(relation, body, result), headers };
  };
}

function takeQuota(cloud: Cloud, quota: GraphQuota): Record<string, string> {
  try {
    return quota.take();
  } catch (error) {
    cloud.metrics.graphThrottled++;
    throw error;
  }
}

function parseBody(request: ArmRequest): QueryBody {
  const parsed = queryBody.safeParse(request.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const message = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`;
  throw new ArmError(400, {
    code: 'BadRequest',
    message: 'The query request is not valid.',
    details: [{ code: 'InvalidInput', message }],
  });
}

interface Page {
  readonly result: Result;
  readonly offset: number;
}

function resultOf(
  cloud: Cloud,
  results: ResultCache,
  relation: Relation,
  body: QueryBody,
  token: string | undefined,
): Page {
  const position = token === undefined ? undefined : decodeToken(token, body.query);
  const offset = position?.offset ?? body.options?.$skip ?? 0;
  const kept = position === undefined ? undefined : results.find(position.resultId);
  if (kept !== undefined) return { result: kept, offset };
  return { result: results.keep(evaluate(cloud, relation, body.subscriptions ?? undefined)), offset };
}

function evaluate(cloud: Cloud, relation: Relation, asked: readonly string[] | undefined): readonly Row[] {
  const { graph, fleet } = cloud;
  const subscriptions = asked === undefined ? undefined : new Set(asked.map((id) => id.toLowerCase()));
  if (subscriptions !== undefined && !fleet.subscriptions.some(({ id }) => subscriptions.has(id))) {
    const message = 'There must be at least one subscription that is eligible to contain resources.';
    throw new ArmError(400, {
      code: 'BadRequest',
      message,
      details: [{ code: 'NoValidSubscriptionsInQueryRequest', message }],
    });
  }
  const isAll = subscriptions === undefined || fleet.subscriptions.every(({ id }) => subscriptions.has(id));
  return relation.rows({
    nowMs: cloud.clock.now(),
    rows: (table, types) => {
      const rows = graph.rows(table, types);
      return isAll ? rows : rows.filter((row) => subscriptions.has(String(row['subscriptionId'])));
    },
  });
}

/** Only a query that shows `id` and does not limit itself can be paged; otherwise what does not fit is lost (azure.md 2.2). */
function answer(relation: Relation, body: QueryBody, { result, offset }: Page): ArmResponse {
  const { rows, keptAtMs } = result;
  const base = rows.slice(offset, offset + (body.options?.$top ?? ROWS_DEFAULT));
  const page = materialise(relation.columns, base, { nowMs: keptAtMs });
  const next = offset + page.length;
  const hasMore = next < rows.length;
  const canPage = relation.columns.has('id') && !relation.limited;
  const skipToken = hasMore && canPage ? { $skipToken: encodeToken(result.id, next, body.query) } : {};
  return {
    status: 200,
    body: {
      totalRecords: rows.length,
      count: page.length,
      resultTruncated: hasMore && !canPage ? 'true' : 'false',
      ...skipToken,
      facets: [],
      data: body.options?.resultFormat === 'table' ? tableOf(relation, page) : page,
    },
  };
}

function tableOf(relation: Relation, page: readonly Row[]): unknown {
  const names = [...relation.columns.keys()];
  const columns = [...relation.columns].map(([name, { type }]) => ({
    name,
    type: type === 'dynamic' ? 'object' : type,
  }));
  return { columns, rows: page.map((row) => names.map((name) => row[name] ?? null)) };
}
