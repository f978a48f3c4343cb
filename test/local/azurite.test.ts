import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startAzurite } from '../../local/azurite.ts';

/** Resolves once nobody listens on the port any more; the test's own deadline bounds it. */
async function untilClosed(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        // Ends when the process at the other side does.
        socket.once('close', () => resolve(true)).resume();
      }).once('error', () => resolve(false));
    });
    if (!open) return;
  }
}

it('runs until it is stopped', async () => {
  const azurite = await startAzurite();
  expect(azurite.connectionString).toContain(`:${azurite.port}/devstoreaccount1`);
  expect((await fetch(`http://127.0.0.1:${azurite.port}/devstoreaccount1/Tables`)).status).toBe(403);
  await azurite.stop();
  await azurite.stop();
  await expect(fetch(`http://127.0.0.1:${azurite.port}/`)).rejects.toThrow();
});

it('ends when the process that started it is killed', async () => {
  const script = `
    import { startAzurite } from '${new URL('../../local/azurite.ts', import.meta.url).href}';
    const { port } = await startAzurite();
    process.stdout.write(String(port));
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(parent.stdout, 'data')) as [Buffer];
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await untilClosed(Number(port.toString()));
});

it('tells why it does not start', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await expect(startAzurite({ port })).rejects.toThrow(/EADDRINUSE/);
  taken.close();
});
