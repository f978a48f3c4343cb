import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { api, clock, useGitHost, useWorkingCopy } from './support.ts';

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks that ends with the test. */
async function useReceiver(status = 202): Promise<{ url: string; taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      taken.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() });
      outgoing.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, taken };
}

interface PushPayload {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly commits: { id: string; added: string[]; removed: string[]; modified: string[]; timestamp: string }[];
  readonly total_commits: number;
}

function pushes(taken: readonly Taken[]): PushPayload[] {
  return taken
    .filter(({ headers }) => headers['x-gitea-event'] === 'push')
    .map(({ body }) => JSON.parse(body) as PushPayload);
}

async function hooked(events = ['push'], secret = 'a secret of some length, at least 32') {
  const host = await useGitHost();
  const mine = await useWorkingCopy(`${host.origin}/fleet/apps.git`);
  await mine.commit('first', { 'apps/web.yaml': 'a: 1\n', 'infra/net.yaml': 'a: 1\n' });
  await mine.push();
  const receiver = await useReceiver();
  const config = { url: receiver.url, content_type: 'json', secret };
  const hook = { type: 'gitea', active: true, events, config };
  expect((await api(host, 'POST', '/fleet/apps/hooks', hook)).status).toBe(201);
  return { host, mine, taken: receiver.taken };
}

test('a push is told with the ref before and after, its commits and what each changed, signed as Gitea signs', async () => {
  const { host, mine, taken } = await hooked();
  const files = { 'apps/web.yaml': 'a: 2\n', 'infra/net.yaml': null, 'apps/new.yaml': 'a: 1\n' };
  const second = await mine.commit('second', files);
  const third = await mine.commit('third', { 'apps/web.yaml': 'a: 3\n' });
  await mine.push();
  await host.settled();
  const [{ headers, body }] = taken as [Taken];
  const signature = createHmac('sha256', 'a secret of some length, at least 32').update(body).digest('hex');
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'x-gitea-event': 'push',
    'x-gitea-signature': signature,
    'x-hub-signature-256': `sha256=${signature}`,
    'x-github-event': 'push',
    'x-gitea-delivery': headers['x-github-delivery'],
  });
  const [push] = pushes(taken) as [PushPayload];
  expect(push).toMatchObject({ ref: 'refs/heads/main', after: third, total_commits: 2 });
  expect(push.commits).toMatchObject([
    { id: third, added: [], removed: [], modified: ['apps/web.yaml'], timestamp: '2026-03-01T12:00:00.000Z' },
    { id: second, added: ['apps/new.yaml'], removed: ['infra/net.yaml'], modified: ['apps/web.yaml'] },
  ]);
  const { repository } = JSON.parse(body) as { repository: Record<string, unknown> };
  expect(repository).toMatchObject({ full_name: 'fleet/apps', clone_url: mine.url, default_branch: 'main' });
  expect(host.deliveries).toMatchObject([{ id: headers['x-gitea-delivery'], event: 'push', status: 202 }]);
});

test('a payload lists five commits at most and counts all', async () => {
  const { host, mine, taken } = await hooked();
  for (let index = 0; index < 7; index += 1) await mine.commit(`commit ${index}`, { count: String(index) });
  await mine.push();
  await host.settled();
  const [{ commits, total_commits }] = pushes(taken) as [PushPayload];
  expect([commits.length, total_commits]).toEqual([5, 7]);
});

test('a force push tells both ends', async () => {
  const { host, mine, taken } = await hooked();
  const second = await mine.commit('second', { a: '2' });
  await mine.push();
  await mine.revert('third');
  await mine.reset(second);
  const other = await mine.commit('other', { a: '4' });
  await mine.push({ force: true });
  await host.settled();
  expect(pushes(taken).map(({ before, after }) => [before, after])).toContainEqual([second, other]);
});

test('tags are told without where they stood; a deleted branch is told by delete alone, as Gitea does', async () => {
  const { host, mine, taken } = await hooked(['push', 'create', 'delete']);
  const second = await mine.commit('second', { a: '2' });
  await mine.tag('v1.0.0');
  await mine.push({ ref: 'refs/tags/v1.0.0' });
  await mine.push({ ref: 'refs/tags/v1.0.0', remove: true });
  await mine.push({ ref: 'refs/heads/main', remove: true });
  await host.settled();
  const zeros = '0'.repeat(40);
  expect(pushes(taken).map(({ ref, before, after }) => [ref, before, after])).toEqual(
    expect.arrayContaining([
      ['refs/tags/v1.0.0', zeros, second],
      ['refs/tags/v1.0.0', second, zeros],
    ]),
  );
  const others = taken
    .filter(({ headers }) => headers['x-gitea-event'] !== 'push')
    .map(({ body }) => JSON.parse(body) as unknown);
  expect(others).toHaveLength(3);
  expect(others).toContainEqual(expect.objectContaining({ ref: 'main', ref_type: 'branch', pusher_type: 'user' }));
  expect(pushes(taken)).toHaveLength(2);
});

test('hooks that are off, want other events or are gone hear nothing; one that cannot be reached is on record', async () => {
  const { host, mine, taken } = await hooked(['create']);
  const dead = { type: 'gitea', active: true, config: { url: 'http://127.0.0.1:1/', content_type: 'json' } };
  const off = { ...dead, active: false };
  await api(host, 'POST', '/fleet/apps/hooks', off);
  const gone = await api(host, 'POST', '/fleet/apps/hooks', dead);
  const { id } = gone.body as { id: number };
  await mine.commit('second', { a: '2' });
  await mine.push();
  await host.settled();
  expect(host.deliveries).toMatchObject([{ hook: id, status: undefined, failure: expect.any(String) as string }]);
  expect((await api(host, 'DELETE', `/fleet/apps/hooks/${id}`)).status).toBe(204);
  expect((await api(host, 'DELETE', `/fleet/apps/hooks/${id}`)).status).toBe(404);
  await mine.commit('third', { a: '3' });
  await mine.push();
  await host.settled();
  expect([host.deliveries.length, taken.length]).toEqual([1, 0]);
});

test('commit statuses are kept per commit, newest first', async () => {
  const time = clock();
  const host = await useGitHost(time);
  const mine = await useWorkingCopy(`${host.origin}/fleet/apps.git`);
  const commit = await mine.commit('first', { a: '1' });
  await mine.push();
  const path = `/fleet/apps/statuses/${commit}`;
  const pending = { state: 'pending', context: 'flotilla', description: '3/12 clusters', target_url: 'http://x/1' };
  expect(await api(host, 'POST', path, pending)).toMatchObject({ status: 201, body: { status: 'pending' } });
  time.advance(1000);
  await api(host, 'POST', path, { ...pending, state: 'success' });
  const expected = [
    { status: 'success', context: 'flotilla', created_at: '2026-03-01T12:00:01.000Z' },
    { status: 'pending', description: '3/12 clusters', target_url: 'http://x/1' },
  ];
  expect(await api(host, 'GET', path)).toMatchObject({ status: 200, body: expected });
  expect(await api(host, 'GET', '/fleet/apps/commits/main/statuses')).toMatchObject({ status: 200, body: expected });
  expect(host.statuses('fleet/apps', commit).map(({ state }) => state)).toEqual(['success', 'pending']);
});

test.each([
  {
    what: 'a status without a token',
    path: '/fleet/apps/statuses/COMMIT',
    body: { state: 'success' },
    token: null,
    status: 401,
  },
  { what: 'a state that is none', path: '/fleet/apps/statuses/COMMIT', body: { state: 'done' }, status: 422 },
  {
    what: 'an unknown commit',
    path: `/fleet/apps/statuses/${'a'.repeat(40)}`,
    body: { state: 'success' },
    status: 404,
  },
  { what: 'an unknown repository', path: '/fleet/none/statuses/main', body: { state: 'success' }, status: 404 },
  {
    what: 'a hook that leaves this machine',
    path: '/fleet/apps/hooks',
    body: { type: 'gitea', config: { url: 'https://example.com/', content_type: 'json' } },
    status: 422,
  },
])('$what is answered $status', async ({ path, body, token = 'token t', status }) => {
  const host = await useGitHost();
  const mine = await useWorkingCopy(`${host.origin}/fleet/apps.git`);
  const commit = await mine.commit('first', { a: '1' });
  await mine.push();
  expect((await api(host, 'POST', path.replace('COMMIT', commit), body, token)).status).toBe(status);
});
