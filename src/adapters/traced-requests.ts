import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import type { Attributes, Telemetry } from '../ports/telemetry.ts';

/** Header with the id under which Azure finds a request again when support is asked. */
const REQUEST_ID = 'x-ms-request-id';

/**
 * Makes each request a span and counts it. Names and ids of resources are in the span; query strings, bodies and headers, in
 * which tokens and values of configurations are, are not. Retries are the callers' own, so each has a span.
 */
export function traced(inner: HttpClient, telemetry: Telemetry): HttpClient {
  return {
    sendRequest: async (request) => {
      const { name, kind, attributes } = describe(request);
      let status: number | undefined;
      try {
        return await telemetry.span({ name, kind: 'client', attributes }, async (span) => {
          const response = await inner.sendRequest(request);
          status = response.status;
          span.set(answered(response));
          return response;
        });
      } finally {
        telemetry.count('flotilla.azure.requests', { kind, status: status === undefined ? 'none' : String(status) });
      }
    },
  };
}

/** That something is not there is an answer like others, and most reads before a first write get it. */
function answered({ status, headers }: PipelineResponse): Attributes {
  const id = headers.get(REQUEST_ID);
  return {
    'http.response.status_code': status,
    ...(id !== undefined && { 'azure.service.request.id': id }),
    ...(status >= 400 && status !== 404 && { 'error.type': String(status) }),
  };
}

/** What the budgets of Azure Resource Manager tell apart; Resource Graph has a quota of its own. */
type RequestKind = 'read' | 'write' | 'graph';

function describe({ url, method }: PipelineRequest): { name: string; kind: RequestKind; attributes: Attributes } {
  const { pathname, host } = new URL(url);
  const { provider, type } = lastType(pathname);
  const cluster = /^(\/subscriptions\/.*?\/(?:connectedClusters|managedClusters)\/[^/]+)/i.exec(pathname)?.[1];
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase();
  return {
    name: `${method} ${type}`,
    kind: provider.toLowerCase() === 'microsoft.resourcegraph' ? 'graph' : method === 'GET' ? 'read' : 'write',
    attributes: {
      'http.request.method': method,
      'server.address': host,
      'azure.resource_provider.namespace': provider,
      ...(subscriptionId !== undefined && { 'flotilla.subscription.id': subscriptionId }),
      ...(cluster !== undefined && { 'flotilla.cluster.id': cluster }),
    },
  };
}

/** Of `…/providers/NAMESPACE/TYPE/NAME/TYPE/NAME`: the last provider, and its innermost type. */
function lastType(pathname: string): { provider: string; type: string } {
  const parts = pathname.split('/').filter((part) => part !== '');
  const at = parts.findLastIndex((part) => part.toLowerCase() === 'providers');
  const provider = parts[at + 1];
  if (at < 0 || provider === undefined) return { provider: 'Microsoft.Resources', type: parts[0] ?? 'root' };
  const names = parts.slice(at + 2);
  const type = names[names.length % 2 === 1 ? names.length - 1 : names.length - 2];
  return { provider, type: type ?? 'providers' };
}
