import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { startHost } from '../../../local/functions-host/host.ts';
import type { FunctionsHost, HostOptions } from '../../../local/functions-host/host.ts';
import type { LogEntry } from '../../../local/functions-host/log.ts';
import { ScaledClock } from '../../../local/clock.ts';

export const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const MAIN = path.join(import.meta.dirname, '../../../local/functions-host/main.ts');

export interface StartedFixture {
  readonly host: FunctionsHost;
  readonly base: string;
  readonly logs: LogEntry[];
}

/** Starts a fixture app in this process; the caller closes it. */
export async function startFixture(name: string, options: Partial<HostOptions> = {}): Promise<StartedFixture> {
  const logs: LogEntry[] = [];
  const host = await startHost({
    entry: path.join(FIXTURES, name),
    hostJsonPath: path.join(FIXTURES, name, 'host.json'),
    settings: {},
    clock: new ScaledClock(),
    port: 0,
    log: (entry) => logs.push(entry),
    ...options,
  });
  return { host, base: `http://127.0.0.1:${host.port}`, logs };
}

export interface HostProcess {
  readonly child: ChildProcess;
  readonly base: string;
  /** Every line of stdout so far, parsed. */
  readonly lines: Record<string, unknown>[];
  /** Resolves with the first line that matches, also one of the past. */
  line(matches: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

/** Starts local/functions-host/main.ts as a child process and waits until it is ready. Killed at the end of the test. */
export async function spawnHost(entry: string, flags: string[] = []): Promise<HostProcess> {
  const child = runMain(['--entry', path.resolve(FIXTURES, entry), '--port', '0', ...flags]);
  const lines: Record<string, unknown>[] = [];
  const waiting: (() => void)[] = [];
  let ended = false;
  child.on('exit', () => {
    ended = true;
    for (const wake of waiting.splice(0)) wake();
  });
  createInterface({ input: child.stdout! }).on('line', (text) => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
    for (const wake of waiting.splice(0)) wake();
  });
  async function line(matches: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const found = lines.find(matches);
      if (found !== undefined) return found;
      if (ended) throw new Error(`The host ended with ${String(child.exitCode)} without the expected line.`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }
  const ready = await line((each) => each['ready'] === true);
  return { child, base: `http://127.0.0.1:${String(ready['port'])}`, lines, line };
}

export function runMain(args: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

/** A file in a temporary folder that is removed after the test. */
export async function temporaryFile(name: string, content: string): Promise<string> {
  const file = path.join(await temporaryFolder(), name);
  await writeFile(file, content);
  return file;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'functions-host-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
