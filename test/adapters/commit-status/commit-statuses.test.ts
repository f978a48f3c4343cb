import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { createCommitStatuses } from '../../../src/adapters/commit-status/commit-statuses.ts';
import { gitHosts } from '../../../src/adapters/git-hosts.ts';
import type { StatusProvider } from '../../../src/contracts/definition.ts';
import type { CommitStatusUpdate } from '../../../src/ports/commit-statuses.ts';
import type { RemoteResult } from '../../../src/ports/git-remote.ts';
import { startHttpFixture, type Answer, type Recorded } from '../http-fixture.ts';

const COMMIT = '2fea33508ba152d026509774f2981e2c3d15e214';
/** Must appear in no fault. */
const TOKEN = 'canary-5e1d';
const LINK = 'https://flotilla.contoso.com/api/rollouts/01J';
const CONTEXT = 'flotilla/cluster-config';

interface Setup {
  readonly requests: readonly Recorded[];
  readonly set: (changes?: Partial<CommitStatusUpdate>) => Promise<RemoteResult<undefined>>;
}

/** The adapter in front of a recording host; `path` is that of the repository. */
async function setUp(provider: StatusProvider, path: string, answer: Answer = { status: 201 }): Promise<Setup> {
  const fixture = await startHttpFixture(() => answer);
  onTestFinished(() => fixture.close());
  const hosts = gitHosts({ hosts: ['git.contoso.com'], loopback: true });
  const statuses = createCommitStatuses({ hosts, clock: new ManualClock(), timeoutMs: 5000 });
  const update: CommitStatusUpdate = {
    provider,
    repositoryUrl: `${fixture.endpoint}${path}`,
    commit: COMMIT,
    ref: { kind: 'branch', name: 'release/1.1' },
    context: CONTEXT,
    state: 'pending',
    description: '12/48 clusters, canary soaking',
    targetUrl: LINK,
    credentials: TOKEN,
  };
  return { requests: fixture.requests, set: (changes) => statuses.set({ ...update, ...changes }) };
}

const DESCRIPTION = '12/48 clusters, canary soaking';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

interface Row {
  readonly provider: StatusProvider;
  readonly path: string;
  readonly asks: string;
  readonly authorization: string;
  readonly ofPair: string;
  readonly states: Readonly<Record<CommitStatusUpdate['state'], string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Shapes from the documentation of each host; `docs/git-hosts.md` names it. */
const ROWS: readonly Row[] = [
  {
    provider: 'github',
    path: '/contoso/fleet.git',
    asks: `/api/v3/repos/contoso/fleet/statuses/${COMMIT}`,
    authorization: `Bearer ${TOKEN}`,
    ofPair: basic('user:secret'),
    states: { pending: 'pending', success: 'success', failure: 'failure', error: 'error' },
    body: { state: 'pending', target_url: LINK, description: DESCRIPTION, context: CONTEXT },
  },
  {
    provider: 'gitlab',
    path: '/contoso/platform/fleet.git',
    asks: `/api/v4/projects/contoso%2Fplatform%2Ffleet/statuses/${COMMIT}`,
    authorization: `Bearer ${TOKEN}`,
    ofPair: 'Bearer secret',
    states: { pending: 'running', success: 'success', failure: 'failed', error: 'canceled' },
    body: { state: 'running', name: CONTEXT, target_url: LINK, description: DESCRIPTION, ref: 'release/1.1' },
  },
  {
    provider: 'bitbucket',
    path: '/contoso/fleet.git',
    asks: `/2.0/repositories/contoso/fleet/commit/${COMMIT}/statuses/build`,
    authorization: `Bearer ${TOKEN}`,
    ofPair: basic('user:secret'),
    states: { pending: 'INPROGRESS', success: 'SUCCESSFUL', failure: 'FAILED', error: 'STOPPED' },
    body: {
      key: CONTEXT,
      name: CONTEXT,
      state: 'INPROGRESS',
      description: DESCRIPTION,
      url: LINK,
      refname: 'release/1.1',
    },
  },
  {
    provider: 'bitbucket-server',
    path: '/scm/plat/fleet.git',
    asks: `/rest/api/latest/projects/plat/repos/fleet/commits/${COMMIT}/builds`,
    authorization: `Bearer ${TOKEN}`,
    ofPair: basic('user:secret'),
    states: { pending: 'INPROGRESS', success: 'SUCCESSFUL', failure: 'FAILED', error: 'FAILED' },
    body: {
      key: CONTEXT,
      name: CONTEXT,
      state: 'INPROGRESS',
      description: DESCRIPTION,
      url: LINK,
      ref: 'refs/heads/release/1.1',
    },
  },
  {
    provider: 'azure-devops',
    path: '/tfs/DefaultCollection/Platform/_git/fleet',
    asks: `/tfs/defaultcollection/platform/_apis/git/repositories/fleet/commits/${COMMIT}/statuses?api-version=5.0`,
    authorization: basic(`x-token-auth:${TOKEN}`),
    ofPair: basic('user:secret'),
    states: { pending: 'pending', success: 'succeeded', failure: 'failed', error: 'error' },
    body: {
      state: 'pending',
      description: DESCRIPTION,
      targetUrl: LINK,
      context: { genre: 'flotilla', name: 'cluster-config' },
    },
  },
  {
    provider: 'gitea',
    path: '/contoso/fleet.git',
    asks: `/api/v1/repos/contoso/fleet/statuses/${COMMIT}`,
    authorization: `token ${TOKEN}`,
    ofPair: basic('user:secret'),
    states: { pending: 'pending', success: 'success', failure: 'failure', error: 'error' },
    body: { state: 'pending', target_url: LINK, description: DESCRIPTION, context: CONTEXT },
  },
];

describe.each(ROWS)('$provider', ({ provider, path, asks, authorization, ofPair, states, body }) => {
  test('is told with one request of its own shape', async () => {
    const { set, requests } = await setUp(provider, path);
    expect(await set()).toEqual({ ok: true, value: undefined });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${asks}`]);
    const [request] = requests;
    expect(JSON.parse(request?.body ?? '')).toEqual(body);
    expect(request?.headers.authorization).toBe(authorization);
    expect(request?.headers['content-type']).toBe('application/json');
  });

  test('knows every state', async () => {
    const { set, requests } = await setUp(provider, path);
    for (const state of Object.keys(states) as CommitStatusUpdate['state'][]) await set({ state });
    const sent = requests.map(({ body: text }) => (JSON.parse(text) as { state: string }).state);
    expect(sent).toEqual(Object.values(states));
  });

  test('takes a user and a password', async () => {
    const { set, requests } = await setUp(provider, path);
    await set({ credentials: 'user:secret' });
    expect(requests[0]?.headers.authorization).toBe(ofPair);
  });

  test('is sent at most 140 characters, and a link that leads somewhere or none', async () => {
    const { set, requests } = await setUp(provider, path);
    await set({ description: 'x'.repeat(500), targetUrl: undefined as never });
    const sent = JSON.parse(requests[0]?.body ?? '') as Record<string, string>;
    expect(sent.description).toHaveLength(140);
    const link = sent.target_url ?? sent.targetUrl ?? sent.url;
    expect(link === undefined || link.endsWith(COMMIT)).toBe(true);
  });

  test.each<[string, Answer, object]>([
    ['401', { status: 401 }, { kind: 'refused', code: 'CredentialsRefused' }],
    ['403', { status: 403 }, { kind: 'refused', code: 'HostForbids' }],
    ['404', { status: 404 }, { kind: 'refused', code: 'RepositoryNotFound' }],
    ['422', { status: 422, body: { message: `No: ${TOKEN}` } }, { kind: 'refused', code: 'HostRefused' }],
    ['429', { status: 429, headers: { 'retry-after': '30' } }, { kind: 'unavailable', retryAfterMs: 30_000 }],
    ['503', { status: 503 }, { kind: 'unavailable', code: 'HostUnavailable' }],
    ['a sign-in page', { status: 203, body: '<html>' }, { kind: 'refused', code: 'CredentialsRefused' }],
    ['a redirect', { status: 302, headers: { location: 'https://example.com/' } }, { code: 'RepositoryMoved' }],
    ['a closed connection', { byHand: (response) => void response.destroy() }, { kind: 'unavailable' }],
  ])('%s is a fault without the token', async (_name, answer, expected) => {
    const { set, requests } = await setUp(provider, path, answer);
    const result = await set();
    expect(result).toMatchObject({ ok: false, fault: expected });
    expect(JSON.stringify(result)).not.toContain(TOKEN);
    expect(requests).toHaveLength(1);
  });

  test('a repository that it cannot have is refused unasked', async () => {
    const { set, requests } = await setUp(provider, '/fleet');
    expect(await set()).toMatchObject({ ok: false, fault: { kind: 'refused', code: 'UnsupportedRepository' } });
    expect(requests).toEqual([]);
  });
});

describe('GitLab', () => {
  const again = {
    status: 400,
    body: {
      message: 'Cannot transition status via :run from :running (Reason(s): Status cannot transition via "run")',
    },
  };

  test('that has a commit running already is told', async () => {
    const { set } = await setUp('gitlab', '/contoso/fleet', again);
    expect(await set({ state: 'pending' })).toEqual({ ok: true, value: undefined });
  });

  test('is not told when it answers so to anything else', async () => {
    const { set } = await setUp('gitlab', '/contoso/fleet', again);
    expect(await set({ state: 'success' })).toMatchObject({ ok: false, fault: { code: 'HostRefused' } });
  });
});

test('a name that is too long for a key of Bitbucket is the same one each time, and different from others', async () => {
  const { set, requests } = await setUp('bitbucket', '/contoso/fleet');
  const [long, other] = [`flotilla/${'x'.repeat(63)}`, `flotilla/${'x'.repeat(62)}y`];
  for (const context of [long, long, other]) await set({ context });
  const sent = requests.map(({ body }) => JSON.parse(body) as { key: string; name: string });
  expect(sent.map(({ name }) => name)).toEqual([long, long, other]);
  expect(sent.map(({ key }) => key.length)).toEqual([40, 40, 40]);
  expect(sent[0]?.key).toBe(sent[1]?.key);
  expect(sent[0]?.key).not.toBe(sent[2]?.key);
});

describe('nothing is sent', () => {
  test.each<[string, Partial<CommitStatusUpdate>, string]>([
    ['to hosts that the settings do not name', { repositoryUrl: 'https://github.com/a/b' }, 'HostNotAllowed'],
    ['to a repository of another kind', { repositoryUrl: 'oci://git.contoso.com/a/b' }, 'UnsupportedRepository'],
    ['with credentials that no header takes', { credentials: `${TOKEN}\u0000ü` }, 'CredentialsRefused'],
  ])('%s', async (_name, changes, code) => {
    const { set, requests } = await setUp('github', '/contoso/fleet');
    const result = await set(changes);
    expect(result).toMatchObject({ ok: false, fault: { kind: 'refused', code } });
    expect(JSON.stringify(result)).not.toContain(TOKEN);
    expect(requests).toEqual([]);
  });
});
