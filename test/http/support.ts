import { HttpRequest, InvocationContext, type HttpHandler, type HttpResponseInit } from '@azure/functions';
import { Health } from '../../src/app/check-health.ts';
import { DeliveryGate } from '../../src/app/webhooks/gate.ts';
import type { Access } from '../../src/http/access.ts';
import type { Edge } from '../../src/http/route.ts';

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly params?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A request as the Functions library hands it to a handler. */
export function httpRequest({
  method = 'POST',
  path = '/api/rollouts',
  params = {},
  headers = {},
  body,
}: Sent): HttpRequest {
  const url = new URL(path, 'http://localhost');
  return new HttpRequest({
    method,
    url: url.href,
    params,
    query: Object.fromEntries(url.searchParams),
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? { string: body } : { bytes: body } }),
  });
}

/** Calls a handler; answers its response with the body read. */
export async function call(
  handler: HttpHandler,
  sent: Sent,
): Promise<HttpResponseInit & { json: Record<string, unknown> }> {
  const context = new InvocationContext({ functionName: 'test', invocationId: 'invocation-1' });
  const response = ((await handler(httpRequest(sent), context)) ?? {}) as HttpResponseInit;
  const json = (response.jsonBody ?? JSON.parse(response.body as string)) as Record<string, unknown>;
  return { ...response, json };
}

/** As in a local cloud that asks nobody who they are. */
export const OFF: Access = { isOff: true, tokens: undefined, keys: [], easyAuthTenants: undefined, grants: undefined };

/** An edge whose `requests` queue is never used. */
export function edgeOf(deps: Edge['deps'], access: Access = OFF): Edge {
  const requests = { complete: async () => undefined, deadLetter: async () => undefined };
  return { deps, access, requests, gate: new DeliveryGate(), health: new Health(deps, [], (work) => work) };
}
