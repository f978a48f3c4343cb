import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Invoker } from '../invoker.ts';
import type { RpcTypedData } from '../rpc-types.ts';
import type { RouteMatch } from './routes.ts';

/**
 * An HTTP invocation in streaming mode (`app.setup({ enableHttpStream: true })`): the invocation carries only route
 * parameters and headers, while request and response bodies flow through the library's own HTTP server.
 */
export async function invokeStreamed(
  invoker: Invoker,
  streamUri: string,
  match: RouteMatch,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const invocationId = randomUUID();
  const forwarded = forward(streamUri, url, request, invocationId);
  const input = { data: { http: {} }, metadata: streamMetadata(match, request), invocationId };
  const invoked = invoker
    .invoke(match.route.fn, { ...input, traceParent: request.headers['traceparent'] })
    .then((outcome) => {
      if (!outcome.succeeded) forwarded.destroy(new Error('The handler failed before it finished its answer.'));
    });
  await Promise.all([invoked, relay(forwarded, response)]);
}

function forward(streamUri: string, url: URL, request: IncomingMessage, invocationId: string): ClientRequest {
  const headers: OutgoingHttpHeaders = {
    ...request.headers,
    'x-ms-invocation-id': invocationId,
    'x-forwarded-host': url.host,
    'x-forwarded-proto': 'http',
  };
  const forwarded = httpRequest(new URL(`${url.pathname}${url.search}`, streamUri), {
    method: request.method,
    headers,
  });
  request.pipe(forwarded);
  return forwarded;
}

async function relay(forwarded: ClientRequest, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  forwarded.on('response', resolve);
  forwarded.on('error', reject);
  const answer = await promise;
  const { 'x-ms-invocation-id': _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 500, headers);
  await pipeline(answer, response);
}

function streamMetadata(match: RouteMatch, request: IncomingMessage): Record<string, RpcTypedData> {
  const metadata: Record<string, RpcTypedData> = {};
  for (const [name, value] of Object.entries(match.params)) metadata[name] = { string: value };
  metadata['Headers'] = { json: JSON.stringify(request.headers) };
  return metadata;
}
