import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { startGitHost } from '../../../local/git/host.ts';
import { WorkingCopy } from '../../../local/git/working-copy.ts';
import { createCommitStatuses } from '../../../src/adapters/commit-status/commit-statuses.ts';
import { createGitRemote } from '../../../src/adapters/git/git-remote.ts';
import { gitHosts } from '../../../src/adapters/git-hosts.ts';
import { valueOf } from './git-fixture.ts';

/** A repository that somebody really pushes to, on the Git host of the local cloud. */
async function setUp() {
  const clock = new ManualClock();
  const host = await startGitHost({ clock, port: 0 });
  onTestFinished(() => host.close());
  const url = `${host.origin}/contoso/fleet.git`;
  const copy = await WorkingCopy.create(url, clock);
  onTestFinished(() => copy.close());
  const access = { hosts: gitHosts({ hosts: [], loopback: true }), clock, timeoutMs: 10_000 };
  const remote = createGitRemote(access);
  const refs = async (kind: 'branch' | 'tag', prefix = '') => valueOf(await remote.refs({ url, kind, prefix }));
  return { host, url, copy, refs, statuses: createCommitStatuses(access) };
}

test('refs of a repository that is pushed to', async () => {
  const { copy, refs } = await setUp();
  const one = await copy.commit('one', { 'a.yaml': 'a: 1' });
  await copy.push();
  expect(await refs('branch')).toEqual({ 'branch main': one });
  await copy.tag('v1.0.0', 'The first one.');
  await copy.push({ ref: 'refs/tags/v1.0.0' });
  const two = await copy.commit('two', { 'a.yaml': 'a: 2' });
  await copy.push();
  await copy.tag('v1.1.0');
  await copy.push({ ref: 'refs/tags/v1.1.0' });
  expect(await refs('branch')).toEqual({ 'branch main': two });
  expect(await refs('tag')).toEqual({ 'tag v1.0.0': one, 'tag v1.1.0': two });
  expect(await refs('tag', 'v1.1')).toEqual({ 'tag v1.1.0': two });
  await copy.push({ ref: 'refs/tags/v1.0.0', remove: true });
  expect(await refs('tag')).toEqual({ 'tag v1.1.0': two });
});

test('a commit is told how its rollout goes', async () => {
  const { host, url, copy, statuses } = await setUp();
  const commit = await copy.commit('one', { 'a.yaml': 'a: 1' });
  await copy.push();
  const update = {
    provider: 'gitea',
    repositoryUrl: url,
    commit,
    ref: { kind: 'branch', name: 'main' },
    context: 'flotilla/fleet',
    credentials: 'token',
  } as const;
  await statuses.set({ ...update, state: 'pending', description: '0/48 clusters, canary rolling out' });
  const result = await statuses.set({ ...update, state: 'success', description: '48/48 clusters, done' });
  expect(result).toEqual({ ok: true, value: undefined });
  expect(host.statuses('contoso/fleet', commit)).toMatchObject([
    { state: 'success', description: '48/48 clusters, done', context: 'flotilla/fleet' },
    { state: 'pending' },
  ]);
});
