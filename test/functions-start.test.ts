import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const HOST = fileURLToPath(new URL('../local/functions-host/main.ts', import.meta.url));
const FUNCTIONS = fileURLToPath(new URL('../functions', import.meta.url));

it('a process with wrong settings does not start, and names every one of them', () => {
  const env = {
    PATH: process.env['PATH'],
    FLOTILLA_SUBSCRIPTIONS: 'not-a-subscription',
    FLOTILLA_HASH_KEY: 'a secret that is short',
  };
  const { status, stderr } = spawnSync(process.execPath, [HOST, '--entry', FUNCTIONS, '--port', '0'], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/Settings are wrong: .*FLOTILLA_SUBSCRIPTIONS/);
  for (const name of ['FLOTILLA_HASH_KEY', 'ServiceBus', 'Tables']) expect(stderr).toContain(name);
  expect(stderr).not.toContain('a secret that is short');
}, 90_000);
