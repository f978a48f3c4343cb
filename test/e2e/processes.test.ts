import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { descendantsOf, isAlive, runLocal, temporaryFolder, untilGone } from './support/processes.ts';

interface EndpointsJson {
  readonly api: string;
  readonly arm: string;
  readonly pid: number;
  readonly keys?: Record<string, string>;
}
const FLAGS = ['--port', '0', '--clusters', '4', '--subscriptions', '1'];

test('two local clouds run side by side; SIGTERM ends each with everything it started', async () => {
  const folder = await temporaryFolder();
  const first = runLocal('local/up.ts', folder, ...FLAGS);
  await first.line('ready');
  const second = runLocal('local/up.ts', folder, ...FLAGS, '--auth');
  await second.line('ready');

  const ofFirst = await endpoints(folder, 'endpoints.json');
  const ofSecond = await endpoints(folder, `endpoints-${second.child.pid}.json`);
  expect(ofFirst.pid).toBe(first.child.pid);
  expect(ofSecond.pid).toBe(second.child.pid);
  expect((await fetch(`${ofFirst.api}/api/rollouts`)).status).toBe(200);
  expect((await fetch(`${ofSecond.api}/api/rollouts`)).status).toBe(401);
  const headers = { 'x-functions-key': ofSecond.keys!['local']! };
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

test('a local cloud that is killed leaves no process behind, and the next one takes its place', async () => {
  const folder = await temporaryFolder();
  const killed = runLocal('local/up.ts', folder, ...FLAGS);
  await killed.line('ready');
  const started = descendantsOf(killed.child.pid);
  killed.child.kill('SIGKILL');
  await killed.ended;
  await untilGone(started);

  const next = runLocal('local/up.ts', folder, ...FLAGS);
  await next.line('ready');
  expect((await endpoints(folder, 'endpoints.json')).pid).toBe(next.child.pid);
  next.child.kill('SIGINT');
  expect(await next.ended).toEqual([0, null]);
}, 60_000);

test('an application that does not start ends the local cloud with its reason', async () => {
  const folder = await temporaryFolder();
  const broken = runLocal('local/up.ts', folder, ...FLAGS, '--entry', 'nowhere');
  const started = broken.line('nowhere');
  expect(await broken.ended).toEqual([1, null]);
  expect(await started).toContain('nowhere');
}, 60_000);

test('npm start -- --once shows the rollout, the verdicts and the figures, and ends with 0', async () => {
  const folder = await temporaryFolder();
  const { output, ended } = runLocal('local/start.ts', folder, '--once', '--clusters', '20', '--speed', '60');
  expect(await ended).toEqual([0, null]);
  const text = output.join('\n');
  expect(text).toMatch(/canary: Running, 0\/2 done/);
  expect(text).toMatch(/ClusterFailed \S+ \(HealthCheckFailed: /);
  expect(text).toMatch(/│ all +│ 20 +│ 18 +│ 1 +│ 1 +│/);
  expect(text).toMatch(/End state: CompletedWithFailures/);
  expect(text).toMatch(/ARM writes \d+/);
  expect(existsSync(path.join(folder, '.local/endpoints.json'))).toBe(false);
}, 120_000);

async function endpoints(folder: string, name: string): Promise<EndpointsJson> {
  return JSON.parse(await readFile(path.join(folder, '.local', name), 'utf8')) as EndpointsJson;
}
