import { HttpRequest, InvocationContext, type HttpHandler, type HttpResponseInit } from '@azure/functions';
import { Health } from '../../src/app/check-health.ts';
import { FleetFigures } from '../../src/app/telemetry/fleet-figures.ts';
import { RevisionWorker } from '../../src/app/definitions/receive-revision.ts';
import { DeliveryGate } from '../../src/app/webhooks/gate.ts';
import type { Access } from '../../src/http/access.ts';
import type { Edge } from '../../src/http/route.ts';
import type { QueueWatch } from '../../src/ports/queue-watch.ts';

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

/** Calls a handler; answers its response with the body read, when it is JSON. */
export async function call(
  handler: HttpHandler,
  sent: Sent,
): Promise<HttpResponseInit & { json: Record<string, unknown> }> {
  const context = new InvocationContext({ functionName: 'test', invocationId: 'invocation-1' });
  const response = ((await handler(httpRequest(sent), context)) ?? {}) as HttpResponseInit;
  const text = typeof response.body === 'string' ? response.body : '';
  const json = (response.jsonBody ?? (text.startsWith('{') ? JSON.parse(text) : {})) as Record<string, unknown>;
  return { ...response, json };
}

/** As in a local cloud that asks nobody who they are. */
export const OFF: Access = { isOff: true, tokens: undefined, keys: [], easyAuthTenants: undefined, grants: undefined };

export const EMPTY_QUEUES: QueueWatch = { oldestSince: async () => 'none', deadLetters: async () => 0 };

/** An edge whose `requests` queue is never used. */
export function edgeOf(deps: Edge['deps'], access: Access = OFF): Edge {
  const requests = { complete: async () => undefined, deadLetter: async () => undefined };
  const gate = new DeliveryGate();
  return {
    ...{ deps, access, requests, gate, revisions: new RevisionWorker(deps, gate) },
    health: new Health(deps, [], (work) => work),
    figures: new FleetFigures(deps, EMPTY_QUEUES, (work) => work),
  };
}
