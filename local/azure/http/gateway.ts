import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../cloud.ts';
import { authenticate } from './auth.ts';
import { readJson } from './body.ts';
import { ArmError, errorBody, invalidResourceType } from './errors.ts';
import type { ArmRequest, ArmResponse } from './exchange.ts';
import { refusalOf, type FaultRule } from './faults.ts';
import { increment } from './metrics.ts';
import type { Route } from './route.ts';
import type { FindRoute } from './router.ts';
import { operationTypeOf } from './throttle.ts';

interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: IncomingHttpHeaders;
  readonly responseHeaders: Record<string, string>;
  body: unknown;
}

interface Outcome {
  readonly answer: ArmResponse;
  /** The fault that hit the request, if any; refusals are in the answer already. */
  readonly fault: FaultRule | undefined;
  readonly label: string;
}

/**
 * Serves one ARM request, in the order of the real gateway: route, token, api-version, body, throttling, then (injected
 * faults and) the resource provider. Everything is recorded in the journal.
 */
export async function serveArm(
  cloud: Cloud,
  findRoute: FindRoute,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const exchange: Exchange = {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', `https://${incoming.headers.host ?? '127.0.0.1'}`),
    requestHeaders: incoming.headers,
    responseHeaders: commonHeaders(cloud, incoming),
    body: undefined,
  };
  let outcome: Outcome;
  try {
    exchange.body = await readJson(incoming);
    outcome = process(cloud, findRoute, exchange);
  } catch (error) {
    outcome = { answer: answerOf(error), label: `${exchange.method} refused`, fault: undefined };
  }
  const { answer, fault } = outcome;
  Object.assign(exchange.responseHeaders, answer.headers);
  record(cloud, exchange, outcome);
  if (fault !== undefined && isCut(fault)) cut(cloud, fault, outgoing);
  else if (fault?.kind === 'slow') {
    cloud.clock.after(fault.delayMs ?? 0, () => {
      send(outgoing, answer, exchange.responseHeaders);
    });
  } else send(outgoing, answer, exchange.responseHeaders);
}

function process(cloud: Cloud, findRoute: FindRoute, exchange: Exchange): Outcome {
  const { method, url, body } = exchange;
  const { pathname: path, searchParams: query, origin } = url;
  const found = findRoute(method, path);
  const label = `${method} ${found?.route.type ?? 'unknown'}`;
  let fault: FaultRule | undefined;
  try {
    const principal = authenticate(exchange.requestHeaders.authorization);
    const apiVersion = apiVersionOf(query);
    if (found === undefined) throw invalidResourceType(path);
    const { route, params } = found;
    requireVersion(route, apiVersion);
    const request: ArmRequest = { method, path, query, params, body, principal, apiVersion, origin };
    Object.assign(exchange.responseHeaders, throttle(cloud, request, route));
    fault = cloud.faults.draw(method, route.type, path);
    return { answer: answerWith(fault, route, request), fault, label };
  } catch (error) {
    return { answer: answerOf(error), fault, label };
  }
}

function answerWith(fault: FaultRule | undefined, route: Route, request: ArmRequest): ArmResponse {
  if (fault?.kind === 'timeoutBefore') return { status: 0 };
  const refusal = fault === undefined ? undefined : refusalOf(fault);
  if (refusal !== undefined) throw refusal;
  return route.handler(request);
}

/** Resource Graph has a quota of its own; everything else draws from ARM's buckets. */
function throttle(cloud: Cloud, request: ArmRequest, route: Route): Record<string, string> {
  if (route.type === 'graph') return {};
  const id = request.params['subscriptionId']?.toLowerCase();
  // An unknown subscription is refused by the handler; it must not make a bucket of its own.
  if (id !== undefined && cloud.fleet.findSubscription(id) === undefined) return {};
  try {
    return cloud.throttle.take(id, operationTypeOf(request.method));
  } catch (error) {
    cloud.metrics.throttled++;
    throw error;
  }
}

/** Both spellings of the query name occur, and operation URLs may carry two of them (flux.md b.4). */
function apiVersionOf(query: URLSearchParams): string {
  const version = query.get('api-version') ?? query.get('api-Version');
  if (version !== null && version !== '') return version;
  const message = 'The api-version query parameter (?api-version=) is required for all requests.';
  throw new ArmError(400, { code: 'MissingApiVersionParameter', message });
}

function requireVersion(route: Route, apiVersion: string): void {
  if (route.apiVersions === undefined || route.apiVersions.has(apiVersion)) return;
  throw invalidResourceType(`${route.type} in api-version '${apiVersion}'`);
}

function answerOf(error: unknown): ArmResponse {
  if (error instanceof ArmError) return { status: error.status, headers: error.headers, body: errorBody(error.detail) };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: errorBody({ code: 'SimulatorBug', message }) };
}

/** Counts the exchange and writes it down; an answer that never leaves has status 0. */
function record(cloud: Cloud, exchange: Exchange, { answer, fault, label }: Outcome): void {
  const { metrics, journal, fleet } = cloud;
  const { method, url, requestHeaders, responseHeaders, body } = exchange;
  const status = isCut(fault) ? 0 : answer.status;
  metrics.requests++;
  increment(metrics.byOperation, label);
  increment(metrics.byStatus, String(status));
  if (status === 409 && fault === undefined) metrics.conflicts++;
  journal.record(
    {
      time: fleet.nowIso,
      method,
      url: `${url.pathname}${url.search}`,
      status,
      requestHeaders,
      responseHeaders,
      ...(body === undefined ? {} : { requestBody: body }),
      ...(answer.body === undefined ? {} : { responseBody: answer.body }),
    },
    method !== 'GET' && !/ (graph|policyStates)$/.test(label),
  );
}

function commonHeaders(cloud: Cloud, incoming: IncomingMessage): Record<string, string> {
  const sequence = (cloud.metrics.requests + 1).toString(16).padStart(12, '0');
  const requestId = `00000000-0000-4000-8000-${sequence}`;
  const correlation = incoming.headers['x-ms-correlation-request-id'];
  return {
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : requestId,
    'Cache-Control': 'no-cache',
    Date: new Date(cloud.clock.now()).toUTCString(),
  };
}

function send(outgoing: ServerResponse, answer: ArmResponse, headers: Record<string, string>): void {
  if (answer.body === undefined) {
    outgoing.writeHead(answer.status, { ...headers, 'Content-Length': '0' }).end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(answer.body));
  const type = 'application/json; charset=utf-8';
  outgoing.writeHead(answer.status, { ...headers, 'Content-Type': type, 'Content-Length': bytes.length }).end(bytes);
}

function isCut(fault: FaultRule | undefined): boolean {
  return fault?.kind === 'timeoutBefore' || fault?.kind === 'timeoutAfter';
}

/** The client never learns what happened. */
function cut(cloud: Cloud, fault: FaultRule, outgoing: ServerResponse): void {
  if (fault.silent === true) return;
  if (fault.delayMs === undefined) outgoing.destroy();
  else cloud.clock.after(fault.delayMs, () => outgoing.destroy());
}
