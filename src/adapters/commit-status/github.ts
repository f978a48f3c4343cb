import { bearerAuthorization } from '../host-credentials.ts';
import { urlPath } from './repository-address.ts';
import type { StatusHost } from './status-host.ts';

/**
 * GitHub: "Create a commit status" (REST API, 2022-11-28), at most 1,000 for one commit and context. A fine-grained token
 * needs "Commit statuses: write", a classic one `repo:status`.
 */
export const github: StatusHost = {
  call: (update, { origin, path }) => {
    if (path.length !== 2) return undefined;
    const { commit, state, targetUrl, description, context, credentials } = update;
    return {
      url: `${apiOf(origin)}/repos/${urlPath(path)}/statuses/${commit}`,
      authorization: bearerAuthorization(credentials),
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      body: { state, description, context, ...(targetUrl !== undefined && { target_url: targetUrl }) },
    };
  },
};

/** github.com, GHE.com (data residency) and GitHub Enterprise Server have their APIs in different places. */
function apiOf(origin: string): string {
  const { protocol, host } = new URL(origin);
  const isCloud = host === 'github.com' || host.endsWith('.ghe.com');
  return isCloud ? `${protocol}//api.${host}` : `${origin}/api/v3`;
}
