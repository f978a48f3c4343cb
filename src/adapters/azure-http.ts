import { createDefaultHttpClient, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { boundedBodies } from './bounded-bodies.ts';
import { isLoopback, plainHttpTo } from './http-loopback.ts';

/** One answered (or unanswered) request to Azure, for counting: nothing in it is secret. */
export interface RequestFacts {
  readonly kind: 'read' | 'write' | 'graph';
  /** Absent for calls above subscriptions, such as Resource Graph queries. */
  readonly subscriptionId?: string;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
}

export type OnRequest = (facts: RequestFacts) => void;

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
 * Builds the HTTP client for an ARM endpoint: answers are bounded, requests are counted, and a plain `http://` endpoint
 * works on a loopback address only (the local cloud; the SDK itself refuses tokens over plain http).
 *
 * @throws Error when the endpoint is plain http elsewhere, or no URL: the token would travel in clear text.
 */
export function azureHttp(endpoint: string, onRequest?: OnRequest): AzureHttp {
  const { protocol, host, hostname } = new URL(endpoint);
  const plain = protocol === 'http:' && isLoopback(hostname);
  if (protocol !== 'https:' && !plain) {
    throw new Error(`The ARM endpoint ${endpoint} is not https://. Plain http is allowed on loopback addresses only.`);
  }
  const wire = createDefaultHttpClient();
  const httpClient = counted(boundedBodies(plain ? plainHttpTo(host, wire) : wire), onRequest);
  return { endpoint: `https://${host}`, host, scope: `https://${host}/.default`, httpClient };
}

function counted(inner: HttpClient, onRequest: OnRequest | undefined): HttpClient {
  if (onRequest === undefined) return inner;
  return {
    sendRequest: async (request) => {
      let status: number | undefined;
      try {
        const response = await inner.sendRequest(request);
        status = response.status;
        return response;
      } finally {
        onRequest({ ...classify(request), status });
      }
    },
  };
}

function classify({ url, method }: PipelineRequest): Pick<RequestFacts, 'kind' | 'subscriptionId'> {
  const { pathname } = new URL(url);
  if (/\/providers\/microsoft\.resourcegraph\//i.test(pathname)) return { kind: 'graph' };
  const kind = method === 'GET' ? 'read' : 'write';
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase();
  return subscriptionId === undefined ? { kind } : { kind, subscriptionId };
}
