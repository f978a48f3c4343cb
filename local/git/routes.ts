import type { IncomingMessage, ServerResponse } from 'node:http';
import findMyWay from 'find-my-way';
import { createHook, createStatus, deleteHook, listHooks, listStatuses, type GiteaParts } from './gitea/api.ts';
import { GitHostError, readBody, type GitHostAnswer, type GitHostRequest } from './http.ts';
import { fetchPack, infoRefs, pushPack, type OnPushed } from './smart-http/endpoint.ts';

type Handler = (request: GitHostRequest) => Promise<GitHostAnswer>;

/** Answers one request to the Git host; never throws for what a client sent. */
export type Serve = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Builds what answers every request: Git over HTTP, and the part of Gitea's API that Flotilla and its users need. */
export function buildServe(parts: GiteaParts, onPushed: OnPushed): Serve {
  const { repositories } = parts;
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 300 });
  const handlers = new Map<unknown, Handler>();
  const add = (method: 'GET' | 'POST' | 'DELETE', path: string, handler: Handler): void => {
    const marker = (): void => undefined;
    handlers.set(marker, handler);
    router.on(method, path, marker);
  };
  add('GET', '/:owner/:name/info/refs', (request) => infoRefs(repositories, request));
  add('POST', '/:owner/:name/git-upload-pack', (request) => fetchPack(repositories, request));
  add('POST', '/:owner/:name/git-receive-pack', (request) => pushPack(repositories, request, onPushed));
  const api = '/api/v1/repos/:owner/:name';
  add('GET', `${api}/hooks`, (request) => listHooks(parts, request));
  add('POST', `${api}/hooks`, (request) => createHook(parts, request));
  add('DELETE', `${api}/hooks/:id`, (request) => deleteHook(parts, request));
  add('GET', `${api}/statuses/:sha`, (request) => listStatuses(parts, request));
  add('POST', `${api}/statuses/:sha`, (request) => createStatus(parts, request));
  add('GET', `${api}/commits/:sha/statuses`, (request) => listStatuses(parts, request));

  return async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://git');
    const { method } = incoming;
    const known = method === 'GET' || method === 'POST' || method === 'DELETE' ? method : undefined;
    const match = known === undefined ? null : router.find(known, url.pathname);
    const handler = match === null ? undefined : handlers.get(match.handler);
    const { authorization } = incoming.headers;
    try {
      const body = await readBody(incoming);
      if (match === null || handler === undefined) throw new GitHostError(404, `There is no ${url.pathname}.`);
      send(outgoing, await handler({ params: match.params, query: url.searchParams, body, authorization }));
    } catch (error) {
      const status = error instanceof GitHostError ? error.status : 500;
      send(outgoing, { status, body: { message: error instanceof Error ? error.message : String(error) } });
    }
  };
}

function send(outgoing: ServerResponse, { status, contentType = 'application/json', body }: GitHostAnswer): void {
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  outgoing.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-cache' }).end(bytes);
}
