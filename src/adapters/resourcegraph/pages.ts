import { setTimeout as pause } from 'node:timers/promises';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import type { TokenCredential } from '@azure/core-auth';
import { isRestError, redirectPolicyName, type PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { Transient } from '../../contracts/errors.ts';
import { GRAPH_PAGE_ROWS_MAX } from '../../contracts/limits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AzureHttp } from '../azure-http.ts';
import { AnswerTooLarge } from '../bounded-bodies.ts';
import { tellingCredential, TokenUnavailable } from '../telling-credential.ts';
import { answerFault, quotaResetMs } from './faults.ts';

/** Reads all rows of a query, page by page; each page is one request. Throws `Transient`. */
export type ReadPages = (query: string, subscriptions: readonly string[]) => AsyncGenerator<readonly unknown[]>;

export interface PagesOptions {
  readonly http: AzureHttp;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  /** How many times faster than real time the service runs: 1 but for a local cloud. */
  readonly speed: number;
}

/** Pages of one query. Ours: ten times the largest fleet the product is built for. */
const PAGES_MAX = 1000;

const answer = z.object({
  data: z.array(z.unknown()),
  skipToken: z.string().min(1).nullish(),
  resultTruncated: z.string().nullish(),
});
type Answer = z.infer<typeof answer>;

/** Longest pause between two pages of one query: the window of the quota is 5 s. */
const PAUSE_MS_MAX = 6000;

/** The published SDK, less its retries and redirects: who asks knows the budget, and our token stays with its host. */
export function createReadPages(options: PagesOptions): ReadPages {
  const { http, credential } = options;
  const client = new ResourceGraphClient(tellingCredential(credential), {
    endpoint: http.endpoint,
    credentials: { scopes: [http.scope] },
    httpClient: http.httpClient,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'flotilla' },
  });
  client.pipeline.removePolicy({ name: redirectPolicyName });

  return async function* readPages(query, subscriptions) {
    // No subscriptions would mean all that the identity can see.
    if (subscriptions.length === 0) return;
    let skipToken: string | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const { data, pauseMs, ...rest } = await ask(client, options, query, subscriptions, skipToken);
      if (data.length > 0) yield data;
      skipToken = rest.skipToken ?? undefined;
      if (skipToken !== undefined) {
        // The pages of one answer belong together: with the quota used up, the next one waits out the rest of the window.
        if (pauseMs > 0) await pause(Math.min(pauseMs, PAUSE_MS_MAX) / options.speed);
        continue;
      }
      if (rest.resultTruncated === 'true') throw new Error(`Resource Graph cut the answer of a query: ${query}`);
      return;
    }
    throw new Error(`A Resource Graph query has more than ${PAGES_MAX} pages: ${query}`);
  };
}

async function ask(
  client: ResourceGraphClient,
  { clock, requestTimeoutMs }: PagesOptions,
  query: string,
  subscriptions: readonly string[],
  skipToken: string | undefined,
): Promise<Answer & { readonly pauseMs: number }> {
  const abortSignal = AbortSignal.timeout(requestTimeoutMs);
  // The SDK fails in its own ways on bodies that are no JSON, so its errors are judged by the answer behind them.
  let seen: PipelineResponse | undefined;
  const onResponse = (response: PipelineResponse): void => {
    seen = response;
  };
  const page = { top: GRAPH_PAGE_ROWS_MAX, resultFormat: 'objectArray' as const };
  const options = skipToken === undefined ? page : { ...page, skipToken };
  try {
    const raw: unknown = await client.resources(
      { query, subscriptions: [...subscriptions], options },
      { abortSignal, onResponse },
    );
    return { ...answer.parse(raw), pauseMs: pauseAfter(seen) };
  } catch (error) {
    if (abortSignal.aborted) throw new Transient('GraphTimedOut', `No answer within ${requestTimeoutMs} ms.`);
    if (seen !== undefined && seen.status !== 200) throw answerFault(seen, clock.now());
    throw faultWithoutStatus(error, seen !== undefined);
  }
}

/** How long the quota asks to wait before the next query; 0 while there is some of it left. */
function pauseAfter(response: PipelineResponse | undefined): number {
  if (response?.headers.get('x-ms-user-quota-remaining') !== '0') return 0;
  return quotaResetMs(response.headers) ?? PAUSE_MS_MAX;
}

function faultWithoutStatus(error: unknown, isAnswered: boolean): unknown {
  if (isAnswered) return new Transient('GraphUnavailable', 'Resource Graph answered something that is no result.');
  if (error instanceof TokenUnavailable || error instanceof AnswerTooLarge)
    return new Transient(error.name, error.message);
  return isRestError(error) ? new Transient('GraphUnavailable', error.message) : error;
}
