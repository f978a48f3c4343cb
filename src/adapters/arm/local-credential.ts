import type { TokenCredential } from '@azure/core-auth';

/** Never in practice: the SDK refreshes a token only near its end. */
const EXPIRES_ON = Date.UTC(9999, 0, 1);

/** The credential of the local cloud, which takes any bearer token. Useless anywhere else. */
export function createLocalCredential(): TokenCredential {
  return { getToken: async () => ({ token: 'local-cloud', expiresOnTimestamp: EXPIRES_ON }) };
}
