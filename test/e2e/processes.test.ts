import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'vitest';
import { descendantsOf, isAlive, runLocal, temporaryFolder, untilGone } from './support/processes.ts';

interface EndpointsJson {
  readonly api: string;
  readonly arm: string;
  readonly pid: number;
  readonly keys?: Record<string, string>;
}
const FLAGS = ['--port', '0', '--clusters', '4', '--subscriptions', '1'];

describe.concurrent('processes of a local cloud', () => {
  test('two local clouds run side by side; SIGTERM ends each with everything it started', async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const first = runLocal(onTestFinished, 'local/up.ts', folder, ...FLAGS);
    await first.line('ready');
    const second = runLocal(onTestFinished, 'local/up.ts', folder, ...FLAGS, '--auth');
    await second.line('ready');

    const ofFirst = await endpoints(folder, 'endpoints.json');
    const ofSecond = await endpoints(folder, `endpoints-${second.child.pid}.json`);
    expect(ofFirst.pid).toBe(first.child.pid);
    expect(ofSecond.pid).toBe(second.child.pid);
    expect((await fetch(`${ofFirst.api}/api/rollouts`)).status).toBe(200);
    expect((await fetch(`${ofSecond.api}/api/rollouts`)).status).toBe(401);
    const headers = { 'x-functions-key': ofSecond.keys!['Reader']! };
    expect((await fetch(`${ofSecond.api}/api/rollouts`, { headers })).status).toBe(200);

    for (const { child, ended } of [first, second]) {
      const started = descendantsOf(child.pid);
      expect(started.length).toBeGreaterThanOrEqual(2);
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(started.filter(isAlive)).toEqual([]);
    }
    expect(existsSync(path.join(folder, '.local/endpoints.json'))).toBe(false);
    expect(existsSync(path.join(folder, `.local/endpoints-${second.child.pid}.json`))).toBe(false);
  }, 60_000);

  test('a local cloud that is killed leaves no process behind, and the next one takes its place', async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const killed = runLocal(onTestFinished, 'local/up.ts', folder, ...FLAGS);
    await killed.line('ready');
    const started = descendantsOf(killed.child.pid);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await untilGone(started);

    const next = runLocal(onTestFinished, 'local/up.ts', folder, ...FLAGS);
    await next.line('ready');
    expect((await endpoints(folder, 'endpoints.json')).pid).toBe(next.child.pid);
    next.child.kill('SIGINT');
    expect(await next.ended).toEqual([0, null]);
  }, 60_000);

  test('an application that does not start ends the local cloud with its reason', async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const broken = runLocal(onTestFinished, 'local/up.ts', folder, ...FLAGS, '--entry', 'nowhere');
    const started = broken.line('nowhere');
    expect(await broken.ended).toEqual([1, null]);
    expect(await started).toContain('nowhere');
  }, 60_000);
});

async function endpoints(folder: string, name: string): Promise<EndpointsJson> {
  return JSON.parse(await readFile(path.join(folder, '.local', name), 'utf8')) as EndpointsJson;
}
