import type { CommitStatusUpdate } from '../../ports/commit-statuses.ts';
import { bearerAuthorization } from '../host-credentials.ts';
import { urlPath } from './repository-address.ts';
import type { StatusHost } from './status-host.ts';

/** `CANCELLED` came with version 8.0 only. */
const STATES = {
  pending: 'INPROGRESS',
  success: 'SUCCESSFUL',
  failure: 'FAILED',
  error: 'FAILED',
} as const satisfies Record<CommitStatusUpdate['state'], string>;

/**
 * Bitbucket Data Center: the builds of a repository's commit (since 7.14; the resource that knows no repositories is
 * deprecated). Fields take 255 characters, the link 450. A token needs read access to the repository.
 */
export const bitbucketServer: StatusHost = {
  call: (update, { origin, path }) => {
    const [context, project, slug] = split(path);
    if (project === undefined || slug === undefined) return undefined;
    const { commit, ref, state, targetUrl, description, credentials } = update;
    const repository = `projects/${urlPath([project])}/repos/${urlPath([slug])}`;
    const base = [origin, ...context].join('/');
    return {
      url: `${base}/rest/api/latest/${repository}/commits/${commit}/builds`,
      authorization: bearerAuthorization(credentials),
      // Its protection against forged requests from browsers.
      headers: { 'x-atlassian-token': 'no-check' },
      body: {
        key: update.context,
        name: update.context,
        state: STATES[state],
        description,
        ref: `refs/${ref.kind === 'branch' ? 'heads' : 'tags'}/${ref.name}`,
        url: targetUrl ?? `${base}/${repository}/commits/${commit}`,
      },
    };
  },
};

/** `https://host/CONTEXT/scm/PROJECT/REPOSITORY`: an installation may live under a path of its host. */
function split(path: readonly string[]): [context: readonly string[], project?: string, slug?: string] {
  const [slug, project] = path.toReversed();
  const context = path.slice(0, -2);
  return [context.at(-1) === 'scm' ? context.slice(0, -1) : context, project, slug];
}
