import { z } from 'zod';
import type { RemoteFault } from '../ports/git-remote.ts';
import type { HostAnswer } from './ask-host.ts';
import { retryAfterMs } from './retry-after.ts';

/** What was asked for, for messages. */
export interface Asked {
  /** URL that was asked, without its query. */
  readonly where: string;
  /** Value of the credentials that were sent: a host may echo them. */
  readonly credentials: string | undefined;
  readonly nowMs: number;
}

/** Ours: enough for GitHub's validation errors. */
const MESSAGE_LENGTH_MAX = 200;

/** What an answer means that is no success, and what to do about it. */
export function faultOfAnswer(answer: HostAnswer, asked: Asked): RemoteFault {
  const { status } = answer;
  const said = `${asked.where} answered ${status}${messageOf(answer, asked.credentials)}.`;
  if (isThrottled(answer)) return passing('HostThrottled', said, pauseMs(answer, asked.nowMs));
  if (status >= 500 || status === 408) return passing('HostUnavailable', said, pauseMs(answer, asked.nowMs));
  // Azure DevOps answers 203 with its sign-in page, or redirects there.
  if (status === 401 || status === 203 || isSignIn(answer)) {
    const cure =
      asked.credentials === undefined
        ? 'It wants credentials: name a secret.'
        : 'It refuses the credentials: renew the secret, and look at what the token may do.';
    return refused('CredentialsRefused', `${said} ${cure}`);
  }
  if (status === 403) return refused('HostForbids', `${said} Look at what the credentials may do.`);
  if (status === 404) {
    const cure = 'Check the URL; hosts answer so, too, for what the credentials may not see.';
    return refused('RepositoryNotFound', `${said} ${cure}`);
  }
  if (status >= 300 && status < 400) return refused('RepositoryMoved', `${said} It is elsewhere: change the URL.`);
  return refused('HostRefused', said);
}

/** GitHub answers 403 when too much was asked, and tells it apart from other reasons by these headers ("Rate limits for the REST API"). */
function isThrottled({ status, headers }: HostAnswer): boolean {
  if (status === 429) return true;
  return status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0');
}

function isSignIn({ status, headers }: HostAnswer): boolean {
  return status === 302 && /\/_signin|\/login|\/users\/sign_in/i.test(headers.get('location') ?? '');
}

/** `Retry-After`, or else the second at which GitHub, GitLab and Azure DevOps count anew. */
function pauseMs({ headers }: HostAnswer, nowMs: number): number | undefined {
  const reset = Number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? NaN);
  const afterSeconds = Math.max(0, Math.ceil(reset - nowMs / 1000));
  const counted = headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset);
  const asked = headers.get('retry-after') ?? (counted ? String(afterSeconds) : undefined);
  return retryAfterMs({ get: (name) => (name === 'retry-after' ? asked : undefined) }, nowMs);
}

const Text = z.string().min(1);
/** GitHub, GitLab, Gitea and Azure DevOps; Bitbucket Cloud; Bitbucket Data Center. */
const Body = z.union([
  z.object({ message: Text }).transform(({ message }) => message),
  z.object({ error: z.object({ message: Text }) }).transform(({ error }) => error.message),
  z
    .object({ errors: z.tuple([z.object({ message: Text })], z.unknown()) })
    .transform(({ errors }) => errors[0].message),
]);

function messageOf({ body }: HostAnswer, credentials: string | undefined): string {
  const message = Body.safeParse(parseJson(body)).data;
  if (message === undefined) return '';
  // A token may stand alone or behind a user's name.
  const secrets = [credentials, credentials?.slice(credentials.indexOf(':') + 1)];
  const safe = secrets.reduce<string>((text, secret) => (secret ? text.replaceAll(secret, '***') : text), message);
  return ` (${safe.slice(0, MESSAGE_LENGTH_MAX)})`;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function passing(code: string, detail: string, afterMs: number | undefined): RemoteFault {
  return { kind: 'unavailable', code, detail, ...(afterMs !== undefined && { retryAfterMs: afterMs }) };
}

function refused(code: string, detail: string): RemoteFault {
  return { kind: 'refused', code, detail };
}
