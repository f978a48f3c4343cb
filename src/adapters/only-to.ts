import type { HttpClient } from '@azure/core-rest-pipeline';

/** A link of an answer leads to another host than the one that was asked. */
export class ForeignHost extends Error {
  override readonly name = 'ForeignHost';
}

/** Sends nothing anywhere but to one host: our token must never travel to where the links of an answer lead. */
export function onlyTo(host: string, wire: HttpClient): HttpClient {
  return {
    sendRequest: async (request) => {
      const url = new URL(request.url);
      if (url.host !== host) throw new ForeignHost(`The answer of ${host} continues on ${url.host}.`);
      return wire.sendRequest(request);
    },
  };
}
