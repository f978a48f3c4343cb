import { onTestFinished } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { startGitHost, type GitHost } from '../../../local/git/host.ts';
import { WorkingCopy } from '../../../local/git/working-copy.ts';

export const clock = (): ManualClock => new ManualClock(Date.UTC(2026, 2, 1, 12));

/** A Git host that ends with the test. */
export async function useGitHost(time = clock()): Promise<GitHost> {
  const host = await startGitHost({ clock: time, port: 0 });
  onTestFinished(() => host.close());
  return host;
}

/** A clone that goes with the test. */
export async function useWorkingCopy(url: string, branch = 'main', time = clock()): Promise<WorkingCopy> {
  const copy = await WorkingCopy.create(url, time, branch);
  onTestFinished(() => copy.close());
  return copy;
}

/** One call of the part of Gitea's API that the host has. */
export async function api(
  host: GitHost,
  method: string,
  path: string,
  body?: unknown,
  token: string | null = 'token t',
) {
  const response = await fetch(`${host.origin}/api/v1/repos${path}`, {
    method,
    headers: { ...(token !== null && { authorization: token }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, body: answer };
}
