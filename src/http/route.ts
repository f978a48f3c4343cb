import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Health } from '../app/check-health.ts';
import { scopeOf, type Scope } from '../app/access/scope.ts';
import type { RevisionWorker } from '../app/definitions/receive-revision.ts';
import type { Deps } from '../app/deps.ts';
import type { FleetFigures } from '../app/telemetry/fleet-figures.ts';
import type { DeliveryGate } from '../app/webhooks/gate.ts';
import type { Actor } from '../contracts/actor.ts';
import type { Role } from '../contracts/roles.ts';
import type { Inbox } from '../ports/inbox.ts';
import type { Access } from './access.ts';
import { authenticate } from './authenticate.ts';
import { refuseWithoutRole } from './authorize.ts';
import { toProblem } from './problem.ts';

/** What the HTTP edge needs of the composed application. */
export interface Edge {
  readonly deps: Deps;
  readonly access: Access;
  /** Settles messages of the `requests` queue. */
  readonly requests: Inbox;
  /** What this process remembers of the webhook deliveries of the last minute. */
  readonly gate: DeliveryGate;
  /** Works off the `revisions` queue. */
  readonly revisions: RevisionWorker;
  readonly health: Health;
  readonly figures: FleetFigures;
}

/** One call of anybody. */
export interface OpenCall {
  readonly deps: Deps;
  readonly gate: DeliveryGate;
  readonly health: Health;
  readonly figures: FleetFigures;
  readonly request: HttpRequest;
  /** A value of the route template. */
  readonly param: (name: string) => string;
  /** Query values by name; only the ones asked for, the first of each. */
  query<K extends string>(...names: K[]): { [N in K]?: string };
}

/** One call of somebody who is known, and may make it. */
export interface Call extends OpenCall {
  readonly actor: Actor;
  /** What of the fleet they may change. */
  readonly scope: Scope;
}

/** The role that a route needs; a function where that depends on the values of its template. */
export type Needs = Role | ((param: OpenCall['param']) => Role);

type Handle<C> = (call: C) => Promise<HttpResponseInit>;

/** Wraps a use case into an HTTP handler: who calls and whether they may, and errors as problem documents. Nothing escapes it. */
export function route(edge: () => Edge, needs: Needs, handle: Handle<Call>): HttpHandler {
  return serve(edge, async (call, access) => {
    const principal = await authenticate(access, call.request, call.deps.digest);
    refuseWithoutRole(principal, typeof needs === 'function' ? needs(call.param) : needs);
    return handle({ ...call, actor: principal.actor, scope: scopeOf(access.grants, principal) });
  });
}

/** The same for what anybody may call. */
export function openRoute(edge: () => Edge, handle: Handle<OpenCall>): HttpHandler {
  return serve(edge, handle);
}

function serve(edge: () => Edge, work: (call: OpenCall, access: Access) => Promise<HttpResponseInit>): HttpHandler {
  return async (request, context) => {
    const { deps, access, gate, health, figures } = edge();
    const correlationId = context.invocationId;
    try {
      const param = (name: string): string => request.params[name] ?? '';
      const response = await work({ deps, gate, health, figures, request, param, query: queryOf(request) }, access);
      return { ...response, headers: { 'x-correlation-id': correlationId, ...response.headers } };
    } catch (error) {
      return toProblem(error, deps.log, correlationId);
    }
  };
}

function queryOf(request: HttpRequest): OpenCall['query'] {
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
