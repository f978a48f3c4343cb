import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { FIXTURES, runMain, spawnHost, temporaryFile, temporaryFolder } from './support.ts';

const SLOW = ['--host-json', path.join(FIXTURES, 'slow/host.json')];
const HTTP = ['--host-json', path.join(FIXTURES, 'http/host.json')];

test('SIGTERM stops the intake, lets the running invocation finish and exits with 0', async () => {
  const host = await spawnHost('slow', SLOW);
  const running = fetch(`${host.base}/slow`);
  await host.line((line) => line['message'] === 'slow started');
  host.child.kill('SIGTERM');
  await host.line((line) => String(line['message']).startsWith('Draining'));
  await expect(fetch(`${host.base}/setting`)).rejects.toThrow();
  expect(host.child.exitCode).toBeNull();
  host.child.kill('SIGUSR2');
  expect(await (await running).text()).toBe('finished');
  expect(await once(host.child, 'exit')).toEqual([0, null]);
});

test('rejections and throws outside an invocation are logged and end nothing', async () => {
  const host = await spawnHost('http', HTTP);
  expect(await (await fetch(`${host.base}/api/late`)).text()).toBe('answered');
  await host.line((line) => String(line['message']).includes('late rejection'));
  await host.line((line) => String(line['message']).includes('late throw'));
  expect(await (await fetch(`${host.base}/api/hello`)).text()).toBe('hello');
});

test('a host whose reader is gone ends itself', async () => {
  const host = await spawnHost('http', HTTP);
  host.child.stdout!.destroy();
  await fetch(`${host.base}/api/hello`).catch(() => undefined);
  expect(await once(host.child, 'exit')).toEqual([1, null]);
});

test('settings are in the environment before the app loads; keys come from a file; log level holds', async () => {
  const settings = await temporaryFile('settings.json', '{"GREETING":"good morning"}');
  const host = await spawnHost('slow', [...SLOW, '--settings', settings, '--log-level', 'error']);
  expect(await (await fetch(`${host.base}/setting`)).text()).toBe('good morning');
  expect(host.lines).toHaveLength(1);
  const keys = await temporaryFile('keys.json', '{"operator":"secret"}');
  const keyed = await spawnHost('http', [...HTTP, '--keys', keys]);
  expect((await fetch(`${keyed.base}/api/keyed?code=secret`)).status).toBe(200);
});

test('--auth off lets a request through without a key', async () => {
  const host = await spawnHost('http', [...HTTP, '--auth', 'off']);
  expect((await fetch(`${host.base}/api/keyed`)).status).toBe(200);
  const enforcing = await spawnHost('http', HTTP);
  expect((await fetch(`${enforcing.base}/api/keyed`)).status).toBe(401);
});

test('requests beyond maxOutstandingRequests are 429', async () => {
  const host = await spawnHost('slow', SLOW);
  const running = [fetch(`${host.base}/slow`), fetch(`${host.base}/slow`)];
  await host.line(
    (line) =>
      line['message'] === 'slow started' &&
      host.lines.filter((each) => each['message'] === 'slow started').length === 2,
  );
  expect((await fetch(`${host.base}/setting`)).status).toBe(429);
  host.child.kill('SIGUSR2');
  expect((await Promise.all(running)).map((response) => response.status)).toEqual([200, 200]);
});

test('an invocation over functionTimeout (local-cloud time) is failed', async () => {
  const host = await spawnHost('slow', [...SLOW, '--clock', `1000@${Date.now()}`]);
  expect((await fetch(`${host.base}/slow`)).status).toBe(500);
  const end = await host.line((line) => line['kind'] === 'invocation');
  expect(end).toMatchObject({
    outcome: 'failed',
    message: expect.stringContaining('functionTimeout (60 s)') as string,
  });
});

test('the built bundle runs, with @azure/functions inside it', async () => {
  const outfile = path.join(await temporaryFolder(), 'main.cjs');
  const entryPoints = [path.join(FIXTURES, 'slow/slow.ts')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@azure/functions-core'],
    logLevel: 'error',
  });
  const host = await spawnHost(outfile, SLOW);
  expect(await (await fetch(`${host.base}/setting`)).text()).toBe('unset');
});

test('a glob of sources is an entry too', async () => {
  const host = await spawnHost('{slow,nothing}/*.ts', SLOW);
  expect((await fetch(`${host.base}/setting`)).status).toBe(200);
});

test('HTTP streaming: the answer begins before the request has ended', async () => {
  const host = await spawnHost('streamed', HTTP);
  const call = request(`${host.base}/api/shout/very`, { method: 'POST', headers: { 'x-sent': 'yes' } });
  call.write('one ');
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  expect(response.headers).toMatchObject({ 'x-loud': 'very', 'x-sent': 'yes' });
  const [first] = (await once(response, 'data')) as [Buffer];
  expect(first.toString()).toBe('ONE ');
  call.end('two');
  expect(await text(response)).toBe('TWO');
});

test('HTTP streaming: a handler that fails before it answers is 500', async () => {
  const host = await spawnHost('streamed', HTTP);
  expect((await fetch(`${host.base}/api/fails`)).status).toBe(500);
});

test.each([
  ['a missing entry', ['--entry', 'no/such/folder', ...HTTP], 'NO_ENTRY'],
  ['a missing host.json', ['--entry', path.join(FIXTURES, 'slow'), '--host-json', 'no.json'], 'NO_HOST_JSON'],
  ['a source that does not load', ['--entry', path.join(FIXTURES, 'broken.ts'), ...HTTP], 'ENTRY_FAILED'],
  ['a missing setting', ['--entry', path.join(FIXTURES, 'timers'), ...HTTP], 'NO_SETTING'],
])('%s ends the process with 1 and says why', async (_, flags, code) => {
  const child = runMain(flags);
  const said = text(child.stderr!);
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect(await said).toContain(code);
});
