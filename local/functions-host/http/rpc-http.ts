import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RpcHttpCookie, RpcHttpData, RpcTypedData } from '../rpc-types.ts';

/** The connection belongs to the host: a handler's wishes about it are not passed on. */
const HOP_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** A request as the platform's host gives it to the worker. Repeated headers and query names are joined by commas. */
export function toRpcRequest(
  request: IncomingMessage,
  url: URL,
  params: Record<string, string>,
  body: Buffer,
): RpcTypedData {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const query: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name).join(',');
  const http: RpcHttpData = { method: request.method ?? 'GET', url: url.href, headers, params, query };
  if (body.length > 0) http.body = { bytes: body };
  return { http };
}

/** Writes a handler's response. No response at all is 204, as on the platform. */
export function writeRpcResponse(response: ServerResponse, rpc: RpcHttpData | null | undefined): void {
  response.statusCode = Number(rpc?.statusCode ?? 204);
  for (const [name, value] of Object.entries(rpc?.headers ?? {})) {
    if (!HOP_HEADERS.has(name.toLowerCase())) response.setHeader(name, value);
  }
  const cookies = (rpc?.cookies ?? []).map(setCookie);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  const body = bodyBytes(rpc?.body);
  if (response.statusCode !== 204 && response.statusCode !== 304) response.setHeader('content-length', body.length);
  response.end(body);
}

function bodyBytes(body: RpcTypedData | null | undefined): Uint8Array {
  return body?.bytes ?? Buffer.from(body?.string ?? body?.json ?? '');
}

function setCookie(cookie: RpcHttpCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const sameSite = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' }[cookie.sameSite ?? 'none'];
  const attributes = [
    ['Domain', cookie.domain?.value],
    ['Path', cookie.path?.value],
    ['Expires', typeof expires === 'number' ? new Date(expires * 1000).toUTCString() : undefined],
    ['Max-Age', cookie.maxAge?.value],
    ['SameSite', sameSite],
  ]
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `; ${name ?? ''}=${value ?? ''}`);
  const flags = `${cookie.secure?.value === true ? '; Secure' : ''}${cookie.httpOnly?.value === true ? '; HttpOnly' : ''}`;
  return `${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}${attributes.join('')}${flags}`;
}
