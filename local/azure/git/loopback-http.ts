import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';

/** How long a request may take; real time. Ours. */
const REQUEST_MS_MAX = 20_000;
/** Above what the local Git host takes in one push. Ours. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for `http://` on this machine: the only repositories that clusters of the local cloud really fetch. */
export function isLoopbackRepository(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'http:' && LOOPBACK_HOSTS.has(parsed.hostname);
}

/** Carries Git's requests to this machine and nowhere else: redirects are not followed. */
export const loopbackHttp: HttpClient = { request };

async function request({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
  if (!isLoopbackRepository(url)) throw new Error(`${url} is not on this machine`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(REQUEST_MS_MAX),
    ...(body !== undefined && { body: Buffer.concat(chunks) }),
  });
  const { status, statusText } = response;
  const answer = { url, method, statusCode: status, statusMessage: statusText, headers: plain(response.headers) };
  return { ...answer, body: bounded(response) };
}

async function* bounded({ body }: Response): AsyncIterableIterator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`more than ${ANSWER_BYTES_MAX} bytes`);
    yield chunk;
  }
}

function plain(headers: Headers): Record<string, string> {
  return Object.fromEntries(headers.entries());
}
