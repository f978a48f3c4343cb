import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient } from '@azure/service-bus';
import { expect, onTestFinished, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../local/service-bus/main.ts', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  /** Resolves with what was printed up to and including the connection string. */
  readonly started: Promise<string>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
}

function run(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const started = new Promise<string>((resolve) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (/Endpoint=.*\n/.test(output)) resolve(output);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
  return { child, started, ended };
}

async function configFile(content: unknown): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'broker-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'entities.json');
  await writeFile(file, JSON.stringify(content));
  return file;
}

function connectionStringIn(output: string): string {
  return /Endpoint=.*/.exec(output)![0];
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  "alone it serves the application's queues, and %s ends it cleanly",
  async (signal) => {
    const { child, started, ended } = run('--port', '0');
    const client = new ServiceBusClient(connectionStringIn(await started));
    await client.createSender('operations').sendMessages({ body: 1 });
    await client.close();
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null });
  },
);

test('it ends cleanly while a client is connected', async () => {
  const { child, started, ended } = run('--port', '0');
  const client = new ServiceBusClient(connectionStringIn(await started), { retryOptions: { maxRetries: 0 } });
  await client.createSender('operations').sendMessages({ body: 1 });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, signal: null });
  await expect(client.createSender('operations').sendMessages({ body: 1 })).rejects.toThrow();
  await client.close();
});

test('with a configuration it serves the queues of the file', async () => {
  const file = await configFile({ UserConfig: { Namespaces: [{ Name: 'n', Queues: [{ Name: 'mine' }] }] } });
  const { started } = run('--port', '0', '--config', file);
  const client = new ServiceBusClient(connectionStringIn(await started), { retryOptions: { maxRetries: 0 } });
  await client.createSender('mine').sendMessages({ body: 1 });
  await expect(client.createSender('operations').sendMessages({ body: 1 })).rejects.toMatchObject({
    code: 'MessagingEntityNotFound',
  });
  await client.close();
});

test('a configuration with topics ends it with a message that names them', async () => {
  const file = await configFile({ UserConfig: { Namespaces: [{ Name: 'n', Topics: [{ Name: 'orders' }] }] } });
  const { code, output } = await run('--config', file).ended;
  expect(code).toBe(1);
  expect(output).toMatch(/Topics are not served.*orders/);
});

test.each([
  { args: ['--port', '70000'], says: /0 to 65535/ },
  { args: ['--config', '/no/such/file.json'], says: /no such file.*\/no\/such\/file\.json/ },
])('wrong arguments end it with a message: $args', async ({ args, says }) => {
  const { code, output } = await run(...args).ended;
  expect(code).toBe(1);
  expect(output).toMatch(says);
});
