import type { CommitStatusUpdate } from '../../ports/commit-statuses.ts';
import { basicAuthorization } from '../host-credentials.ts';
import { urlPath } from './repository-address.ts';
import type { StatusHost } from './status-host.ts';

const STATES = {
  pending: 'pending',
  success: 'succeeded',
  failure: 'failed',
  error: 'error',
} as const satisfies Record<CommitStatusUpdate['state'], string>;

const SERVICES = 'https://dev.azure.com';
/** Azure DevOps Server 2019 and later take the latter; they refuse versions that they do not know. */
const API_VERSIONS = { services: '7.1', server: '5.0' } as const;

/** Azure DevOps: "Statuses - Create" of Git commits. The token needs the scope Code (status), `vso.code_status`. */
export const azureDevops: StatusHost = {
  call: (update, { origin, path }) => {
    const located = origin === SERVICES ? onServices(path) : onServer(path);
    if (located === undefined) return undefined;
    const { commit, state, targetUrl, description, context, credentials } = update;
    const [genre = '', name = context] = context.split('/');
    const version = origin === SERVICES ? API_VERSIONS.services : API_VERSIONS.server;
    return {
      url: `${origin}/${urlPath(located.project)}/_apis/git/repositories/${urlPath([located.repository])}/commits/${commit}/statuses?api-version=${version}`,
      authorization: basicAuthorization(credentials),
      body: {
        state: STATES[state],
        description,
        context: { genre, name },
        ...(targetUrl !== undefined && { targetUrl }),
      },
    };
  },
};

interface Located {
  readonly project: readonly string[];
  readonly repository: string;
}

/** Normalised: organisation, project, repository. */
function onServices(path: readonly string[]): Located | undefined {
  const [organisation, project, repository, more] = path;
  if (organisation === undefined || project === undefined || repository === undefined) return undefined;
  return more === undefined ? { project: [organisation, project], repository } : undefined;
}

/** `…/COLLECTION/PROJECT/_git/REPOSITORY`, or without a project that has the repository's name. */
function onServer(path: readonly string[]): Located | undefined {
  const at = path.indexOf('_git');
  const repository = path[at + 1];
  if (at < 1 || repository === undefined || path.length !== at + 2) return undefined;
  return { project: path.slice(0, at), repository };
}
