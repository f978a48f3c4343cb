import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';

/** The SDK's own transport with a deadline for each request: without one, a lost answer would hold a function for ever. */
export function createTransport(requestMsMax: number): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    sendRequest: (request) => {
      request.timeout = requestMsMax;
      return inner.sendRequest(request);
    },
  };
}
