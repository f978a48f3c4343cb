import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Actor } from '../contracts/actor.ts';
import type { Deps } from '../app/deps.ts';
import type { DeliveryGate } from '../app/webhooks/gate.ts';
import type { Inbox } from '../ports/inbox.ts';
import { readActor } from './actor.ts';
import { toProblem } from './problem.ts';

/** What the HTTP edge needs of the composed application. */
export interface Edge {
  readonly deps: Deps;
  /** Names of function keys by the fingerprint of the key. */
  readonly keyNames: ReadonlyMap<string, string>;
  /** Settles messages of the `requests` queue. */
  readonly requests: Inbox;
  /** What this process remembers of the webhook deliveries of the last minute. */
  readonly gate: DeliveryGate;
}

/** One call with what every route needs of it. */
export interface Call {
  readonly deps: Deps;
  readonly gate: DeliveryGate;
  readonly actor: Actor;
  readonly request: HttpRequest;
  /** A value of the route template. */
  param(name: string): string;
  /** Query values by name; only the ones asked for, the first of each. */
  query<K extends string>(...names: K[]): { [N in K]?: string };
}

/** Wraps a use case into an HTTP handler: who calls, and errors as problem documents. Nothing escapes it. */
export function route(edge: () => Edge, handle: (call: Call) => Promise<HttpResponseInit>): HttpHandler {
  return async (request, context) => {
    const { deps, keyNames, gate } = edge();
    const correlationId = context.invocationId;
    try {
      const actor = readActor(request, deps.digest, keyNames);
      const response = await handle({
        deps,
        gate,
        actor,
        request,
        param: (name) => request.params[name] ?? '',
        query: queryOf(request),
      });
      return { ...response, headers: { 'x-correlation-id': correlationId, ...response.headers } };
    } catch (error) {
      return toProblem(error, deps.log, correlationId);
    }
  };
}

function queryOf(request: HttpRequest): Call['query'] {
  return <K extends string>(...names: K[]) => {
    const values: { [N in K]?: string } = {};
    for (const name of names) {
      const value = request.query.get(name);
      if (value !== null) values[name] = value;
    }
    return values;
  };
}

/** A JSON answer. */
export function json(body: object, status = 200, headers: Record<string, string> = {}): HttpResponseInit {
  return { status, jsonBody: body, headers };
}
