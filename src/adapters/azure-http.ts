import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import type { Telemetry } from '../ports/telemetry.ts';
import { boundedBodies } from './bounded-bodies.ts';
import { isLoopback, plainHttpTo } from './http-loopback.ts';
import { TELEMETRY_OFF } from './telemetry/off.ts';
import { traced } from './traced-requests.ts';

/** How the clients of Azure Resource Manager reach it. */
export interface AzureHttp {
  /** What the SDK is told: always `https://`, without a path. */
  readonly endpoint: string;
  /** Host and port: the only ones that may ever get our token. */
  readonly host: string;
  /** Scope of the tokens. */
  readonly scope: string;
  readonly httpClient: HttpClient;
}

/**
 * Builds the HTTP client for an ARM endpoint: answers are bounded, each request is a span, and a plain `http://` endpoint
 * works on a loopback address only (the local cloud; the SDK itself refuses tokens over plain http).
 *
 * @throws Error when the endpoint is plain http elsewhere, or no URL: the token would travel in clear text.
 */
export function azureHttp(endpoint: string, telemetry: Telemetry = TELEMETRY_OFF): AzureHttp {
  const { protocol, host, hostname } = new URL(endpoint);
  const plain = protocol === 'http:' && isLoopback(hostname);
  if (protocol !== 'https:' && !plain) {
    throw new Error(`The ARM endpoint ${endpoint} is not https://. Plain http is allowed on loopback addresses only.`);
  }
  const wire = createDefaultHttpClient();
  const httpClient = traced(boundedBodies(plain ? plainHttpTo(host, wire) : wire), telemetry);
  return { endpoint: `https://${host}`, host, scope: `https://${host}/.default`, httpClient };
}
