import { createHash } from 'node:crypto';
import type { CommitStatusUpdate } from '../../ports/commit-statuses.ts';
import { bearerAuthorization } from '../host-credentials.ts';
import { urlPath } from './repository-address.ts';
import type { StatusHost } from './status-host.ts';

/** `key` takes 40 characters; longer ones are answered 400 ("Ensure this value has at most 40 characters"). */
const KEY_LENGTH_MAX = 40;
const STATES = {
  pending: 'INPROGRESS',
  success: 'SUCCESSFUL',
  failure: 'FAILED',
  error: 'STOPPED',
} as const satisfies Record<CommitStatusUpdate['state'], string>;

/**
 * Bitbucket Cloud: "Create a build status for a commit"; a second one with the same key replaces the first. The token needs
 * the scope `repository` (access tokens: repository read). A link is required: without ours, it leads to the commit.
 */
export const bitbucket: StatusHost = {
  call: (update, { origin, path }) => {
    if (path.length !== 2) return undefined;
    const { commit, ref, state, targetUrl, description, context, credentials } = update;
    const api = origin === 'https://bitbucket.org' ? 'https://api.bitbucket.org' : origin;
    return {
      url: `${api}/2.0/repositories/${urlPath(path)}/commit/${commit}/statuses/build`,
      authorization: bearerAuthorization(credentials),
      body: {
        key: keyOf(context),
        name: context,
        state: STATES[state],
        description,
        refname: ref.name,
        url: targetUrl ?? `${origin}/${urlPath(path)}/commits/${commit}`,
      },
    };
  },
};

function keyOf(context: string): string {
  if (context.length <= KEY_LENGTH_MAX) return context;
  return createHash('sha256').update(context).digest('hex').slice(0, KEY_LENGTH_MAX);
}
