import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { describeError } from '../describe-error.ts';
import type { RegisteredFunction } from '../function-app.ts';
import { HostError } from '../host-error.ts';
import type { Invoker } from '../invoker.ts';
import { Pending } from '../pending.ts';
import type { RpcLogLevel } from '../rpc-types.ts';
import { FunctionKeys } from './keys.ts';
import { REQUEST_BODY_BYTES_MAX, readBody } from './request-body.ts';
import { Routes } from './routes.ts';
import type { RouteMatch } from './routes.ts';
import { toRpcRequest, writeRpcResponse } from './rpc-http.ts';
import { invokeStreamed } from './streamed-invocation.ts';

export interface HttpListenerOptions {
  readonly functions: readonly RegisteredFunction[];
  readonly invoker: Invoker;
  readonly keys: Readonly<Record<string, string>>;
  /** False: no request needs a key, whatever the `authLevel` of its function. */
  readonly auth: boolean;
  readonly port: number;
  readonly routePrefix: string;
  /** Requests beyond this many at once are answered 429; -1: no limit (host.json `maxOutstandingRequests`). */
  readonly requestsMax: number;
  /** Set when the app enabled HTTP streaming: where `@azure/functions` listens for the requests. */
  readonly streamUri: string | undefined;
  readonly log: (level: RpcLogLevel, message: string) => void;
}

/** The HTTP front of the host: route, key, body, invocation, response. */
export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #router: Routes;
  readonly #keys: FunctionKeys;
  readonly #server: Server;
  readonly #outstanding = new Pending();
  #draining = false;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#router = new Routes(options.functions, options.routePrefix);
    this.#keys = new FunctionKeys(options.keys, options.auth);
    this.#server = createServer((request, response) => void this.#outstanding.track(this.#answer(request, response)));
  }

  /** Listens on the loopback interface and returns the port. */
  async listen(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const { port } = this.#options;
    this.#server.once('error', (error) =>
      reject(new HostError('NO_PORT', `Port ${port} cannot be opened (${error.message}). Choose another.`, error)),
    );
    this.#server.listen(port, '127.0.0.1', () => resolve(undefined));
    await promise;
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** From now on no new connection, and 503 for a new request on an old one. */
  stopIntake(): void {
    this.#draining = true;
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Resolves when every accepted request has its answer. */
  idle(): Promise<void> {
    return this.#outstanding.idle();
  }

  close(): void {
    this.stopIntake();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      this.#options.log('warning', `HTTP request failed: ${describeError(error)}`);
      if (!response.headersSent) refuse(response, 500);
      else response.destroy();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { requestsMax } = this.#options;
    const url = requestUrl(request);
    if (url === undefined) return refuse(response, 400);
    if (this.#draining) return refuse(response, 503);
    const match = this.#router.match(request.method ?? 'GET', url.pathname);
    if (match === undefined) return refuse(response, 404);
    if (!this.#keys.allows(match.route.authLevel, request.headers, url.searchParams)) return refuse(response, 401);
    // This request itself is not outstanding yet.
    if (requestsMax >= 0 && this.#outstanding.size >= requestsMax) return refuse(response, 429);
    return this.#invoke(match, url, request, response);
  }

  async #invoke(match: RouteMatch, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { invoker, streamUri } = this.#options;
    if (streamUri !== undefined) return invokeStreamed(invoker, streamUri, match, url, request, response);
    const body = await readBody(request, REQUEST_BODY_BYTES_MAX);
    if (body === 'too-large') return refuse(response, 413);
    const outcome = await invoker.invoke(match.route.fn, {
      data: toRpcRequest(request, url, match.params, body),
      metadata: {},
      traceParent: request.headers['traceparent'],
    });
    if (outcome.succeeded) writeRpcResponse(response, outcome.response.returnValue?.http);
    else refuse(response, 500);
  }
}

function requestUrl(request: IncomingMessage): URL | undefined {
  const url = `http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** An answer of the host itself has no body, like the platform's. An unread request body ends the connection. */
function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.setHeader('content-length', 0);
  const hasBody = 'content-length' in response.req.headers || 'transfer-encoding' in response.req.headers;
  if (hasBody && !response.req.complete) response.setHeader('connection', 'close');
  response.end();
}
