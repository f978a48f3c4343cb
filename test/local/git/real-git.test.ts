import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { useGitHost, useWorkingCopy } from './support.ts';

const run = promisify(execFile);

test('Git itself clones, fetches, pushes, rewrites and deletes', async ({ skip }) => {
  skip(!hasGit(), 'There is no git on this machine: whether the host works with it was not tested.');
  const { origin } = await useGitHost();
  const url = `${origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  await mine.commit('first', { 'apps/web.yaml': 'kind: A\n' });
  await mine.push();
  const folder = await mkdtemp(path.join(tmpdir(), 'flotilla-real-git-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dir = path.join(folder, 'clone');
  const git = async (...args: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@local.example'];
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null' };
    return (await run('git', [...identity, ...args], { env })).stdout.trim();
  };

  await git('clone', '--quiet', url, dir);
  expect(await git('-C', dir, 'log', '--format=%s')).toBe('first');
  // Larger than what Git sends at once, so that it asks first and streams then; and not compressible.
  const noise = Array.from({ length: 40_000 }, (_, index) => ((index * 7919) ** 3).toString(36)).join('');
  await writeFile(path.join(dir, 'large.txt'), noise.repeat(4));
  await git('-C', dir, 'add', '.');
  await git('-C', dir, 'commit', '--quiet', '-m', 'large');
  await git('-C', dir, '-c', 'http.postBuffer=65536', 'push', '--quiet', 'origin', 'HEAD:main', 'HEAD:side');
  await git('-C', dir, 'commit', '--quiet', '--amend', '-m', 'larger');
  await expect(git('-C', dir, 'push', '--quiet', 'origin', 'main')).rejects.toThrow('non-fast-forward');
  await git('-C', dir, 'push', '--quiet', '--force', 'origin', 'main', ':side');
  await git('-C', dir, 'tag', '-a', '-m', 'one', 'v1.0.0');
  await git('-C', dir, 'push', '--quiet', 'origin', 'v1.0.0');

  const other = path.join(folder, 'other');
  await git('clone', '--quiet', url, other);
  expect(await git('-C', other, 'log', '--format=%s')).toBe('larger\nfirst');
  expect(await git('-C', other, 'describe')).toBe('v1.0.0');
  expect(await git('-C', other, 'fsck', '--strict')).toBe('');
  expect(await git('ls-remote', '--heads', url)).toMatch(/^[0-9a-f]{40}\trefs\/heads\/main$/);
  await git('-C', dir, 'commit', '--quiet', '--allow-empty', '-m', 'last');
  await git('-C', dir, 'push', '--quiet', 'origin', 'main');
  await git('-C', other, 'pull', '--quiet');
  expect(await git('-C', other, 'log', '-1', '--format=%s')).toBe('last');
});

function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
