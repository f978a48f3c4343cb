import type { HttpClient } from '@azure/core-rest-pipeline';

/** True for the names of this very machine; `hostname` as `URL` gives it. */
export function isLoopback(hostname: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/**
 * Sends requests for `https://<host>` as plain http, and only for exactly this host and port: the local cloud has no
 * certificate. Proxies of the environment are left out, since they would look for the host elsewhere.
 */
export function plainHttpTo(host: string, wire: HttpClient): HttpClient {
  return {
    sendRequest: async (request) => {
      const url = new URL(request.url);
      if (url.host !== host || url.protocol !== 'https:') {
        throw new Error(`Refused to send a request to ${url.origin}: this client speaks to ${host} only.`);
      }
      url.protocol = 'http:';
      const { agent: _proxy, ...rest } = request;
      return wire.sendRequest({ ...rest, url: url.href, allowInsecureConnection: true });
    },
  };
}
