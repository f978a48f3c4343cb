import type { Principal } from './auth.ts';

/** A request to the simulated ARM after the gateway's work: authenticated, parsed, not yet throttled. */
export interface ArmRequest {
  readonly method: string;
  /** Path as sent, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path parameters as sent; names are those of the route. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly principal: Principal;
  readonly apiVersion: string;
  /** `https://host:port` as clients of ARM see it: ARM has no plain http, so URLs in answers say https. */
  readonly origin: string;
}

/** What a handler answers; `body: undefined` sends no body at all. */
export interface ArmResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Handlers do not wait: everything that takes time happens on the timeline of the fleet. */
export type ArmHandler = (request: ArmRequest) => ArmResponse;

/** A path parameter that the route guarantees. */
export function param(request: ArmRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new Error(`route without parameter ${name}: ${request.path}`);
  return value;
}
