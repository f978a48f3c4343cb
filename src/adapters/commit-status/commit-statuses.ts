import type { StatusProvider } from '../../contracts/definition.ts';
import { GIT_ANSWER_BYTES_MAX, STATUS_DESCRIPTION_LENGTH_MAX } from '../../contracts/limits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommitStatuses, CommitStatusUpdate } from '../../ports/commit-statuses.ts';
import type { RemoteFault, RemoteResult } from '../../ports/git-remote.ts';
import { askHost, Unanswered, type HostAnswer } from '../ask-host.ts';
import type { GitHosts } from '../git-hosts.ts';
import { faultOfAnswer } from '../host-faults.ts';
import { shorten } from '../shorten.ts';
import { azureDevops } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { bitbucketServer } from './bitbucket-server.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { repositoryAddress } from './repository-address.ts';
import type { StatusCall, StatusHost } from './status-host.ts';

export interface CommitStatusesOptions {
  readonly hosts: GitHosts;
  /** Dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /** Real milliseconds for each request. */
  readonly timeoutMs: number;
}

const HOSTS: Readonly<Record<StatusProvider, StatusHost>> = {
  github,
  gitlab,
  bitbucket,
  'bitbucket-server': bitbucketServer,
  'azure-devops': azureDevops,
  gitea,
};

/** What a header takes (RFC 9110, 5.5); the HTTP client refuses the rest with the token in its words. */
const SENDABLE = /^[\x20-\x7e]+$/;

/** Puts statuses on commits over the API of each host. */
export function createCommitStatuses({ hosts, clock, timeoutMs }: CommitStatusesOptions): CommitStatuses {
  return {
    set: async (given) => {
      const update = fitted(given);
      const address = repositoryAddress(update.repositoryUrl);
      const admitted = hosts(address?.origin ?? update.repositoryUrl);
      if (!admitted.ok) return admitted;
      const host = HOSTS[update.provider];
      const call = address && host.call(update, address);
      if (call === undefined) return failed(unfit(update));
      if (!SENDABLE.test(call.authorization)) return failed(unsendable());
      try {
        const answer = await send(call, timeoutMs);
        if (isSuccess(answer) || host.stands?.(update, answer) === true) return { ok: true, value: undefined };
        return failed(faultOfAnswer(answer, askedOf(call, update, clock)));
      } catch (error) {
        if (error instanceof Unanswered) return failed(error.fault);
        throw error;
      }
    },
  };
}

function fitted(update: CommitStatusUpdate): CommitStatusUpdate {
  const { description, credentials } = update;
  return {
    ...update,
    description: shorten(description, STATUS_DESCRIPTION_LENGTH_MAX),
    credentials: credentials.trim(),
  };
}

async function send({ url, authorization, headers, body }: StatusCall, timeoutMs: number): Promise<HostAnswer> {
  return askHost(
    {
      url,
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': 'flotilla',
        ...headers,
        authorization,
      },
      body: JSON.stringify(body),
    },
    { timeoutMs, bytesMax: GIT_ANSWER_BYTES_MAX },
  );
}

/** 203 is the sign-in page of Azure DevOps. */
function isSuccess({ status }: HostAnswer): boolean {
  return status >= 200 && status < 300 && status !== 203;
}

function askedOf({ url }: StatusCall, { credentials }: CommitStatusUpdate, clock: Clock) {
  const { origin, pathname } = new URL(url);
  return { where: `${origin}${pathname}`, credentials, nowMs: clock.now() };
}

function unfit({ provider, repositoryUrl }: CommitStatusUpdate): RemoteFault {
  const detail = `${repositoryUrl} is no repository of ${provider}. Check commitStatus.provider.`;
  return { kind: 'refused', code: 'UnsupportedRepository', detail };
}

function unsendable(): RemoteFault {
  const detail = 'The credentials hold characters that no token has. Look at what stands in the secret.';
  return { kind: 'refused', code: 'CredentialsRefused', detail };
}

function failed(fault: RemoteFault): RemoteResult<undefined> {
  return { ok: false, fault };
}
