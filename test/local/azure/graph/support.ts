import type { Answer, Bench } from '../support.ts';

/** Sends a query with options and returns the whole answer. */
export function ask(at: Bench, query: string, options: object = {}, more: object = {}): Promise<Answer> {
  return at.call('POST', '/providers/Microsoft.ResourceGraph/resources', { query, options, ...more });
}

/** The rows of the first page. Fails with the service's reason when the query is refused. */
export async function rows(
  at: Bench,
  query: string,
  options: object = { $top: 1000 },
): Promise<Record<string, unknown>[]> {
  const { status, body } = await ask(at, query, options);
  if (status !== 200) throw new Error(JSON.stringify(body.error.details));
  return body.data;
}
