import {
  getContinuationToken,
  PolicyInsightsClient,
  type PolicyState as SdkState,
  type QueryOptions,
} from '@azure/arm-policyinsights';
import { isRestError, redirectPolicyName, type PipelineResponse } from '@azure/core-rest-pipeline';
import { parseClusterId } from '../../contracts/cluster-id.ts';
import { Transient } from '../../contracts/errors.ts';
import type { PolicyState } from '../../ports/policy.ts';
import { readArmError } from '../arm-error-body.ts';
import { faultOf } from '../arm-faults.ts';
import type { SendOptions } from '../arm-send.ts';
import { AnswerTooLarge } from '../bounded-bodies.ts';
import { tellingCredential, TokenUnavailable } from '../telling-credential.ts';
import { clustersUnder } from './state-filter.ts';

/** Pages of one query. Ours: the largest fleet on pages of 1,000, under an initiative of ten Flux definitions. */
const PAGES_MAX = 1000;

const SELECT = 'resourceId,policyAssignmentId,policyDefinitionReferenceId,complianceState,timestamp';

/** Reads the latest states that do not comply, page by page. */
export type ReadStates = (subscriptionId: string, assignmentId: string) => AsyncGenerator<readonly PolicyState[]>;

/**
 * The published SDK, less its retries and redirects: who asks knows the budget, and our token stays with its host. Its own paging is
 * of no use: it asks for further pages with GET, which the service refuses (azure-sdk-for-js#36686), so each page is a first one
 * with the `$skiptoken` of the page before.
 */
export function createReadStates(options: SendOptions): ReadStates {
  const { http, credential } = options;
  const client = new PolicyInsightsClient(tellingCredential(credential), {
    endpoint: http.endpoint,
    credentialScopes: http.scope,
    httpClient: http.httpClient,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'flotilla' },
  });
  client.pipeline.removePolicy({ name: redirectPolicyName });

  return async function* readStates(subscriptionId, assignmentId) {
    const filter = `${clustersUnder(assignmentId)} and complianceState eq 'NonCompliant'`;
    const query = { filter, select: SELECT };
    let skipToken: string | undefined;
    for (let count = 0; count < PAGES_MAX; count++) {
      const queryOptions = skipToken === undefined ? query : { ...query, skipToken };
      const page = await ask(client, options, subscriptionId, queryOptions);
      const states = page.flatMap((state) => toState(state) ?? []);
      if (states.length > 0) yield states;
      const next = getContinuationToken(page);
      if (next === undefined) return;
      skipToken = skipTokenOf(next);
    }
    throw new Transient('TooManyPages', `The states of ${assignmentId} have more than ${PAGES_MAX} pages.`);
  };
}

async function ask(
  client: PolicyInsightsClient,
  { clock, requestTimeoutMs }: SendOptions,
  subscriptionId: string,
  queryOptions: QueryOptions,
): Promise<readonly SdkState[]> {
  const abortSignal = AbortSignal.timeout(requestTimeoutMs);
  // The SDK fails in its own ways on bodies that are no JSON, so its errors are judged by the answer behind them.
  let seen: PipelineResponse | undefined;
  const onResponse = (response: PipelineResponse): void => {
    seen = response;
  };
  const pages = client.policyStates
    .listQueryResultsForSubscription('latest', subscriptionId, { queryOptions, abortSignal, onResponse })
    .byPage();
  try {
    const first: IteratorResult<readonly SdkState[], undefined> = await pages[Symbol.asyncIterator]().next();
    if (first.value !== undefined && isList(seen)) return first.value;
  } catch (error) {
    if (abortSignal.aborted) throw new Transient('PolicyTimedOut', `No answer within ${requestTimeoutMs} ms.`);
    if (seen !== undefined && seen.status !== 200) throw answerFault(seen, clock.now());
    throw withoutStatus(error, seen !== undefined);
  }
  throw new Transient('PolicyUnavailable', 'Azure Policy answered something that is no list of states.');
}

/** The SDK takes a body without `value` for an empty page. */
function isList(seen: PipelineResponse | undefined): boolean {
  const body = parse(seen?.bodyAsText);
  return typeof body === 'object' && body !== null && 'value' in body && Array.isArray(body.value);
}

/** Of a next link only the token is taken: where to ask is known. */
function skipTokenOf(nextLink: string): string {
  const parameters = [...(URL.parse(nextLink)?.searchParams ?? [])];
  const token = parameters.find(([name]) => name.toLowerCase() === '$skiptoken')?.[1];
  if (token === undefined || token === '') {
    throw new Transient('PolicyUnavailable', 'Azure Policy names a next page of states without its $skiptoken.');
  }
  return token;
}

/** A row without a cluster or a state says nothing. */
function toState(state: SdkState): PolicyState | undefined {
  const { resourceId, policyAssignmentId, policyDefinitionReferenceId, complianceState, timestamp } = state;
  if (resourceId === undefined || parseClusterId(resourceId) === undefined || !complianceState) return undefined;
  return {
    resourceId,
    assignmentId: policyAssignmentId ?? '',
    referenceId: policyDefinitionReferenceId || undefined,
    complianceState,
    at: timestamp?.getTime() ?? 0,
  };
}

/** As for Resource Graph, a subscription that we may not or cannot see passes: a role that was just granted takes minutes to work. */
function answerFault({ status, headers, bodyAsText }: PipelineResponse, nowMs: number): Error {
  const error = readArmError(parse(bodyAsText)) ?? {
    code: `Http${status}`,
    message: `Azure Policy answered ${status} without a JSON error.`,
    target: undefined,
  };
  const fault = faultOf(status, error, headers, nowMs);
  switch (fault.kind) {
    case 'throttled':
      return new Transient('PolicyThrottled', `Azure Policy throttles: ${error.message}`, fault.retryAfterMs);
    case 'conflict':
    case 'unavailable':
      return new Transient('PolicyUnavailable', fault.detail, fault.retryAfterMs);
    case 'refused':
    case 'clusterNotFound':
    case 'timedOut': {
      const isAccess = status === 401 || status === 403 || status === 404;
      return isAccess ? new Transient('PolicyForbidden', fault.detail) : new Error(`${error.code}: ${fault.detail}`);
    }
  }
}

function parse(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function withoutStatus(error: unknown, isAnswered: boolean): unknown {
  if (isAnswered) return new Transient('PolicyUnavailable', 'Azure Policy answered something that is no result.');
  if (error instanceof TokenUnavailable || error instanceof AnswerTooLarge) {
    return new Transient(error.name, error.message);
  }
  return isRestError(error) ? new Transient('PolicyUnavailable', error.message) : error;
}
