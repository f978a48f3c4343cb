import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { END_WITH_PARENT } from './end-with-parent.ts';

/** Azurite's only account; name and key are published by Microsoft for every emulator ("Use the Azurite emulator"). */
const ACCOUNT = 'devstoreaccount1';
const ACCOUNT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** A start on a port that somebody else took between the choice and the start is tried again. */
const STARTS_MAX = 3;
/** Azurite starts in two seconds on two busy cores. Ours. */
const START_MS_MAX = 30_000;
/** How long a polite stop may take before the process is killed. Ours. */
const STOP_MS_MAX = 2000;

/** A running Table Storage emulator. Its data lives in its memory. */
export interface Azurite {
  readonly port: number;
  readonly connectionString: string;
  /** Ends the process; resolves when it is gone. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts Azurite's table service as a child process on loopback. It ends with `stop()` and also when this process dies in
 * any way: its standard input closes then.
 *
 * @throws Error with Azurite's own words when it does not come up.
 */
export async function startAzurite(options: { readonly port?: number } = {}): Promise<Azurite> {
  for (let start = 1; ; start++) {
    const port = options.port ?? (await freePort());
    const child = spawnAzurite(port);
    const problem = await untilUp(child);
    if (problem === undefined) return { port, connectionString: connectionString(port), stop: () => stop(child) };
    await stop(child);
    if (options.port !== undefined || start === STARTS_MAX) {
      throw new Error(`Azurite did not start on port ${port}. It said:\n${problem}`);
    }
  }
}

function spawnAzurite(port: number): ChildProcess {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/table/main.js');
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'];
  return spawn(
    process.execPath,
    [...END_WITH_PARENT, main, ...flags, '--tablePort', `${port}`],
    // Azurite takes its working folder as its workspace; it writes nothing there when it keeps its data in memory.
    // Detached: Ctrl-C in a terminal goes to its whole process group, and tables must outlive whoever still drains.
    { stdio: ['pipe', 'pipe', 'pipe'], cwd: tmpdir(), detached: true },
  );
}

/** Resolves with undefined once the child listens, else with what it said before it ended or the time was up. */
async function untilUp(child: ChildProcess): Promise<string | undefined> {
  let said = '';
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`${said}(not ready after ${START_MS_MAX} ms)`), START_MS_MAX);
    const listen = (chunk: Buffer): void => {
      // Read on for as long as it runs: a full pipe would stop it. Only the start is of interest.
      if (said.length < 10_000) said += chunk.toString();
      if (said.includes('successfully started')) settle(undefined);
    };
    const settle = (problem: string | undefined): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code) => settle(`${said}(ended with code ${code})`));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  child.stdin?.end();
  await gone;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = addressOf(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('A TCP server has an address once it listens.');
  return address;
}

function connectionString(port: number): string {
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`;
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};TableEndpoint=${endpoint};`;
}
