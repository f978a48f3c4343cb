import { bearerAuthorization } from '../host-credentials.ts';
import { urlPath } from './repository-address.ts';
import type { StatusHost } from './status-host.ts';

/** Gitea and Forgejo: `repoCreateStatus`. The token needs the scope `write:repository`. */
export const gitea: StatusHost = {
  call: (update, { origin, path }) => {
    if (path.length < 2) return undefined;
    const { commit, state, targetUrl, description, context, credentials } = update;
    // An installation may live under a path of its host.
    const base = [origin, ...path.slice(0, -2)].join('/');
    return {
      url: `${base}/api/v1/repos/${urlPath(path.slice(-2))}/statuses/${commit}`,
      authorization: bearerAuthorization(credentials).replace(/^Bearer/, 'token'),
      body: { state, description, context, ...(targetUrl !== undefined && { target_url: targetUrl }) },
    };
  },
};
