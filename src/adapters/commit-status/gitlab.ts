import type { CommitStatusUpdate } from '../../ports/commit-statuses.ts';
import { tokenOf } from '../host-credentials.ts';
import type { StatusHost } from './status-host.ts';

const STATES = {
  pending: 'running',
  success: 'success',
  failure: 'failed',
  error: 'canceled',
} as const satisfies Record<CommitStatusUpdate['state'], string>;

/**
 * GitLab: "Set commit pipeline status". The token needs the scope `api` and the role Developer (Maintainer on protected
 * branches). A status that is running cannot be set to running again, so its first description stays until the end; the
 * 400 that says so is no fault.
 */
export const gitlab: StatusHost = {
  call: (update, { origin, path }) => {
    if (path.length < 2) return undefined;
    const { commit, ref, state, targetUrl, description, context, credentials } = update;
    return {
      url: `${origin}/api/v4/projects/${encodeURIComponent(path.join('/'))}/statuses/${commit}`,
      authorization: `Bearer ${tokenOf(credentials)}`,
      body: {
        state: STATES[state],
        name: context,
        description,
        ref: ref.name,
        ...(targetUrl !== undefined && { target_url: targetUrl }),
      },
    };
  },
  stands: ({ state }, { status, body }) =>
    state === 'pending' && status === 400 && body.includes('Cannot transition status via :run from :running'),
};
